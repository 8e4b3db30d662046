#include "serializers/json_reader.hpp"

#include <cstring>

#include "serializers/base64.hpp"
#include "serializers/json_scan.hpp"
#include "serializers/numbers.hpp"
#include "serializers/utf8.hpp"

namespace heddle {
namespace {

Token token_of(Token::Kind kind, std::string_view text = {}) {
    Token token;
    token.kind = kind;
    token.text = text;
    return token;
}

std::uint32_t hex4(const char* at) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = at[i];
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        value = value << 4 | static_cast<std::uint32_t>(digit);
    }
    return value;
}

}  // namespace

Token JsonReader::fail(const char* what) {
    what_ = what;
    state_ = At::failed;
    return token_of(Token::Kind::error);
}

Token JsonReader::fail(const char* at, const char* what) {
    at_ = at;
    return fail(what);
}

bool JsonReader::more() {
    at_ = json::skip_space(at_, end_);
    return at_ != end_ && *at_ != ']' && *at_ != '}';
}

bool JsonReader::null_ahead() {
    at_ = json::skip_space(at_, end_);
    return at_ != end_ && *at_ == 'n';
}

bool JsonReader::step_to_value() {
    at_ = json::skip_space(at_, end_);
    if (state_ == At::after) {
        if (at_ == end_ || *at_ != ',') return fail(at_ == end_ ? "unexpected end" : "expected ','"), false;
        at_ = json::skip_space(at_ + 1, end_);
    } else if (state_ == At::done || state_ == At::failed) {
        return false;
    }
    if (at_ == end_) return fail("unexpected end"), false;
    return true;
}

Token JsonReader::next() {
    if (state_ == At::failed) return token_of(Token::Kind::error);
    at_ = json::skip_space(at_, end_);
    if (state_ == At::done) return at_ == end_ ? token_of(Token::Kind::end) : fail("something follows the value");
    const bool inside = state_ != At::value;
    if (inside && at_ != end_ && (*at_ == ']' || *at_ == '}')) return close();
    if (!step_to_value()) return token_of(Token::Kind::error);
    if (inside && in_map()) return key();
    switch (*at_) {
        case '{':
            return open(true);
        case '[':
            return open(false);
        case '"':
            return string();
        case 't': {
            Token token = token_of(Token::Kind::boolean);
            token.boolean = true;
            return literal("true", token);
        }
        case 'f': {
            Token token = token_of(Token::Kind::boolean);
            token.boolean = false;
            return literal("false", token);
        }
        case 'n':
            return literal("null", token_of(Token::Kind::null));
        default:
            return number();
    }
}

Token JsonReader::open(bool map) {
    if (depth_ == depth_max) return fail("nested too deep");
    ++at_;
    const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
    if (map)
        maps_[depth_ / 64] |= bit;
    else
        maps_[depth_ / 64] &= ~bit;
    ++depth_;
    state_ = At::first;
    return token_of(map ? Token::Kind::map_begin : Token::Kind::list_begin);
}

Token JsonReader::close() {
    const bool map = in_map();
    if (*at_ != (map ? '}' : ']')) return fail(map ? "expected ',' or '}'" : "expected ',' or ']'");
    ++at_;
    --depth_;
    value_ended();
    return token_of(map ? Token::Kind::map_end : Token::Kind::list_end);
}

Token JsonReader::key() {
    if (*at_ != '"') return fail("a key must be a string");
    const json::Scan scan = json::string(at_ + 1, end_);
    if (scan.failed()) return fail(scan.at, scan.what);
    const char* from = at_ + 1;
    at_ = json::skip_space(scan.at, end_);
    if (at_ == end_ || *at_ != ':') return fail("expected ':'");
    ++at_;
    state_ = At::value;
    const std::string_view raw(from, static_cast<std::size_t>(scan.at - 1 - from));
    return token_of(Token::Kind::key, scan.plain ? raw : unescape(from, scan.at - 1));
}

Token JsonReader::string() {
    const json::Scan scan = json::string(at_ + 1, end_);
    if (scan.failed()) return fail(scan.at, scan.what);
    const char* from = at_ + 1;
    at_ = scan.at;
    value_ended();
    if (scan.plain) return token_of(Token::Kind::text, {from, static_cast<std::size_t>(at_ - 1 - from)});
    const std::string_view text = unescape(from, at_ - 1);
    if (text.empty() || text.front() != '\0') return token_of(Token::Kind::text, text);
    std::string bytes;
    if (!base64::decode(text.substr(1), bytes)) return token_of(Token::Kind::text, text);
    scratch_ = std::move(bytes);
    return token_of(Token::Kind::bytes, scratch_);
}

std::string_view JsonReader::unescape(const char* from, const char* to) {
    scratch_.clear();
    while (from != to) {
        const auto* slash = static_cast<const char*>(std::memchr(from, '\\', static_cast<std::size_t>(to - from)));
        if (!slash) slash = to;
        scratch_.append(from, slash);
        if (slash == to) break;
        from = slash + 2;
        switch (slash[1]) {
            case 'b':
                scratch_.push_back('\b');
                break;
            case 'f':
                scratch_.push_back('\f');
                break;
            case 'n':
                scratch_.push_back('\n');
                break;
            case 'r':
                scratch_.push_back('\r');
                break;
            case 't':
                scratch_.push_back('\t');
                break;
            case 'u': {
                std::uint32_t point = hex4(from);
                from += 4;
                if (point >= 0xD800 && point <= 0xDBFF) {
                    point = 0x10000 + ((point - 0xD800) << 10) + (hex4(from + 2) - 0xDC00);
                    from += 6;
                }
                char utf8_bytes[4];
                scratch_.append(utf8_bytes, utf8::put(point, utf8_bytes));
                break;
            }
            default:
                scratch_.push_back(slash[1]);
        }
    }
    return scratch_;
}

Token JsonReader::number() {
    const json::Scan scan = json::number(at_, end_);
    if (scan.failed()) return fail(scan.at, scan.what);
    const std::string_view text(at_, static_cast<std::size_t>(scan.at - at_));
    at_ = scan.at;
    value_ended();
    if (scan.plain) return numbers::parse_integer(text);
    Token token = token_of(Token::Kind::real);
    token.real = numbers::parse_real(text);
    return token;
}

Token JsonReader::literal(std::string_view word, Token token) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::memcmp(at_, word.data(), word.size()) != 0)
        return fail("unknown literal");
    at_ += word.size();
    value_ended();
    return token;
}

bool JsonReader::skip_value(std::size_t depth) { return slice_value(depth).has_value(); }

std::optional<std::string_view> JsonReader::slice_value(std::size_t depth) {
    if (!step_to_value()) return std::nullopt;
    const json::Scan scan = json::value(at_, end_, depth);
    if (scan.failed()) {
        fail(scan.at, scan.what);
        return std::nullopt;
    }
    const std::string_view slice(at_, static_cast<std::size_t>(scan.at - at_));
    at_ = scan.at;
    value_ended();
    return slice;
}

}  // namespace heddle
