#include "realms/auth/text.hpp"

#include "serializers/base64.hpp"
#include "serializers/escapes.hpp"

namespace heddle::auth {

std::string to_hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (char c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[c & 15];
    }
    return out;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

std::string to_base64_unpadded(std::string_view bytes) {
    std::string out = base64::encode(bytes);
    while (!out.empty() && out.back() == '=') out.pop_back();
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string padded(text), out;
    if (text.find('=') == text.npos) padded.append((4 - text.size() % 4) % 4, '=');
    if (!base64::decode(padded, out)) return std::nullopt;
    return out;
}

std::string to_base64url(std::string_view bytes) {
    std::string out = to_base64_unpadded(bytes);
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    if (text.find_first_of("+/=") != text.npos) return std::nullopt;
    std::string plain(text);
    for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
    return from_base64(plain);
}

std::optional<std::uint32_t> to_number(std::string_view text) {
    if (text.empty() || text.size() > 9 || (text[0] == '0' && text.size() > 1)) return std::nullopt;
    std::uint32_t value = 0;
    for (char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + static_cast<std::uint32_t>(c - '0');
    }
    return value;
}

std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(at);
        parts.push_back(text.substr(0, end));
        if (end == text.npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t from = text.find_first_not_of(space);
    if (from == text.npos) return {};
    return text.substr(from, text.find_last_not_of(space) - from + 1);
}

}  // namespace heddle::auth
