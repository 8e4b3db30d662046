#pragma once
#include <string>
#include <string_view>

#include "router/config/load.hpp"

namespace heddle::config {

/// `heddle config keys [PREFIX]`: every key with type, range, default, environment name and meaning. Empty where
/// nothing begins so.
std::string describe_keys(std::string_view prefix);

/// `heddle config default`: a file that serves as it stands, with everything else in it as comments.
std::string default_file();

/// `heddle check --effective`: each value in force and where it came from.
std::string describe_effective(const Loaded& loaded, std::string_view file_name);

/// One line: `2 listeners, 1 certificate, 1 realm, 2 roles, 5 rules`.
std::string summary(const ServerSettings& settings);

}  // namespace heddle::config
