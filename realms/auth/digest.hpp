#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// SHA-256 and what is made of it. Pure functions; bytes are held in strings. They throw std::runtime_error only where
/// OpenSSL itself cannot go on (out of memory, no default provider).
namespace heddle::auth {

inline constexpr std::size_t digest_size = 32;

/// Whether two secrets are equal, in a time that depends on their lengths alone.
bool same(std::string_view a, std::string_view b);
/// Overwrites the bytes, then empties the text.
void wipe(std::string& secret);

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// RFC 8018. `iterations` and `length` (bytes) are at least 1.
std::string pbkdf2_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations,
                          std::size_t length = digest_size);
/// Of two texts of the same length.
std::string exclusive_or(std::string_view a, std::string_view b);

}  // namespace heddle::auth
