#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "serializers/messages.hpp"

namespace heddle::test {

/// A message as a line that people can compare: the name, then all that matters of it. Random ids go through `name_id`,
/// so that a script can call them 1, 2, 3 in the order of their appearance.
std::string text_of(const Message& message, const std::function<std::uint64_t(std::uint64_t)>& name_id);

}  // namespace heddle::test
