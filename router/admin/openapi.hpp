#pragma once
#include <string>

namespace heddle::admin {

/// The API as OpenAPI 3.1, made from the table of operations; the same text every time. Any thread.
const std::string& openapi();

}  // namespace heddle::admin
