#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "router/admin/operation.hpp"

namespace heddle::admin {

/// What was asked, checked: `fields` holds those of the operation (with defaults, or absent), `document` whatever else
/// came where the operation takes one.
struct Checked {
    nlohmann::json fields = nlohmann::json::object(), document = nlohmann::json::object();
};

/// Every field by its type, choices and need; unknown names with the nearest one. Numbers and flags of places and
/// queries may be texts, as URLs have them. A member of the body may be null: nothing is said, or what is there goes.
/// Throws Refusal.
Checked check_fields(const Operation& operation, const nlohmann::json& arguments);

/// A rule of a role in its plain form: match and uri always there, empty lists not.
nlohmann::json plain_rule(const nlohmann::json& rule);

/// The same arguments with "set" in place of secrets, for the audit log.
nlohmann::json masked(const Operation& operation, const nlohmann::json& arguments);

}  // namespace heddle::admin
