#pragma once
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/config/tree.hpp"

namespace heddle::config {

/// Lays `HEDDLE_<TABLE>__<KEY>` and `HEDDLE_<LIST>__<NAME>__<KEY>` over the tree. A name without the double underscore
/// is none of ours: container platforms set HEDDLE_PORT and HEDDLE_SERVICE_HOST for a service of that name.
void override_from_environment(std::span<const std::pair<std::string, std::string>> environment, Element& root,
                               Mistakes& mistakes);

/// The same from `--set listener.local.address=127.0.0.1:9000`.
void override_from_flags(std::span<const std::string> flags, Element& root, Mistakes& mistakes);

/// All variables of this process.
std::vector<std::pair<std::string, std::string>> process_environment();

}  // namespace heddle::config
