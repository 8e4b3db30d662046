#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/result.hpp"

/// WAMP-SCRAM: RFC 5802 with SHA-256 (RFC 7677), the password stretched by PBKDF2 or Argon2id.
namespace heddle::auth {

enum class Kdf : std::uint8_t {
    pbkdf2,
    argon2id13,
    /// As Autobahn and Crossbar have it: named `argon2id-13`, and SaltedPassword is the unpadded base64 text of the hash.
    argon2id_13,
};
std::string_view name_of(Kdf kdf);  // as on the wire: "pbkdf2", "argon2id13", "argon2id-13"

struct ScramCost {
    Kdf kdf = Kdf::pbkdf2;
    std::uint32_t iterations = 600'000;  // passes for Argon2id, where 2 is due
    std::uint32_t memory_kib = 0;        // Argon2id only
};
/// 600000 iterations, or 19 MiB and 2 passes.
ScramCost default_cost(Kdf kdf);
/// What is wrong with a cost; empty: nothing. PBKDF2: 4096 to 10000000 iterations; Argon2id: see argon2_excess.
std::string scram_excess(const ScramCost& cost);
/// From CHALLENGE.Extra, as a client; checks the bounds.
Result<ScramCost> parse_cost(std::string_view kdf, std::int64_t iterations, std::int64_t memory_kib);

/// What is stored of a password. Lets nobody log in who does not know the password.
struct ScramVerifier {
    ScramCost cost;
    std::string salt, stored_key, server_key;  // bytes: 8 to 64, 32, 32
};

/// The stretched password, the root of all keys. Slow on purpose. Errors: characters that saslprep refuses, bounds.
Result<std::string> salted_password(std::string_view password, std::string_view salt, const ScramCost& cost);
Result<ScramVerifier> make_verifier(std::string_view password, std::string_view salt, const ScramCost& cost);
/// Whether a password belongs to a verifier, for users that log in by ticket: slow on purpose.
bool check_password(const ScramVerifier& verifier, std::string_view password);

/// One line: `scram$pbkdf2$i=600000$<salt>$<stored key>$<server key>`, `scram$argon2id13$i=2,m=19456$..`; base64.
Result<ScramVerifier> parse_verifier(std::string_view text);
std::string print_verifier(const ScramVerifier& verifier);

/// What an unknown user is shown: a salt that stays the same for each authid as long as `server_secret` does, and keys
/// for which no password exists.
ScramVerifier fake_verifier(std::string_view server_secret, std::string_view authid, const ScramCost& cost);

/// One login. `cbind` is what AUTHENTICATE names as cbind_data already decoded; empty: no channel binding.
struct ScramExchange {
    std::string authid;              // as HELLO has it
    std::string client_nonce;        // HELLO.authextra.nonce
    std::string nonce;               // CHALLENGE.nonce: the client's, then ours
    std::string salt_base64;         // as sent
    std::uint32_t iterations = 0;
    std::string channel_binding;     // "tls-unique", ..; empty: none
    std::string cbind;
};
std::string auth_message(const ScramExchange& exchange);

/// `proof`: the bytes of AUTHENTICATE.Signature. Clients of Autobahn's family, who leave `c=` empty and write the authid as
/// it is, are understood too, but not where a channel binding was agreed on. `server_signature` is then over the same text.
struct ScramAnswer {
    bool right = false;
    std::string server_signature;  // bytes, for WELCOME.authextra.verifier
};
ScramAnswer check_proof(const ScramVerifier& verifier, const ScramExchange& exchange, std::string_view proof);

/// The client's side.
struct ScramProof {
    std::string proof;             // bytes, for AUTHENTICATE.Signature
    std::string server_signature;  // bytes: what WELCOME must show
};
ScramProof prove(std::string_view salted, const ScramExchange& exchange);

}  // namespace heddle::auth
