#pragma once
#include <string>
#include <string_view>

#include "serializers/bytes.hpp"

/// RFC 4648 section 4: the padded alphabet with '+' and '/'.
namespace heddle::base64 {

void encode(std::string_view bytes, ByteBuffer& out);
std::string encode(std::string_view bytes);
/// Replaces `out`; false (and `out` unspecified) where `text` is not canonical padded base64.
bool decode(std::string_view text, std::string& out);

}  // namespace heddle::base64
