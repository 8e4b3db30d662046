// What each method does first: whom it may be, and what he is asked.
#include <algorithm>

#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/login_words.hpp"
#include "realms/logins.hpp"
#include "realms/random_bytes.hpp"
#include "serializers/base64.hpp"
#include "serializers/uris.hpp"

namespace heddle {

void Logins::start(AttemptPtr attempt, const auth::JsonFields& extra, Turn turn) {
    const PeerFacts& facts = facts_of(attempt->who);
    const bool guessable = attempt->method != AuthMethod::anonymous && attempt->method != AuthMethod::cookie &&
                           attempt->method != AuthMethod::local;
    if (guessable && (throttle_.blocked(Throttle::Kind::address, facts.address, turn.now) ||
                      throttle_.blocked(Throttle::Kind::authid, attempt->authid, turn.now)))
        attempt->flaw = LoginResult::throttled;
    if (guessable) attempt->as.session = door_.fresh_session();
    switch (attempt->method) {
        case AuthMethod::ticket:
            return start_ticket(std::move(attempt), turn);
        case AuthMethod::wampcra:
            return start_wampcra(std::move(attempt), turn);
        case AuthMethod::scram:
            return start_scram(std::move(attempt), extra, turn);
        case AuthMethod::cryptosign:
            return start_cryptosign(std::move(attempt), extra, turn);
        case AuthMethod::jwt:
        case AuthMethod::token:
            if (const auto secret = extra.text("token")) return check_bearer(std::move(attempt), *secret, turn);
            return challenge(std::move(attempt), {}, turn);
        default:
            return start_at_once(std::move(attempt), turn);
    }
}

/// Methods without a challenge: what proves him the router knows already.
void Logins::start_at_once(AttemptPtr attempt, Turn turn) {
    const PeerFacts& facts = facts_of(attempt->who);
    LoginIdentity& as = attempt->as;
    as.provider = "static";
    if (attempt->method == AuthMethod::cookie) {
        const CookieHolder& holder = *cookie_holder(facts, turn.now);
        const UserSettings* user = holder.user ? accounts_.find(holder.authid) : nullptr;
        as.authid = holder.authid;
        as.role = user ? user->role : holder.role;
        as.provider = holder.provider;
        attempt->known = holder.user;
    } else if (attempt->method == AuthMethod::local) {
        as.authid = facts.local_user;
        as.role = "administrator";
    } else if (attempt->method == AuthMethod::tls) {
        const UserSettings* user = certified(facts, attempt->authid, turn.now);
        if (!user) return ask(std::move(attempt), Attempt::Step::asked_first, {}, turn);
        be(*attempt, *user, turn.now);
    } else if (!anonymous_by_role()) {
        return ask(std::move(attempt), Attempt::Step::asked_first, {}, turn);
    } else {
        as.authid = random_authid(entropy_);
        as.role = settings_.anonymous_role;
        as.method = "anonymous";
    }
    conclude(*attempt, true, turn);
}

const Logins::CookieHolder* Logins::cookie_holder(const PeerFacts& facts, TimePoint now) const {
    if (facts.cookie.empty() || cookies_.size() == 0) return nullptr;
    const CookieHolder* holder = cookies_.find(auth::hmac_sha256(key_, facts.cookie), now);
    if (!holder || !holder->user) return holder;
    const UserSettings* user = accounts_.find(holder->authid);
    return user && may_log_in(*user, unix_time(now)) ? holder : nullptr;
}

const UserSettings* Logins::certified(const PeerFacts& facts, std::string_view authid, TimePoint now) const {
    const UserSettings* user = accounts_.by_certificate(auth::to_hex(to_text(*facts.certificate)));
    const bool he = user && (authid.empty() || authid == user->authid);
    return he && may_log_in(*user, unix_time(now)) ? user : nullptr;
}

void Logins::be(Attempt& attempt, const UserSettings& user, TimePoint now) const {
    attempt.known = true;
    attempt.as.authid = user.authid;
    attempt.as.role = user.role;
    attempt.as.provider = "static";
    if (attempt.flaw != LoginResult::ok || may_log_in(user, unix_time(now))) return;
    attempt.flaw = user.disabled ? LoginResult::disabled : LoginResult::expired;
}

const UserSettings* Logins::user_of(Attempt& attempt, TimePoint now) const {
    const UserSettings* user = accounts_.find(attempt.authid);
    if (user)
        be(attempt, *user, now);
    else if (asks())
        attempt.dynamic = true;
    else
        lacks(attempt);
    return user;
}

/// Nobody, or nobody with a credential of this kind.
void Logins::lacks(Attempt& attempt) const {
    if (attempt.flaw == LoginResult::ok) attempt.flaw = LoginResult::unknown_user;
}

void Logins::start_ticket(AttemptPtr attempt, Turn turn) {
    if (const UserSettings* user = user_of(*attempt, turn.now)) {
        attempt->stored = user->ticket.empty() ? user->scram : user->ticket;
        attempt->token = user->token;
        if (attempt->stored.empty() && attempt->token.empty()) lacks(*attempt);
    }
    challenge(std::move(attempt), {}, turn);
}

// ---- WAMP-CRA

void Logins::start_wampcra(AttemptPtr attempt, Turn turn) {
    const UserSettings* user = user_of(*attempt, turn.now);
    if (attempt->dynamic) return ask(std::move(attempt), Attempt::Step::asked_first, {}, turn);
    if (user && !user->wampcra.empty())
        if (auto secret = auth::parse_cra(user->wampcra)) attempt->cra = std::move(*secret);
    challenge_wampcra(std::move(attempt), turn);
}

void Logins::challenge_wampcra(AttemptPtr attempt, Turn turn) {
    std::string role = attempt->as.role;
    // Made for everybody, so that no clock tells whom the realm knows (tools/login-timing).
    auth::CraSecret decoy = decoys_.cra(attempt->authid);
    std::string decoy_role = decoys_.cra_role(attempt->authid);
    if (attempt->cra.key.empty()) {
        lacks(*attempt);
        attempt->cra = std::move(decoy);
        role = std::move(decoy_role);
    }
    const auth::CraSecret& secret = attempt->cra;
    const std::string nonce = base64::encode(random_bytes(entropy_, 24)), now = clock_.text(turn.now);
    attempt->challenge =
        auth::cra_challenge_text({attempt->authid, role, settings_.auth.authenticator.empty() ? "static" : "dynamic",
                                  nonce, now, attempt->as.session.value});
    ExtraWriter extra;
    extra.text("challenge", attempt->challenge);
    if (!secret.salt.empty())
        extra.text("salt", secret.salt).number("iterations", secret.iterations).number("keylen", secret.keylen);
    challenge(std::move(attempt), extra.done(), turn);
}

// ---- WAMP-SCRAM

bool Logins::bind_channel(Attempt& attempt, const auth::JsonFields& extra, Turn turn) {
    const std::string type = extra.text("channel_binding").value_or("");
    if (type.empty()) return true;
    const bool fits = attempt.method == AuthMethod::scram || type != "tls-server-end-point";
    attempt.exchange.channel_binding = type;
    attempt.exchange.cbind = fits ? channel_id(facts_of(attempt.who), type) : std::string();
    if (!attempt.exchange.cbind.empty()) return true;
    turn_away(attempt, LoginResult::refused, uri::authentication_failed,
              "this connection has no channel binding of the type that HELLO asks for", turn);
    return false;
}

void Logins::start_scram(AttemptPtr attempt, const auth::JsonFields& extra, Turn turn) {
    if (!bind_channel(*attempt, extra, turn)) return;
    attempt->exchange.authid = attempt->authid;
    attempt->exchange.client_nonce = extra.text("nonce").value_or("");
    const UserSettings* user = user_of(*attempt, turn.now);
    if (attempt->dynamic) return ask(std::move(attempt), Attempt::Step::asked_first, {}, turn);
    if (user)
        if (auto verifier = auth::parse_verifier(user->scram)) attempt->verifier = std::move(*verifier);
    challenge_scram(std::move(attempt), turn);
}

void Logins::challenge_scram(AttemptPtr attempt, Turn turn) {
    auth::ScramVerifier decoy = decoys_.scram(attempt->authid);  // for everybody, as above
    if (attempt->verifier.stored_key.empty()) {
        lacks(*attempt);
        attempt->verifier = std::move(decoy);
    }
    const auth::ScramVerifier& verifier = attempt->verifier;
    auth::ScramExchange& exchange = attempt->exchange;
    exchange.nonce = exchange.client_nonce + base64::encode(random_bytes(entropy_, 18));
    exchange.salt_base64 = base64::encode(verifier.salt);
    exchange.iterations = verifier.cost.iterations;
    ExtraWriter extra;  // no other keys: Autobahn refuses what it does not know
    extra.text("nonce", exchange.nonce).text("salt", exchange.salt_base64);
    extra.text("kdf", auth::name_of(verifier.cost.kdf)).number("iterations", exchange.iterations);
    if (verifier.cost.kdf != auth::Kdf::pbkdf2) extra.number("memory", verifier.cost.memory_kib);
    if (!exchange.channel_binding.empty()) extra.text("channel_binding", exchange.channel_binding);
    challenge(std::move(attempt), extra.done(), turn);
}

// ---- cryptosign

void Logins::start_cryptosign(AttemptPtr attempt, const auth::JsonFields& extra, Turn turn) {
    if (!bind_channel(*attempt, extra, turn)) return;
    const auto pubkey = read_pubkey(extra);
    const UserSettings* user = nullptr;
    if (!attempt->authid.empty())
        user = user_of(*attempt, turn.now);
    else if ((user = accounts_.by_key(auth::to_hex(*pubkey))))
        be(*attempt, *user, turn.now);
    else
        asks() ? void(attempt->dynamic = true) : lacks(*attempt);
    if (attempt->dynamic) return ask(std::move(attempt), Attempt::Step::asked_first, {}, turn);
    if (user)
        for (const std::string& hex : user->keys)
            if (auto key = auth::from_hex(hex)) attempt->keys.push_back(std::move(*key));
    challenge_cryptosign(std::move(attempt), turn);
}

void Logins::challenge_cryptosign(AttemptPtr attempt, Turn turn) {
    const ExtraFields hello(attempt->hello_extra.view());
    auto& keys = attempt->keys;
    if (const auto pubkey = read_pubkey(*hello)) {
        const bool his = std::find(keys.begin(), keys.end(), *pubkey) != keys.end();
        if (!his && attempt->flaw == LoginResult::ok) attempt->flaw = LoginResult::bad_proof;
        keys = {*pubkey};
    } else if (keys.empty()) {
        lacks(*attempt);
        keys = {*auth::public_key_of(auth::hmac_sha256(key_, attempt->authid))};
    }
    const std::string nonce = random_bytes(entropy_, auth::challenge_size), &channel = attempt->exchange.cbind;
    attempt->challenge = auth::cryptosign_message(nonce, channel);
    ExtraWriter extra;
    extra.text("challenge", auth::to_hex(nonce));
    if (!channel.empty()) extra.text("channel_binding", attempt->exchange.channel_binding);
    const std::string& seed = settings_.auth.router_key;
    const auto asked = auth::from_hex(hello->text("challenge").value_or(""));
    if (const auto own = auth::public_key_of(seed); own && asked && asked->size() == auth::challenge_size)
        extra.text("pubkey", auth::to_hex(*own))
            .text("signature", *auth::cryptosign_answer(seed, auth::cryptosign_message(*asked, channel)));
    challenge(std::move(attempt), extra.done(), turn);
}

}  // namespace heddle
