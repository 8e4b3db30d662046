#include <string>
#include <variant>

#include "realms/auth/argon2.hpp"
#include "realms/auth/cra.hpp"
#include "realms/auth/cryptosign.hpp"
#include "realms/auth/jwt.hpp"
#include "realms/auth/key_text.hpp"
#include "realms/auth/passwords.hpp"
#include "realms/auth/saslprep.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "realms/auth/token.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Texts of any kind where credentials and proofs are due; the first byte says where. Beside not crashing: nothing proves
/// anything, what was read is printed as a text that reads the same, and no hash that is read asks for more than its bounds.
namespace {

using namespace heddle;
using fuzzing::demand;
using namespace heddle::auth;

void stored(std::string_view text) {
    if (auto verifier = parse_verifier(text)) {
        const std::string printed = print_verifier(*verifier);
        auto again = parse_verifier(printed);
        demand(again && print_verifier(*again) == printed, "a verifier reads the same again");
        demand(scram_excess(verifier->cost).empty(), "a verifier's cost is bounded");
    }
    if (auto hash = parse_ticket_hash(text)) {
        const std::string printed = print_ticket_hash(*hash);
        auto again = parse_ticket_hash(printed);
        demand(again && print_ticket_hash(*again) == printed, "a hash reads the same again");
        demand(argon2_excess(hash->cost).empty(), "a hash's cost is bounded");
    }
    if (auto secret = parse_cra(text)) demand(print_cra(*secret) == text, "a secret of WAMP-CRA reads the same again");
    demand(why_not_stored(text).empty() == (parse_verifier(text) || parse_ticket_hash(text)), "one opinion of a hash");
}

void proofs(std::string_view text) {
    static const std::string key = *public_key_of(std::string(32, 's')), challenge(32, 'c');
    demand(!check_cryptosign(key, challenge, text), "nobody signs by chance");
    demand(!check_cra("key", "challenge", text), "nobody signs by chance");
    demand(!check_token(token_hash("hdl_0000000000000000_another"), text), "nobody guesses a token");
    const ScramVerifier verifier = fake_verifier("secret", "kim", default_cost(Kdf::pbkdf2));
    ScramExchange exchange;
    exchange.authid = std::string(text);
    exchange.nonce = exchange.client_nonce = std::string(text);
    demand(!check_proof(verifier, exchange, text.substr(0, 32)).right, "a made up verifier has no password");
    if (auto prepared = saslprep(text)) {
        auto again = saslprep(*prepared);
        demand(again && *again == *prepared, "what is prepared stays so");
    }
}

void tokens(std::string_view text) {
    static const auto keys = JwtKeys::read(std::string(32, 'k'));
    JwtSettings settings;
    settings.role = "guest";
    demand(std::holds_alternative<JwtRefusal>(check_jwt(text, *keys, settings, 0)), "nobody signs by chance");
    // A token of ours with such claims: read, and never good for longer than it says.
    const std::string body = to_base64url(R"({"alg":"HS256"})") + "." + to_base64url(text);
    const std::string token = body + "." + to_base64url(*from_base64(sign_cra(std::string(32, 'k'), body)));
    const auto checked = check_jwt(token, *keys, settings, 1000);
    if (const auto* claims = std::get_if<JwtClaims>(&checked))
        demand(claims->expires + 30 > 1000 && !claims->authid.empty() && !claims->roles.empty(), "claims are whole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 5) {
        case 0:
            stored(text);
            break;
        case 1:
            proofs(text);
            break;
        case 2:
            tokens(text);
            break;
        case 3:
            if (auto keys = JwtKeys::read(text)) demand(keys->size() > 0 && keys->size() <= 64, "keys are some, and few");
            break;
        default:
            if (auto seed = read_private_key(text)) demand(public_key_of(*seed).has_value(), "a private key has a public one");
            if (auto key = read_public_key(text)) demand(read_public_key(print_public_key(*key)).operator bool(), "a key reads again");
    }
    return 0;
}
