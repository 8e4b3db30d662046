#pragma once
#include <cstddef>
#include <string>

namespace heddle {

/// From the kernel's generator: nonces, salts, keys.
std::string random_bytes(std::size_t count);

}  // namespace heddle
