// The parser's words, strings and numbers; structure is in recon_parser.cpp.
#include <charconv>
#include <cmath>
#include <cstring>

#include "serializers/escapes.hpp"
#include "serializers/numbers.hpp"
#include "serializers/recon_chars.hpp"
#include "serializers/recon_parser.hpp"

namespace heddle::recon {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(const Node& node) {
    using Kind = Node::Kind;
    return node.kind == Kind::integer || node.kind == Kind::big || node.kind == Kind::hex32 ||
           node.kind == Kind::hex64 || node.kind == Kind::real;
}

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (digit(c)) return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

}  // namespace

/// Room for all that can still come. Nothing is longer than what it stands for, but for a hex number in decimal:
/// 20 digits of at least 19 characters.
char* Parser::scratch() {
    if (!scratch_at_) {
        const auto size = static_cast<std::size_t>(end_ - begin_);
        const std::size_t needed = size + size / 8 + numbers::text_max;
        if (tape_.scratch_capacity_ < needed) {
            tape_.scratch_ = std::make_unique<char[]>(needed);
            tape_.scratch_capacity_ = needed;
        }
        scratch_at_ = tape_.scratch_.get();
    }
    return scratch_at_;
}

std::string_view Parser::identifier() {
    const char* from = at_;
    at_ = word_end(at_, end_);
    return {from, static_cast<std::size_t>(at_ - from)};
}

bool Parser::word() {
    const std::string_view text = identifier();
    if (text.empty()) return unexpected();
    if (text == "true" || text == "false")
        push(Kind::boolean).boolean = text.size() == 4;
    else
        push_text(Kind::text, text);
    return true;
}

bool Parser::name(std::string_view& out) {
    if (peek() == '"' || peek() == '\'') return quoted(out);
    const char* from = at_;
    out = identifier();
    if (out.empty()) return fail(at_ == end_ ? "unexpected end of input" : "expected an attribute's name");
    return (out != "true" && out != "false") || fail(from, "an attribute's name must not be a bool");
}

bool Parser::string() {
    std::string_view text;
    if (!quoted(text)) return false;
    push_text(Kind::text, text);
    return true;
}

bool Parser::quoted(std::string_view& out) {
    const char quote = *at_++;
    const char* from = at_;
    at_ = plain_run(at_, end_, quote);
    if (peek() == quote && at_ != end_) {
        out = {from, static_cast<std::size_t>(at_ - from)};
        ++at_;
        return true;
    }
    char* const first = scratch();
    char* to = first;
    for (;;) {
        const auto run = static_cast<std::size_t>(at_ - from);
        std::memcpy(to, from, run);
        to += run;
        if (at_ == end_) return fail("the string does not end");
        if (*at_ == quote) break;
        if (*at_ != '\\') return fail("a control character in a string");
        if (!escape(to, true)) return false;
        from = at_;
        at_ = plain_run(at_, end_, quote);
    }
    ++at_;
    scratch_at_ = to;
    out = {first, static_cast<std::size_t>(to - first)};
    return true;
}

bool Parser::escape(char*& to, bool unicode) {
    ++at_;
    constexpr std::string_view letters = "\"'\\/@$[]{}bfnrt", meant = "\"'\\/@$[]{}\b\f\n\r\t";
    if (at_ == end_) return fail("unexpected end of input");
    if (unicode && *at_ == 'u') return code_point(to);
    const std::size_t index = letters.find(*at_);
    if (index == std::string_view::npos) return fail("no such escape");
    *to++ = meant[index];
    ++at_;
    return true;
}

bool Parser::code_point(char*& to) {
    const auto unit = [this](const char* at) {
        int value = 0;
        for (int i = 0; i < 4; ++i) {
            const int digit_value = at + i < end_ ? hex_value(at[i]) : -1;
            if (digit_value < 0) return -1;
            value = value << 4 | digit_value;
        }
        return value;
    };
    const int first = unit(at_ + 1);
    if (first < 0) return fail("expected four hex digits");
    at_ += 5;
    auto point = static_cast<std::uint32_t>(first);
    if (point >= 0xD800 && point <= 0xDFFF) {
        const int second = point < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u' ? unit(at_ + 2) : -1;
        if (second >= 0xDC00 && second <= 0xDFFF) {
            point = 0x10000 + ((point - 0xD800) << 10) + static_cast<std::uint32_t>(second - 0xDC00);
            at_ += 6;
        } else {
            point = 0xFFFD;  // half a pair stands for nothing; so do @swim/recon and Java's strings on the wire
        }
    }
    to += utf8::put(point, to);
    return true;
}

// `..` on one line, or ```..``` on several; only \\ and \` are escapes.
bool Parser::raw_string() {
    const bool block = end_ - at_ >= 3 && at_[1] == '`' && at_[2] == '`';
    at_ += block ? 3 : 1;
    char* const first = scratch();
    char* to = first;
    for (;;) {
        if (at_ == end_) return fail("the raw string does not end");
        if (*at_ == '`' && (!block || (end_ - at_ >= 3 && at_[1] == '`' && at_[2] == '`'))) break;
        if (!block && static_cast<unsigned char>(*at_) < 0x20) return fail("a control character in a raw string");
        if (*at_ == '\\' && at_ + 1 != end_ && (at_[1] == '\\' || at_[1] == '`')) ++at_;
        *to++ = *at_++;
    }
    at_ += block ? 3 : 1;
    scratch_at_ = to;
    push_text(Kind::text, {first, static_cast<std::size_t>(to - first)});
    return true;
}

bool Parser::data() {
    const char* from = ++at_;
    while (at_ != end_ && base64_value(*at_) >= 0) ++at_;
    auto size = static_cast<std::size_t>(at_ - from);
    const std::size_t padding = (4 - size % 4) % 4;
    if (padding == 3) return fail("base64 of this length cannot be");
    for (std::size_t i = 0; i < padding; ++i, ++at_)
        if (peek() != '=') return fail("base64 lacks its padding");
    std::string_view text(from, size + padding);
    const int unused = padding == 0 ? 0 : base64_value(from[size - 1]) & (padding == 1 ? 3 : 15);
    if (unused != 0) {  // bits that belong to no byte: readers ignore them, and we do not pass them on
        char* const copy = scratch();
        std::memcpy(copy, text.data(), text.size());
        constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        copy[size - 1] = alphabet[base64_value(from[size - 1]) - unused];
        scratch_at_ = copy + text.size();
        text = {copy, text.size()};
    }
    push_text(Kind::data, text);
    return true;
}

// ---- numbers

bool Parser::number(const char* from) {
    if (*at_ == '0' && at_ + 1 != end_ && at_[1] == 'x') return hex();
    if (*at_ == '0' && at_ + 1 != end_ && digit(at_[1])) return fail(at_ + 1, "a number must not begin with 0");
    while (at_ != end_ && digit(*at_)) ++at_;
    bool whole = true;
    const auto digits = [this] {
        if (at_ == end_ || !digit(*at_)) return fail("expected a digit");
        while (at_ != end_ && digit(*at_)) ++at_;
        return true;
    };
    if (peek() == '.') {
        whole = false;
        ++at_;
        if (!digits()) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
        whole = false;
        ++at_;
        if (peek() == '+' || peek() == '-') ++at_;
        if (!digits()) return false;
    }
    const std::string_view text(from, static_cast<std::size_t>(at_ - from));
    if (whole && text != "-0") {
        std::int64_t value = 0;
        if (std::from_chars(from, at_, value).ec == std::errc())
            push(Kind::integer).integer = value;
        else
            push_text(Kind::big, *from == '-' ? text.substr(1) : text).boolean = *from == '-';
    } else {
        push(Kind::real).real = numbers::parse_real(text);
    }
    return true;
}

bool Parser::hex() {
    at_ += 2;
    const char* from = at_;
    while (at_ != end_ && hex_value(*at_) >= 0) ++at_;
    if (at_ == from) return fail("expected a hex digit");
    if (at_ - from > 16) return fail("a hex number has at most 16 digits");
    std::uint64_t value = 0;
    std::from_chars(from, at_, value, 16);
    push(at_ - from > 8 ? Kind::hex64 : Kind::hex32).unsigned_integer = value;
    return true;
}

// "-1", "+1", and what @swim/recon makes of signs before signs, hex numbers and parentheses: "- 1", "--1", "-(0x1)".
bool Parser::signed_number() {
    const char* from = at_;
    const bool minus = *at_++ == '-';
    if (minus && at_ != end_ && digit(*at_) && !(*at_ == '0' && at_ + 1 != end_ && at_[1] == 'x')) return number(from);
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t')) ++at_;
    const std::size_t start = tape_.nodes_.size();
    if (++depth_ > nesting_max) return fail("nested too deeply");
    const char next = peek();
    const bool good = next == '-' || next == '+' ? signed_number()
                      : next == '('              ? parentheses(false)
                      : digit(next)              ? number(at_)
                      : at_ == end_              ? unexpected()
                                                 : fail(from, "only numbers can have a sign");
    --depth_;
    if (!good) return false;
    Node& node = tape_.nodes_[start];
    const bool number = minus ? negate(node) : is_number(node);
    return number || fail(from, "only numbers can have a sign");
}

bool Parser::negate(Node& node) {
    constexpr std::uint64_t limit = std::uint64_t{1} << 63;
    const auto set_big = [&node](std::string_view digits) {
        node.kind = Kind::big;
        node.text = digits;
        node.boolean = true;
    };
    switch (node.kind) {
        case Kind::integer:
            if (node.integer == 0) {
                node.kind = Kind::real;
                node.real = -0.0;
            } else if (node.integer == INT64_MIN) {
                set_big("9223372036854775808");
                node.boolean = false;
            } else {
                node.integer = -node.integer;
            }
            return true;
        case Kind::hex32:
        case Kind::hex64:
            if (node.unsigned_integer == 0) {
                node.kind = Kind::real;
                node.real = -0.0;
            } else if (node.unsigned_integer > limit) {
                char* const to = scratch();
                scratch_at_ = to + numbers::put_unsigned(node.unsigned_integer, to);
                set_big({to, static_cast<std::size_t>(scratch_at_ - to)});
            } else {
                node.kind = Kind::integer;
                node.integer = static_cast<std::int64_t>(0 - node.unsigned_integer);
            }
            return true;
        case Kind::real:
            node.real = -node.real;
            return true;
        case Kind::big:
            node.boolean = !node.boolean;
            return true;
        default:
            return false;
    }
}

}  // namespace heddle::recon
