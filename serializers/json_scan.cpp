#include "serializers/json_scan.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "serializers/encoding.hpp"
#include "serializers/utf8.hpp"

namespace heddle::json {
namespace {

enum : std::uint8_t { space = 1, digit = 2, hex = 4, escape = 8, special = 16 };  // special: ends a run of plain text

constexpr std::array<std::uint8_t, 256> make_classes() {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < 256; ++c) {
        unsigned bits = 0;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') bits |= space;
        if (c >= '0' && c <= '9') bits |= digit | hex;
        if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) bits |= hex;
        if (c < 0x20 || c == '"' || c == '\\' || c >= 0x80) bits |= special;
        for (char e : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'})
            if (c == static_cast<std::size_t>(e)) bits |= escape;
        table[c] = static_cast<std::uint8_t>(bits);
    }
    return table;
}
constexpr auto classes = make_classes();
bool is(char c, std::uint8_t what) { return (classes[static_cast<unsigned char>(c)] & what) != 0; }

Scan fail(const char* at, const char* what) { return {at, what}; }

bool hex4(const char* at, const char* end) {
    return end - at >= 4 && is(at[0], hex) && is(at[1], hex) && is(at[2], hex) && is(at[3], hex);
}

/// After the backslash. A surrogate counts only as half of a pair.
Scan escape_sequence(const char* at, const char* end) {
    if (at == end) return fail(at, "unfinished string");
    if (*at != 'u') return is(*at, escape) ? Scan{at + 1, nullptr} : fail(at, "unknown escape in string");
    ++at;
    if (!hex4(at, end)) return fail(at, "\\u needs four hex digits");
    const bool surrogate = (at[0] == 'd' || at[0] == 'D') && !(at[1] >= '0' && at[1] <= '7');
    if (!surrogate) return {at + 4, nullptr};
    const bool high = at[1] == '8' || at[1] == '9' || (at[1] | 0x20) == 'a' || (at[1] | 0x20) == 'b';
    const char* low = at + 4;
    if (!high || end - low < 2 || low[0] != '\\' || low[1] != 'u' || !hex4(low + 2, end))
        return fail(at, "lone surrogate in string");
    const char first = static_cast<char>(low[2] | 0x20), second = static_cast<char>(low[3] | 0x20);
    if (first != 'd' || second < 'c' || second > 'f') return fail(at, "lone surrogate in string");
    return {low + 6, nullptr};
}

/// Skips eight bytes at a time while none of them is a quote, backslash, control or non-ASCII byte.
const char* skip_plain(const char* at, const char* end) {
    using utf8::highs, utf8::ones;
    while (end - at >= 8) {
        const std::uint64_t word = utf8::load8(at);
        const std::uint64_t quote = word ^ (ones * '"'), backslash = word ^ (ones * '\\');
        const std::uint64_t hit = ((quote - ones) | (backslash - ones) | (word - ones * 0x20) | word) & highs;
        if (hit == 0) {
            at += 8;
            continue;
        }
        // Borrows make false hits only above the first true one; the caller looks at that byte itself.
        at += std::countr_zero(hit) / 8;
        return at;
    }
    while (at != end && !is(*at, special)) ++at;
    return at;
}

Scan literal(const char* at, const char* end, std::string_view word) {
    if (static_cast<std::size_t>(end - at) < word.size() || std::memcmp(at, word.data(), word.size()) != 0)
        return fail(at, "unknown literal");
    return {at + word.size(), nullptr};
}

/// Which of the open containers are maps, as bits.
class Nesting {
 public:
    explicit Nesting(std::size_t max) : max_(max < depth_max ? max : depth_max) {}
    bool push(bool map) {
        if (depth_ == max_) return false;
        const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
        if (map)
            maps_[depth_ / 64] |= bit;
        else
            maps_[depth_ / 64] &= ~bit;
        ++depth_;
        return true;
    }
    void pop() { --depth_; }
    bool empty() const { return depth_ == 0; }
    bool map() const { return (maps_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0; }

 private:
    std::size_t max_, depth_ = 0;
    std::uint64_t maps_[depth_max / 64] = {};
};

Scan scalar(const char* at, const char* end) {
    switch (*at) {
        case '"':
            return string(at + 1, end);
        case 't':
            return literal(at, end, "true");
        case 'f':
            return literal(at, end, "false");
        case 'n':
            return literal(at, end, "null");
        default:
            return number(at, end);
    }
}

/// `"key" :` and the space after it.
Scan key(const char* at, const char* end) {
    if (at == end || *at != '"') return fail(at, "a key must be a string");
    Scan scan = string(at + 1, end);
    if (scan.failed()) return scan;
    at = skip_space(scan.at, end);
    if (at == end || *at != ':') return fail(at, "expected ':'");
    return {skip_space(at + 1, end), nullptr};
}

}  // namespace

const char* skip_space(const char* at, const char* end) {
    while (at != end && is(*at, space)) ++at;
    return at;
}

Scan string(const char* at, const char* end) {
    bool plain = true;
    for (;;) {
        at = skip_plain(at, end);
        if (at == end) return fail(at, "unfinished string");
        const auto c = static_cast<unsigned char>(*at);
        if (c == '"') return {at + 1, nullptr, plain};
        if (c == '\\') {
            const Scan scan = escape_sequence(at + 1, end);
            if (scan.failed()) return scan;
            at = scan.at;
            plain = false;
        } else if (c < 0x20) {
            return fail(at, "control character in string");
        } else {
            const std::size_t length = utf8::sequence(at, end);
            if (length == 0) return fail(at, "text is not UTF-8");
            at += length;
        }
    }
}

Scan number(const char* at, const char* end) {
    const auto digits = [&] {
        const char* from = at;
        while (at != end && is(*at, digit)) ++at;
        return at != from;
    };
    if (at != end && *at == '-') ++at;
    if (at == end || !is(*at, digit)) return fail(at, "expected a value");
    if (*at == '0')
        ++at;
    else
        digits();
    bool integer = true;
    if (at != end && *at == '.') {
        integer = false;
        ++at;
        if (!digits()) return fail(at, "a digit must follow '.'");
    }
    if (at != end && (*at == 'e' || *at == 'E')) {
        integer = false;
        ++at;
        if (at != end && (*at == '+' || *at == '-')) ++at;
        if (!digits()) return fail(at, "an exponent needs digits");
    }
    return {at, nullptr, integer};
}

Scan value(const char* at, const char* end, std::size_t depth) {
    Nesting open(depth);
    at = skip_space(at, end);
    for (;;) {
        // Here a value begins.
        if (at == end) return fail(at, "unexpected end");
        if (*at == '[' || *at == '{') {
            const bool map = *at == '{';
            if (!open.push(map)) return fail(at, "nested too deep");
            at = skip_space(at + 1, end);
            if (at == end) return fail(at, "unexpected end");
            if (*at != (map ? '}' : ']')) {
                if (!map) continue;
                const Scan scan = key(at, end);
                if (scan.failed()) return scan;
                at = scan.at;
                continue;
            }
            ++at;
            open.pop();
        } else {
            const Scan scan = scalar(at, end);
            if (scan.failed()) return scan;
            at = scan.at;
        }
        // Here a value has ended: close what ends with it, then step to the next.
        for (;;) {
            if (open.empty()) return {at, nullptr};
            at = skip_space(at, end);
            if (at == end) return fail(at, "unexpected end");
            if (*at == ',') break;
            if (*at != (open.map() ? '}' : ']'))
                return fail(at, open.map() ? "expected ',' or '}'" : "expected ',' or ']'");
            ++at;
            open.pop();
        }
        at = skip_space(at + 1, end);
        if (open.map()) {
            const Scan scan = key(at, end);
            if (scan.failed()) return scan;
            at = scan.at;
        }
    }
}

}  // namespace heddle::json
