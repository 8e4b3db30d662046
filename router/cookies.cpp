#include "router/cookies.hpp"

#include <algorithm>
#include <cstdint>

namespace heddle {
namespace {

constexpr std::size_t digits = 32;

bool ours(std::string_view value) {
    return value.size() == digits && std::all_of(value.begin(), value.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace

std::string make_cookie(Entropy& entropy) {
    constexpr char hex[] = "0123456789abcdef";
    std::string value;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < digits; ++i, bits >>= 4) {
        if (i % 16 == 0) bits = entropy.next();
        value += hex[bits & 15];
    }
    return value;
}

CookiePlace cookie_place(std::string_view target) {
    return target.starts_with("/console/") ? CookiePlace{"heddle_console", "/console/"} : CookiePlace{};
}

std::string cookie_in(std::string_view header, CookiePlace place) {
    std::string_view found;
    while (!header.empty()) {
        const std::size_t end = header.find(';');
        std::string_view pair = header.substr(0, end);
        header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        while (pair.ends_with(' ')) pair.remove_suffix(1);
        if (!pair.starts_with(place.name) || pair.substr(place.name.size(), 1) != "=") continue;
        const std::string_view value = pair.substr(place.name.size() + 1);
        if (!ours(value) || (!found.empty() && found != value)) return {};
        found = value;
    }
    return std::string(found);
}

std::string set_cookie(std::string_view value, bool secure, CookiePlace place) {
    std::string text(place.name);
    text.append("=").append(value).append("; HttpOnly; SameSite=Strict; Path=").append(place.path);
    return secure ? text + "; Secure" : text;
}

}  // namespace heddle
