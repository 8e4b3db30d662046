#include "serializers/cbor_reader.hpp"

#include <bit>

#include "serializers/cbor_scan.hpp"
#include "serializers/key_text.hpp"

namespace heddle {
namespace {

using namespace cbor;

Token token_of(Token::Kind kind, std::string_view text = {}) {
    Token token;
    token.kind = kind;
    token.text = text;
    return token;
}

Token real_token(double value) {
    Token token = token_of(Token::Kind::real);
    token.real = value;
    return token;
}

Token positive_token(std::uint64_t value) {
    if (value <= INT64_MAX) {
        Token token = token_of(Token::Kind::integer);
        token.integer = static_cast<std::int64_t>(value);
        return token;
    }
    Token token = token_of(Token::Kind::unsigned_integer);
    token.unsigned_integer = value;
    return token;
}

Token negative_token(std::uint64_t argument) {  // -1 - argument
    if (argument > INT64_MAX) return real_token(-1.0 - static_cast<double>(argument));
    Token token = token_of(Token::Kind::integer);
    token.integer = -1 - static_cast<std::int64_t>(argument);
    return token;
}

}  // namespace

Token CborReader::fail(const char* what) {
    what_ = what;
    return token_of(Token::Kind::error);
}

Token CborReader::fail(const char* at, const char* what) {
    at_ = at;
    return fail(what);
}

bool CborReader::closing() const {
    const Container& container = open_[depth_ - 1];
    if (!container.indefinite) return container.left == 0;
    return at_break() && (!container.map || container.key_next);
}

bool CborReader::more() { return depth_ != 0 && !closing(); }

bool CborReader::count_value() {
    if (what_) return false;
    if (depth_ == 0) {
        if (done_) return false;
        done_ = true;
        return true;
    }
    if (closing()) return false;
    Container& container = open_[depth_ - 1];
    if (!container.indefinite) --container.left;
    container.key_next = !container.key_next;
    return true;
}

Token CborReader::next() {
    if (what_) return token_of(Token::Kind::error);
    if (depth_ != 0 && closing()) return close();
    if (depth_ == 0 && done_) return at_ == end_ ? token_of(Token::Kind::end) : fail("something follows the value");
    const bool key = depth_ != 0 && open_[depth_ - 1].map && open_[depth_ - 1].key_next;
    if (!count_value()) return token_of(Token::Kind::error);
    Token token = value(key);
    if (!key || token.kind == Token::Kind::error) return token;
    key_was_text_ = token.kind == Token::Kind::text;
    make_key(token, scratch_);
    return token;
}

Token CborReader::value(bool key) {
    const Item item = untagged_item(at_, end_);
    if (item.what) return fail(item.what);
    switch (item.major) {
        case positive:
            at_ += item.header;
            return positive_token(item.argument);
        case negative:
            at_ += item.header;
            return negative_token(item.argument);
        case bytes:
        case text:
            return string(item.major == text);
        case list:
        case map:
            if (key) return fail(container_key);
            return open(item.major == map, item.indefinite(), item.argument, item.header);
        default:
            return simple();
    }
}

Token CborReader::string(bool is_text) {
    const Item item = item_at(at_, end_);
    if (item.indefinite()) return chunks(is_text);
    const char* from = at_ + item.header;
    const Scan content = cbor::content(from, end_, item);
    if (content.what) return fail(content.at, content.what);
    at_ = content.at;
    return token_of(is_text ? Token::Kind::text : Token::Kind::bytes, {from, item.argument});
}

Token CborReader::chunks(bool is_text) {
    const Scan whole = cbor::string(at_, end_, item_at(at_, end_));
    if (whole.what) return fail(whole.at, whole.what);
    scratch_.clear();
    ++at_;
    while (!at_break()) {
        const Item chunk = item_at(at_, end_);
        scratch_.append(at_ + chunk.header, chunk.argument);
        at_ += chunk.header + chunk.argument;
    }
    ++at_;
    return token_of(is_text ? Token::Kind::text : Token::Kind::bytes, scratch_);
}

Token CborReader::simple() {
    const Item item = item_at(at_, end_);
    if (item.indefinite()) return fail(stray_break);
    if (bad_simple(item)) return fail("a reserved simple value");
    at_ += item.header;
    switch (item.info) {
        case 20:
        case 21: {
            Token token = token_of(Token::Kind::boolean);
            token.boolean = item.info == 21;
            return token;
        }
        case 25:
            return real_token(binary::half_to_double(static_cast<std::uint16_t>(item.argument)));
        case 26:
            return real_token(static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(item.argument))));
        case 27:
            return real_token(std::bit_cast<double>(item.argument));
        default:
            return token_of(Token::Kind::null);
    }
}

Token CborReader::open(bool is_map, bool indefinite, std::uint64_t count, std::size_t header) {
    if (depth_ == depth_max) return fail(too_deep);
    const auto room = static_cast<std::uint64_t>(end_ - at_) - header;
    if (!indefinite && count > (is_map ? room / 2 : room)) return fail(cut_short);
    at_ += header;
    open_[depth_++] = {is_map ? count * 2 : count, is_map, indefinite, true};
    return token_of(is_map ? Token::Kind::map_begin : Token::Kind::list_begin);
}

Token CborReader::close() {
    --depth_;
    if (open_[depth_].indefinite) ++at_;
    return token_of(open_[depth_].map ? Token::Kind::map_end : Token::Kind::list_end);
}

bool CborReader::skip_value(std::size_t depth) { return slice_value(depth).has_value(); }

std::optional<std::string_view> CborReader::slice_value(std::size_t depth) {
    if (!count_value()) return std::nullopt;
    const char* from = at_;
    const Scan skipped = cbor::value(at_, end_, depth);
    at_ = skipped.at;
    if (skipped.what) {
        fail(skipped.what);
        return std::nullopt;
    }
    return std::string_view(from, static_cast<std::size_t>(at_ - from));
}

}  // namespace heddle
