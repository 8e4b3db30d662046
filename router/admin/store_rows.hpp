#pragma once
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "router/json_text.hpp"
#include "router/sqlite_file.hpp"

/// How values stand in the rows of the store; for the files of Store alone.
namespace heddle::admin {

inline std::string text(const SqliteStatement& row, int column) { return std::string(row.bytes(column)); }

inline std::string dumped(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Throws std::runtime_error if the column does not hold valid JSON: the file was damaged, or edited by hand.
inline nlohmann::json stored_json(const SqliteStatement& row, int column) {
    auto value = parse_json(row.bytes(column));
    if (value) return std::move(*value);
    throw std::runtime_error("a row of the store is damaged: its column " + std::to_string(column) +
                             " is not valid JSON: " + value.error().what);
}

}  // namespace heddle::admin
