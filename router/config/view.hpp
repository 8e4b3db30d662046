#pragma once
#include <nlohmann/json.hpp>

#include "router/settings.hpp"

namespace heddle::config {

/// The settings in force but for realms, by the keys of the file; lists of tables by the names of their elements.
/// Secrets are not shown, only where they stand.
nlohmann::json view_of(const ServerSettings& settings);

}  // namespace heddle::config
