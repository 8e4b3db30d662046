#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "realms/attempt.hpp"
#include "realms/peer_facts.hpp"

/// What the dynamic authenticator is asked, and what it may answer (docs/authentication.md).
namespace heddle {

/// Arguments `[realm, authid, details]`, MessagePack. `secret`: of ticket, jwt and token; else empty.
void put_authenticator_question(const Attempt& attempt, std::string_view realm, const PeerFacts& facts,
                                std::string_view secret, ByteBuffer& out);

struct AuthenticatorAnswer {
    bool good = false;
    std::string_view why;              // where it is not: static text
    std::string role, authid, extra;   // authid may be empty; extra: for WELCOME, JSON, may be empty
    auth::CraSecret cra;
    auth::ScramVerifier verifier;
    std::vector<std::string> keys;
};
/// A result is a role's name, or a map with `role`, and whatever proves the user by this method.
AuthenticatorAnswer read_authenticator_answer(const Outcome& outcome, AuthMethod method, std::string_view realm);

}  // namespace heddle
