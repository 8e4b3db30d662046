#pragma once
#include <string>
#include <string_view>

#include "serializers/result.hpp"

/// Ed25519 keys as files hold them. Errors never quote what was read.
namespace heddle::auth {

/// The seed (32 bytes) from 64 hexadecimal digits (Autobahn), an OpenSSH private key without passphrase, or PKCS#8 PEM.
Result<std::string> read_private_key(std::string_view text);
/// The key (32 bytes) from 64 hexadecimal digits, `ssh-ed25519 AAAA.. comment`, or PEM.
Result<std::string> read_public_key(std::string_view text);

std::string print_private_key(std::string_view seed);       // 64 hexadecimal digits and a line end
std::string print_public_key(std::string_view public_key);  // likewise

}  // namespace heddle::auth
