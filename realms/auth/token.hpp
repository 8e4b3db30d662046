#pragma once
#include <optional>
#include <string>
#include <string_view>

/// Secrets that the router makes: `hdl_<id>_<secret>`. The id (which user) is no secret; the secret has 256 bits, so a
/// plain SHA-256 is enough to keep.
namespace heddle::auth {

struct Token {
    std::string id, secret;  // 16 hexadecimal digits; 32 bytes in base64url, 43 characters
    std::string text() const { return "hdl_" + id + "_" + secret; }
};

inline constexpr std::size_t token_random_bytes = 40;
/// From that many random bytes.
Token make_token(std::string_view random);
/// Nothing where `text` has not the form of a token.
std::optional<Token> split_token(std::string_view text);
/// What is stored: SHA-256 of the whole text, 64 hexadecimal digits.
std::string token_hash(std::string_view text);
bool check_token(std::string_view hash, std::string_view text);

}  // namespace heddle::auth
