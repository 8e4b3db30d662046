#pragma once
#include <boost/beast/core/string.hpp>
#include <string_view>

namespace heddle {

/// `text` without optional white space (RFC 9110, 5.6.3: spaces and tabs) at both ends.
inline std::string_view without_outer_space(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Compares names that HTTP treats as case-insensitive: field names, media types, authentication schemes.
inline bool same_ignoring_case(std::string_view a, std::string_view b) {
    return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

}  // namespace heddle
