#pragma once
#include <nlohmann/json.hpp>
#include <string_view>

#include "router/admin/operation.hpp"

/// JSON schemas of what operations take, for OpenAPI.
namespace heddle::admin {

nlohmann::ordered_json schema_of(const Field& field);

/// The keys of a table of the configuration file, which an operation takes as members of its body.
nlohmann::ordered_json document_schema(std::string_view name);

}  // namespace heddle::admin
