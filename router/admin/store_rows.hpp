#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "router/sqlite_file.hpp"

/// How the tables of the store hold text and documents.
namespace heddle::admin {

inline std::string text(const SqliteStatement& row, int column) { return std::string(row.bytes(column)); }

/// As one line; bytes that are not valid UTF-8 are replaced.
inline std::string dumped(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace heddle::admin
