#include "serializers/msgpack_reader.hpp"

#include <array>
#include <bit>

#include "serializers/binary.hpp"
#include "serializers/key_text.hpp"
#include "serializers/utf8.hpp"

namespace heddle {
namespace {

constexpr const char* cut_short = "unexpected end";
constexpr const char* too_deep = "nested too deep";
constexpr const char* container_key = "a list or map cannot be a key";

/// What the first byte of a value says about the rest.
enum class Form : std::uint8_t { scalar, text, blob, list, map, never };
struct Head {
    Form form = Form::scalar;
    std::uint8_t bytes = 0;  // scalar: bytes that follow; else bytes of the length, 0 where the first byte holds it
    std::uint8_t mask = 0;   // the length within the first byte
    std::uint8_t extra = 0;  // blob: the type byte of an ext
};

constexpr std::array<Head, 256> make_heads() {
    std::array<Head, 256> table{};
    for (std::size_t c = 0x80; c < 0x90; ++c) table[c] = {Form::map, 0, 0x0F, 0};
    for (std::size_t c = 0x90; c < 0xA0; ++c) table[c] = {Form::list, 0, 0x0F, 0};
    for (std::size_t c = 0xA0; c < 0xC0; ++c) table[c] = {Form::text, 0, 0x1F, 0};
    table[0xC1] = {Form::never, 0, 0, 0};
    for (std::uint8_t i = 0; i < 3; ++i) {
        const auto size = static_cast<std::uint8_t>(1u << i);
        table[0xC4u + i] = {Form::blob, size, 0, 0};
        table[0xC7u + i] = {Form::blob, size, 0, 1};
        table[0xD9u + i] = {Form::text, size, 0, 0};
    }
    table[0xCA] = {Form::scalar, 4, 0, 0};
    table[0xCB] = {Form::scalar, 8, 0, 0};
    for (std::uint8_t i = 0; i < 4; ++i) {
        table[0xCCu + i] = {Form::scalar, static_cast<std::uint8_t>(1u << i), 0, 0};
        table[0xD0u + i] = {Form::scalar, static_cast<std::uint8_t>(1u << i), 0, 0};
    }
    for (std::uint8_t i = 0; i < 5; ++i)
        table[0xD4u + i] = {Form::scalar, static_cast<std::uint8_t>(1 + (1u << i)), 0, 0};
    table[0xDC] = {Form::list, 2, 0, 0};
    table[0xDD] = {Form::list, 4, 0, 0};
    table[0xDE] = {Form::map, 2, 0, 0};
    table[0xDF] = {Form::map, 4, 0, 0};
    return table;
}
constexpr auto heads = make_heads();

std::uint64_t length_at(const char* at, Head head) {
    return head.bytes == 0 ? static_cast<std::uint8_t>(*at) & head.mask : binary::load_sized(at + 1, head.bytes);
}

struct Skip {
    const char* at;
    const char* what;  // null: well-formed
};

/// Past one value, or where and why there is none.
Skip skip(const char* at, const char* end, std::size_t depth) {
    std::uint64_t open[depth_max];  // values still to come in each container around
    bool maps[depth_max];
    std::size_t level = 0;
    std::uint64_t left = 1;
    bool map = false;
    if (depth > depth_max) depth = depth_max;
    for (;;) {
        while (left == 0) {
            if (level == 0) return {at, nullptr};
            --level;
            left = open[level], map = maps[level];
        }
        if (at == end) return {at, cut_short};
        const bool key = map && left % 2 == 0;
        --left;
        const Head head = heads[static_cast<std::uint8_t>(*at)];
        const auto room = static_cast<std::uint64_t>(end - at) - 1;
        if (head.form == Form::never) return {at, "no value begins with 0xc1"};
        if (room < head.bytes) return {at, cut_short};
        if (head.form == Form::scalar) {
            at += 1 + head.bytes;
            continue;
        }
        const std::uint64_t length = length_at(at, head);
        const std::uint64_t rest = room - head.bytes;
        if (head.form == Form::text || head.form == Form::blob) {
            if (length + head.extra > rest) return {at, cut_short};
            at += 1 + head.bytes;
            if (head.form == Form::text) {
                const char* broken = utf8::first_invalid(at, at + length);
                if (broken != at + length) return {broken, "text is not UTF-8"};
            }
            at += length + head.extra;
            continue;
        }
        if (key) return {at, container_key};
        if (level == depth) return {at, too_deep};
        const std::uint64_t values = head.form == Form::map ? length * 2 : length;
        if (values > rest) return {at, cut_short};
        at += 1 + head.bytes;
        open[level] = left, maps[level] = map;
        ++level;
        left = values, map = head.form == Form::map;
    }
}

Token token_of(Token::Kind kind) {
    Token token;
    token.kind = kind;
    return token;
}

Token token_of(std::uint64_t value) {
    Token token;
    token.kind = value > INT64_MAX ? Token::Kind::unsigned_integer : Token::Kind::integer;
    if (value > INT64_MAX)
        token.unsigned_integer = value;
    else
        token.integer = static_cast<std::int64_t>(value);
    return token;
}

/// nil, or what msgpackr (so wampy, in options that were not given) writes for JavaScript's undefined: an ext of type 0
/// and one zero.
bool is_null(const char* at, const char* end) {
    using namespace std::string_view_literals;
    return at != end &&
           (*at == '\xC0' || std::string_view(at, static_cast<std::size_t>(end - at)).starts_with("\xD4\0\0"sv));
}

Token signed_token(std::int64_t value) {
    Token token;
    token.kind = Token::Kind::integer;
    token.integer = value;
    return token;
}

Token real_token(double value) {
    Token token;
    token.kind = Token::Kind::real;
    token.real = value;
    return token;
}

}  // namespace

Token MsgpackReader::fail(const char* what) {
    what_ = what;
    return token_of(Token::Kind::error);
}

bool MsgpackReader::count_value() {
    if (what_) return false;
    if (depth_ != 0) {
        Container& container = open_[depth_ - 1];
        if (container.left == 0) return false;
        --container.left;
    } else if (done_) {
        return false;
    }
    if (depth_ == 0) done_ = true;
    if (at_ == end_) return fail(cut_short), false;
    return true;
}

Token MsgpackReader::next() {
    if (what_) return token_of(Token::Kind::error);
    if (depth_ != 0 && open_[depth_ - 1].left == 0) return close();
    if (depth_ == 0 && done_) return at_ == end_ ? token_of(Token::Kind::end) : fail("something follows the value");
    const bool key = depth_ != 0 && open_[depth_ - 1].key_next();
    if (!count_value()) return token_of(Token::Kind::error);
    if (!key) return value();
    const Form form = heads[static_cast<std::uint8_t>(*at_)].form;
    if (form == Form::list || form == Form::map) return fail(container_key);
    Token token = value();
    key_was_text_ = token.kind == Token::Kind::text;
    if (token.kind != Token::Kind::error) make_key(token, scratch_);
    return token;
}

Token MsgpackReader::value() {
    const auto byte = static_cast<std::uint8_t>(*at_);
    const Head head = heads[byte];
    if (head.form == Form::never) return fail("no value begins with 0xc1");
    if (left() - 1 < head.bytes) return fail(cut_short);
    if (head.form == Form::scalar) return number(byte);
    const std::uint64_t length = length_at(at_, head);
    if (head.form == Form::list || head.form == Form::map) return open(head.form == Form::map, length);
    if (length + head.extra > left() - 1 - head.bytes) return fail(cut_short);
    Token token = token_of(head.form == Form::text ? Token::Kind::text : Token::Kind::bytes);
    at_ += 1 + head.bytes + head.extra;
    token.text = {at_, length};
    if (head.form == Form::text && !utf8::valid(token.text)) return fail("text is not UTF-8");
    at_ += length;
    return token;
}

Token MsgpackReader::number(std::uint8_t byte) {
    const char* from = at_ + 1;
    const std::uint8_t bytes = heads[byte].bytes;
    at_ = from + bytes;
    if (byte < 0x80) return signed_token(byte);
    if (byte >= 0xE0) return signed_token(static_cast<std::int8_t>(byte));
    switch (byte) {
        case 0xC0:
            return token_of(Token::Kind::null);
        case 0xC2:
        case 0xC3: {
            Token token = token_of(Token::Kind::boolean);
            token.boolean = byte == 0xC3;
            return token;
        }
        case 0xCA:
            return real_token(static_cast<double>(std::bit_cast<float>(binary::load<std::uint32_t>(from))));
        case 0xCB:
            return real_token(std::bit_cast<double>(binary::load<std::uint64_t>(from)));
        case 0xCC:
        case 0xCD:
        case 0xCE:
        case 0xCF:
            return token_of(binary::load_sized(from, bytes));
        case 0xD0:
            return signed_token(binary::load<std::int8_t>(from));
        case 0xD1:
            return signed_token(binary::load<std::int16_t>(from));
        case 0xD2:
            return signed_token(binary::load<std::int32_t>(from));
        case 0xD3:
            return signed_token(binary::load<std::int64_t>(from));
        default: {  // fixext: a type byte, then the data
            if (is_null(from - 1, end_)) return token_of(Token::Kind::null);
            Token token = token_of(Token::Kind::bytes);
            token.text = {from + 1, static_cast<std::size_t>(bytes) - 1};
            return token;
        }
    }
}

Token MsgpackReader::open(bool map, std::uint64_t count) {
    if (depth_ == depth_max) return fail(too_deep);
    const std::uint8_t bytes = heads[static_cast<std::uint8_t>(*at_)].bytes;
    const std::uint64_t values = map ? count * 2 : count;
    if (values > left() - 1 - bytes) return fail(cut_short);
    at_ += 1 + bytes;
    open_[depth_++] = {values, map};
    return token_of(map ? Token::Kind::map_begin : Token::Kind::list_begin);
}

Token MsgpackReader::close() {
    --depth_;
    return token_of(open_[depth_].map ? Token::Kind::map_end : Token::Kind::list_end);
}

bool MsgpackReader::null_ahead() const { return is_null(at_, end_); }

bool MsgpackReader::skip_value(std::size_t depth) { return slice_value(depth).has_value(); }

std::optional<std::string_view> MsgpackReader::slice_value(std::size_t depth) {
    if (!count_value()) return std::nullopt;
    const char* from = at_;
    const Skip skipped = skip(at_, end_, depth);
    at_ = skipped.at;
    if (skipped.what) {
        fail(skipped.what);
        return std::nullopt;
    }
    return std::string_view(from, static_cast<std::size_t>(at_ - from));
}

}  // namespace heddle
