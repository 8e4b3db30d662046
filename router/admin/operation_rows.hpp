#pragma once
#include <vector>

#include "router/admin/operation.hpp"

/// The rows of the table, by file; included by the table's own files only.
namespace heddle::admin::rows {

/// Fields that many operations share.
inline constexpr Field realm{.name = "realm", .in = Field::In::place, .doc = "name of the realm", .required = true};
inline constexpr Field role{.name = "role", .in = Field::In::place, .doc = "name of the role", .required = true};
inline constexpr Field user{.name = "user", .in = Field::In::place, .doc = "authid of the user", .required = true};
inline constexpr std::string_view match_choices = "exact prefix wildcard";
inline constexpr std::string_view action_choices = "call register publish subscribe";
inline constexpr std::string_view identity_choices = "caller publisher";

void add_realms(std::vector<Operation>& to);  // realm, role, permission, authorizer
void add_users(std::vector<Operation>& to);   // user, token
void add_live(std::vector<Operation>& to);    // session, subscription, registration, lane, retained
void add_router(std::vector<Operation>& to);  // audit, stats, config

}  // namespace heddle::admin::rows
