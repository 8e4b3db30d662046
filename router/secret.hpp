#pragma once
#include <string>
#include <string_view>

#include "serializers/result.hpp"

namespace heddle {

/// A regular file of at most 1 MiB: a pipe would hold its reader up, a device would never end.
Result<std::string> read_small_file(const std::string& path);

/// What `file:PATH` or `env:NAME` refers to; of a file without the newline at its end. The error never holds any of it.
Result<std::string> read_secret(std::string_view reference);

}  // namespace heddle
