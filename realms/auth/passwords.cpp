#include "realms/auth/passwords.hpp"

#include "realms/auth/argon2.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/scram.hpp"

namespace heddle::auth {
namespace {

constexpr std::string_view scram_head = "scram$";
bool is_scram(std::string_view stored) { return stored.substr(0, scram_head.size()) == scram_head; }

}  // namespace

bool check_stored(std::string_view stored, std::string_view secret) {
    if (is_scram(stored)) {
        const auto verifier = parse_verifier(stored);
        return verifier && check_password(*verifier, secret);
    }
    const auto hash = parse_ticket_hash(stored);
    return hash && check_ticket(*hash, secret);
}

std::string why_not_stored(std::string_view stored) {
    if (is_scram(stored)) {
        const auto verifier = parse_verifier(stored);
        return verifier ? std::string() : verifier.error().what;
    }
    const auto hash = parse_ticket_hash(stored);
    return hash ? std::string() : hash.error().what;
}

std::string fake_ticket_hash(std::string_view server_secret, std::string_view authid) {
    const std::string name(authid);
    return print_ticket_hash({Argon2Cost{}, hmac_sha256(server_secret, "ticket salt " + name).substr(0, 16),
                              hmac_sha256(server_secret, "ticket hash " + name)});
}

}  // namespace heddle::auth
