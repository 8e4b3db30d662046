#pragma once
#include <string>

#include "serializers/token.hpp"

namespace heddle {

/// Turns the token of a scalar that stands as a map key into a key token. Text stays as it is; integers, reals,
/// booleans, null and bytes (as JSON would carry them) become their text in `scratch`. False for containers: no
/// encoding but their own has such keys.
bool make_key(Token& token, std::string& scratch);

}  // namespace heddle
