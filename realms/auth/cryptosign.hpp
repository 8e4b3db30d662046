#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "serializers/result.hpp"

/// WAMP-Cryptosign: Ed25519 (RFC 8032) over a challenge of 32 bytes. Keys and messages here are bytes, 32 of them; a
/// private key is its seed.
namespace heddle::auth {

inline constexpr std::size_t key_size = 32, signature_size = 64, challenge_size = 32;

/// Nothing where the seed has not 32 bytes.
std::optional<std::string> public_key_of(std::string_view seed);
/// 64 bytes.
std::optional<std::string> sign(std::string_view seed, std::string_view message);
bool verify(std::string_view public_key, std::string_view message, std::string_view signature);

/// What is to be signed: the challenge, XORed with the channel id where one was agreed on (`channel_id` is then 32 bytes).
std::string cryptosign_message(std::string_view challenge, std::string_view channel_id);
/// AUTHENTICATE.Signature: hexadecimal digits of the signature and the signed message, 192 characters.
std::optional<std::string> cryptosign_answer(std::string_view seed, std::string_view message);
/// `expected` is our own idea of the message: what the client appended must equal it. The bare signature (128 characters)
/// is refused.
bool check_cryptosign(std::string_view public_key, std::string_view expected, std::string_view answer_hex);

}  // namespace heddle::auth
