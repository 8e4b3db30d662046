#pragma once
#include <string>
#include <string_view>

#include "serializers/result.hpp"

namespace heddle {

/// What `file:PATH` or `env:NAME` refers to; of a file without the newline at its end. The error never holds any of it.
Result<std::string> read_secret(std::string_view reference);

}  // namespace heddle
