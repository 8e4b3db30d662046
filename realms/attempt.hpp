#pragma once
#include <string>
#include <vector>

#include "realms/auth/cra.hpp"
#include "realms/auth/scram.hpp"
#include "realms/endpoint.hpp"
#include "realms/login_note.hpp"
#include "realms/questions.hpp"
#include "realms/settings.hpp"
#include "serializers/messages.hpp"

namespace heddle {

inline constexpr std::size_t authid_bytes_max = 255;

/// Who somebody is, once he proved it, and what WELCOME tells him beside.
struct LoginIdentity {
    std::string authid, role, method, provider;
    SessionId session;  // the one that his challenge named; 0: any
    std::string extra;  // WELCOME.Details.authextra; empty: none
    Encoding extra_form = Encoding::json;
};

/// One login between HELLO and its end.
///
///   HELLO --> [asked first] --> CHALLENGE --> challenged --AUTHENTICATE--> [asked last] --> WELCOME or ABORT
///
/// Methods that have no challenge go to their end at once, or over `asked_first`.
struct Attempt {
    enum class Step : std::uint8_t {
        asked_first,  // the dynamic authenticator: is there such a user, and what proves him?
        challenged,   // AUTHENTICATE is awaited
        asked_last,   // whether what it said is right
    };
    EndpointId who;
    Roles roles;
    AuthMethod method = AuthMethod::anonymous;
    std::string authid;  // as claimed
    OwnedPayload hello_extra;
    Step step = Step::challenged;
    TimePoint due{};
    QuestionId question;  // open one; 0: none

    LoginIdentity as;
    bool known = false;                   // the realm has a user of that name
    bool dynamic = false;                 // the dynamic authenticator decides
    LoginResult flaw = LoginResult::ok;   // else it will fail for this reason, however right the proof is
    std::string_view why;                 // more about the flaw; static text
    TimePoint good_until = TimePoint::max();  // what he showed

    // What the proof is checked against.
    std::string stored, token, hash;  // of a ticket: its hash or verifier, that of a token, the ticket's own once it came
    auth::CraSecret cra;
    std::string challenge;  // of WAMP-CRA: its text; of cryptosign: the bytes to be signed
    auth::ScramVerifier verifier;
    auth::ScramExchange exchange;
    std::vector<std::string> keys;  // of cryptosign: public keys, bytes, any of which may sign
};

}  // namespace heddle
