#pragma once
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/operation.hpp"
#include "router/config/schema.hpp"

/// Words and flags of an admin command as the operation's arguments.
namespace heddle::cli {

/// "--dry-run", from "dry_run".
std::string flag_of(std::string_view field);

/// One value as it was typed, in the field's type: texts are split at commas or JSON, objects are JSON or @FILE. `named`
/// is how errors call it ("--permissions", "SESSION"). Throws Failure (usage) with what is right.
nlohmann::json argument_of(const admin::Field& field, const std::string& typed, const std::string& named);
/// The same for a key of the configuration file.
nlohmann::json argument_of(const config::Key& key, const std::string& typed, const std::string& named);

/// The keys and tables that realm documents may hold ("realm"), without its name and roles; null: no such table.
const config::Table* document_table(std::string_view name);

/// What is asked of an operation: places in their order, everything else by name.
struct AdminArguments {
    std::vector<std::string> places;
    nlohmann::json named = nlohmann::json::object();
};

}  // namespace heddle::cli
