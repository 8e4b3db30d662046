#include "serializers/numbers.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace heddle::numbers {
namespace {

template <class T>
std::size_t put(T value, char* out) {
    return static_cast<std::size_t>(std::to_chars(out, out + text_max, value).ptr - out);
}

/// Whether a number that no double holds was too big, rather than too small: the place of its first digit decides.
bool overflows(std::string_view text) {
    long exponent = 0;
    const std::size_t e = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, e);
    if (e != std::string_view::npos) {
        std::string_view digits = text.substr(e + 1);
        if (digits.front() == '+') digits.remove_prefix(1);
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (result.ec != std::errc()) return digits.front() != '-';  // an exponent of twenty digits settles it
    }
    const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
    const std::size_t first = mantissa.find_first_of("123456789");
    if (first == std::string_view::npos) return false;
    const long place = first < point ? static_cast<long>(point - first) : -static_cast<long>(first - point);
    return exponent > -place;  // not exponent + place > 0: that could overflow
}

}  // namespace

std::size_t put_decimal(double value, char* out) {
    // Decimals of up to fifteen digits are doubles of their own: the one that reads back as `value` is the shortest.
    const double scaled = std::abs(value) * 1e4;
    if (!(scaled >= 1 && scaled < 1e15)) return 0;
    auto all = static_cast<std::uint64_t>(scaled);
    if (static_cast<double>(all) != scaled || static_cast<double>(all) / 1e4 != std::abs(value)) return 0;
    char* at = out;
    if (value < 0) *at++ = '-';
    at += put(all / 10'000, at);
    *at++ = '.';
    auto fraction = static_cast<unsigned>(all % 10'000);
    do {
        *at++ = static_cast<char>('0' + fraction / 1000);
        fraction = fraction % 1000 * 10;
    } while (fraction != 0);
    return static_cast<std::size_t>(at - out);
}

std::size_t put_real(double value, char* out) {
    if (const std::size_t size = put_decimal(value, out)) return size;
    const double magnitude = std::abs(value);
    const bool plain = value == 0 || (magnitude >= 1e-5 && magnitude < 1e16);
    const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
    auto size = static_cast<std::size_t>(std::to_chars(out, out + text_max, value, format).ptr - out);
    for (std::size_t i = 0; i < size; ++i)
        if (out[i] == '.' || out[i] == 'e') return size;
    out[size++] = '.';
    out[size++] = '0';
    return size;
}

std::size_t put_integer(std::int64_t value, char* out) { return put(value, out); }
std::size_t put_unsigned(std::uint64_t value, char* out) { return put(value, out); }

double parse_real(std::string_view text) {
    double value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc::result_out_of_range) return value;
    const double size = overflows(text) ? std::numeric_limits<double>::infinity() : 0.0;
    return text.front() == '-' ? -size : size;
}

Token parse_integer(std::string_view text) {
    Token token;
    const char* end = text.data() + text.size();
    token.kind = Token::Kind::integer;
    if (std::from_chars(text.data(), end, token.integer).ec == std::errc()) return token;
    token.kind = Token::Kind::unsigned_integer;
    token.unsigned_integer = 0;
    if (text.front() != '-' && std::from_chars(text.data(), end, token.unsigned_integer).ec == std::errc())
        return token;
    token.kind = Token::Kind::real;
    token.real = parse_real(text);
    return token;
}

}  // namespace heddle::numbers
