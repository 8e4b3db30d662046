#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "router/nonces.hpp"

namespace heddle {

/// Why a signed query is not good. `status` 200: it is.
struct SignatureVerdict {
    unsigned status = 200;   // 400: a field is missing or makes no sense, 401: not signed by who has the secret, 429: too many
    std::string_view field;  // static text: which one
    std::string fault;
};

/// Signed requests as Crossbar's HTTP bridge has them: the query holds `timestamp` (UTC, at most 300 s off), `seq`,
/// `nonce`, `key` and `signature`, the base64url of HMAC-SHA256 over key, timestamp, seq, nonce and body, one behind the
/// other. Unlike there a nonce is good once. `now`: Unix milliseconds.
SignatureVerdict check_signature(std::string_view query, std::string_view body, std::string_view key,
                                 std::string_view secret, std::int64_t now, Nonces& nonces);

}  // namespace heddle
