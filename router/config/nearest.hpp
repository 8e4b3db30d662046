#pragma once
#include <span>
#include <string>
#include <string_view>

namespace heddle {

/// Steps (insert, remove, replace, swap of neighbours) from one text to the other.
std::size_t edit_distance(std::string_view from, std::string_view to);

/// The name that somebody who wrote `written` most likely meant; empty where none comes close. Also tries the parts of
/// a name with underscores, so that "max_mesage" finds "message".
std::string_view nearest(std::string_view written, std::span<const std::string_view> names);

}  // namespace heddle
