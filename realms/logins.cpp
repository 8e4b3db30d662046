// The way of every attempt to log in, whatever its method. Long because it is one way, from HELLO to its end.
#include "realms/logins.hpp"

#include <algorithm>

#include "realms/address_block.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/text.hpp"
#include "realms/login_words.hpp"
#include "realms/random_bytes.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

// The same words for all who are not let in, whoever they are.
constexpr std::string_view not_accepted = "the router does not accept these credentials";

/// Failures that may be guesses.
bool counts(LoginResult result) {
    return result == LoginResult::bad_proof || result == LoginResult::unknown_user || result == LoginResult::disabled ||
           result == LoginResult::expired || result == LoginResult::authenticator;
}

}  // namespace

Logins::Logins(const RealmSettings& settings, const Accounts& accounts, Entropy& entropy, const WallClock& clock,
               Tallies& tallies, LoginDoor& door)
    : settings_(settings),
      accounts_(accounts),
      entropy_(entropy),
      clock_(clock),
      tallies_(tallies),
      door_(door),
      key_(random_bytes(entropy, 32)),
      decoys_(accounts, settings.auth, auth::sha256("decoys" + key_)),
      throttle_(auth::sha256("throttle" + key_)) {
    settings_changed();
}

// ---- who is there

void Logins::introduce(EndpointId who, PeerFacts facts) { facts_[who] = std::move(facts); }

const PeerFacts& Logins::facts_of(EndpointId who) const {
    static const PeerFacts stranger;
    const auto found = facts_.find(who);
    return found == facts_.end() ? stranger : found->second;
}

void Logins::lost(EndpointId who, Egress& out) {
    drop(who, out);
    facts_.erase(who);
}

void Logins::count(SessionCounts& counts, const std::string& name, bool more) {
    if (name.empty()) return;
    if (more) return void(++counts[name]);
    const auto found = counts.find(name);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
}

std::size_t Logins::count_of(const SessionCounts& counts, std::string_view name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
}

void Logins::joined(const Session& session) {
    if (session.authmethod == "anonymous") return count(anonymous_from_, session.block, true);
    count(sessions_of_, session.authid, true);
}

void Logins::left(const Session& session) {
    if (session.authmethod == "anonymous") return count(anonymous_from_, session.block, false);
    count(sessions_of_, session.authid, false);
}

std::string Logins::block_of(EndpointId who) const {
    const PeerFacts& facts = facts_of(who);
    return facts.exempt || facts.address.empty() ? std::string() : address_block(facts.address);
}

// ---- HELLO and AUTHENTICATE

bool Logins::applies(AuthMethod method, std::string_view authid, const PeerFacts& facts, const auth::JsonFields& extra,
                     TimePoint now) const {
    const AuthSettings& auth = settings_.auth;
    const bool bearable = facts.secure || auth.insecure_ticket;  // what is as good as a password may be sent
    if (method == AuthMethod::anonymous && anonymous_by_role()) return true;
    if (!auth.methods.has(method)) return false;
    switch (method) {
        case AuthMethod::anonymous:
            return asks();
        case AuthMethod::ticket:
            return bearable && !authid.empty();
        case AuthMethod::wampcra:
            return !authid.empty();
        case AuthMethod::scram:
            return !authid.empty() && good_nonce(extra.text("nonce").value_or(""));
        case AuthMethod::cryptosign:
            return extra.text("pubkey") ? read_pubkey(extra).has_value() : !authid.empty();
        case AuthMethod::tls:
            return facts.certificate && (certified(facts, authid, now) || asks());
        case AuthMethod::cookie: {
            const CookieHolder* holder = cookie_holder(facts, now);
            return holder && (authid.empty() || authid == holder->authid);
        }
        case AuthMethod::jwt:
            return bearable && (jwt_keys_ || asks());
        case AuthMethod::token:
            return bearable;
        case AuthMethod::local:
            return settings_.administers && !facts.local_user.empty() &&
                   (authid.empty() || authid == facts.local_user);
    }
    return false;
}

void Logins::hello(EndpointId who, const HelloDetails& details, TimePoint now, Egress& out) {
    const Turn turn{now, out};
    drop(who, out);
    auto attempt = std::make_unique<Attempt>();
    attempt->who = who;
    attempt->roles = details.roles;
    attempt->authid = details.authid.substr(0, authid_bytes_max);
    if (attempts_.size() >= settings_.limits.logins_max) {
        tallies_.refusals.add(Refusal::logins);
        return turn_away(*attempt, LoginResult::busy, uri::limit_exceeded, "too many are logging in at once", turn);
    }
    if (details.authid.size() > authid_bytes_max)
        return turn_away(*attempt, LoginResult::refused, uri::authentication_failed,
                         "HELLO.Details.authid is longer than 255 bytes", turn);
    attempt->hello_extra = OwnedPayload(details.authextra);
    const ExtraFields extra(attempt->hello_extra.view());
    const PeerFacts& facts = facts_of(who);
    std::vector<std::string_view> names = details.authmethods;
    if (names.empty()) names.push_back("anonymous");
    for (const std::string_view name : names) {
        const auto method = method_named(name);
        if (!method || !applies(*method, details.authid, facts, *extra, now)) continue;
        attempt->method = *method;
        attempt->as.method = name;
        return start(std::move(attempt), *extra, turn);
    }
    turn_away(*attempt, LoginResult::no_method, uri::no_matching_auth_method,
              "none of the ways to log in that the client offers applies here", turn);
}

/// With nothing in hand that leads on but the answer, until `due`.
void Logins::wait(AttemptPtr attempt, Attempt::Step step, std::chrono::milliseconds patience, Turn turn) {
    attempt->step = step;
    attempt->due = patience.count() > 0 ? turn.now + patience : TimePoint::max();
    if (attempt->question.value) questions_[attempt->question.value] = attempt->who;
    deadlines_.emplace(attempt->due, attempt->who);
    const EndpointId who = attempt->who;
    attempts_[who] = std::move(attempt);
}

void Logins::challenge(AttemptPtr attempt, std::string_view extra, Turn turn) {
    const EndpointId who = attempt->who;
    const std::string method = attempt->as.method;
    wait(std::move(attempt), Attempt::Step::challenged, settings_.limits.authenticate_wait_max, turn);
    turn.out.send(who, Challenge{method, Payload{Encoding::msgpack, {}, extra}});
}

bool Logins::authenticate(EndpointId who, const Authenticate& message, TimePoint now, Egress& out) {
    const auto found = attempts_.find(who);
    if (found == attempts_.end() || found->second->step != Attempt::Step::challenged) return false;
    const Turn turn{now, out};
    AttemptPtr attempt = take(who);
    if (now >= attempt->due) return too_late(std::move(attempt), turn), true;
    switch (attempt->method) {
        case AuthMethod::ticket:
            check_ticket(std::move(attempt), message.signature, turn);
            break;
        case AuthMethod::wampcra:
            conclude(*attempt, auth::check_cra(attempt->cra.key, attempt->challenge, message.signature), turn);
            break;
        case AuthMethod::scram:
            conclude(*attempt, check_scram(*attempt, message), turn);
            break;
        case AuthMethod::cryptosign:
            conclude(*attempt, signed_by_one(attempt->keys, attempt->challenge, message.signature), turn);
            break;
        default:
            check_bearer(std::move(attempt), message.signature, turn);
            break;
    }
    return true;
}

Logins::AttemptPtr Logins::take(EndpointId who) {
    const auto found = attempts_.find(who);
    if (found == attempts_.end()) return nullptr;
    AttemptPtr attempt = std::move(found->second);
    attempts_.erase(found);
    deadlines_.erase({attempt->due, who});
    questions_.erase(std::exchange(attempt->question, {}).value);
    return attempt;
}

Logins::AttemptPtr Logins::take(QuestionId id) {
    const auto found = questions_.find(id.value);
    return found == questions_.end() ? nullptr : take(found->second);
}

// ---- how it ends

void Logins::conclude(Attempt& attempt, bool right, Turn turn) {
    if (attempt.flaw != LoginResult::ok) return fail(attempt, attempt.flaw, turn, attempt.why);
    right ? pass(attempt, turn) : fail(attempt, LoginResult::bad_proof, turn);
}

void Logins::keep_out(std::string_view authid, std::string_view address, TimePoint until) {
    if (!authid.empty()) kept_out_["u" + std::string(authid)] = until;
    if (!address.empty()) kept_out_["a" + std::string(address)] = until;
}

bool Logins::kept_out(const Attempt& attempt, TimePoint now) const {
    const auto is = [&](const std::string& who) {
        const auto found = kept_out_.find(who);
        return found != kept_out_.end() && now < found->second;
    };
    return !kept_out_.empty() && (is("u" + std::string(attempt.as.authid)) || is("a" + facts_of(attempt.who).address));
}

void Logins::pass(Attempt& attempt, Turn turn) {
    const bool somebody = attempt.method != AuthMethod::anonymous;
    std::erase_if(kept_out_, [&](const auto& one) { return one.second <= turn.now; });
    if (kept_out(attempt, turn.now))
        return turn_away(attempt, LoginResult::refused, uri::authentication_failed, "an administrator keeps you out for a while", turn);
    if (somebody && count_of(sessions_of_, attempt.as.authid) >= settings_.limits.authid_sessions_max) {
        tallies_.refusals.add(Refusal::authid_sessions);
        return turn_away(attempt, LoginResult::refused, uri::limit_exceeded, "this authid has too many sessions", turn);
    }
    if (!somebody && count_of(anonymous_from_, block_of(attempt.who)) >= settings_.limits.address_sessions_max) {
        tallies_.refusals.add(Refusal::address_sessions);
        return turn_away(attempt, LoginResult::refused, uri::limit_exceeded,
                         "there are too many anonymous sessions from this address", turn);
    }
    // Who came in as somebody else, say without a name, proved nothing about the name that he wrote into HELLO.
    if (somebody && attempt.as.authid == attempt.authid) throttle_.forgive(Throttle::Kind::authid, attempt.authid);
    const PeerFacts facts = facts_of(attempt.who);
    const bool open_now = door_.let_in(attempt.who, attempt.roles, attempt.as, turn.out);
    note(attempt, open_now ? LoginResult::ok : LoginResult::refused, {}, turn.out);
    const auto age = settings_.auth.cookie_age;
    if (!open_now || !somebody || facts.new_cookie.empty() || !settings_.auth.methods.has(AuthMethod::cookie)) return;
    cookies_.put(auth::hmac_sha256(key_, facts.new_cookie),
                 {attempt.as.authid, attempt.as.role, attempt.as.provider, attempt.known},
                 std::min(turn.now + age, attempt.good_until), settings_.auth.cookies_max);
}

void Logins::fail(Attempt& attempt, LoginResult result, Turn turn, std::string_view why) {
    if (counts(result)) {
        throttle_.failed(Throttle::Kind::address, facts_of(attempt.who).address, settings_.auth.throttle, turn.now);
        throttle_.failed(Throttle::Kind::authid, attempt.authid, settings_.auth.throttle, turn.now);
    }
    note(attempt, result, why, turn.out);
    door_.turn_away(attempt.who, uri::authentication_failed, not_accepted, turn.out);
}

/// For a reason that the client may know.
void Logins::turn_away(Attempt& attempt, LoginResult result, std::string_view reason, std::string_view what,
                       Turn turn) {
    note(attempt, result, {}, turn.out);
    door_.turn_away(attempt.who, reason, what, turn.out);
}

void Logins::note(const Attempt& attempt, LoginResult result, std::string_view why, Egress& out) {
    ++tallies_.logins[static_cast<std::size_t>(attempt.method)][static_cast<std::size_t>(result)];
    const std::string_view authid = attempt.known ? attempt.as.authid : std::string_view();
    out.login_ended(attempt.who, {attempt.method, result, authid, facts_of(attempt.who).address, why});
}

void Logins::too_late(AttemptPtr attempt, Turn turn) {
    if (attempt->step == Attempt::Step::challenged)
        return turn_away(*attempt, LoginResult::timed_out, uri::authentication_failed,
                         "AUTHENTICATE did not come in time", turn);
    AuthenticatorAnswer silence;
    silence.why = "timeout";
    if (attempt->dynamic) return heard(std::move(attempt), silence, turn);
    fail(*attempt, LoginResult::timed_out, turn);
}

void Logins::on_tick(TimePoint now, Egress& out) {
    while (!deadlines_.empty() && deadlines_.begin()->first <= now)
        too_late(take(deadlines_.begin()->second), {now, out});
}

void Logins::drop(EndpointId who, Egress& out) {
    if (const AttemptPtr attempt = take(who)) note(*attempt, LoginResult::gone, {}, out);
}

void Logins::turn_all_away(std::string_view reason, std::string_view what, Egress& out) {
    while (!attempts_.empty()) {
        const AttemptPtr attempt = take(attempts_.begin()->first);
        turn_away(*attempt, LoginResult::gone, reason, what, {TimePoint{}, out});
    }
}

// ---- edits

void Logins::user_changed(std::string_view authid) {
    const std::string whose(authid);
    cookies_.forget_user(whose);
    checked_tickets_.forget_user(whose);
    if (const UserSettings* user = accounts_.find(whose)) decoys_.changed(*user);
    for (const auto& [who, attempt] : attempts_)
        if ((attempt->authid == whose || attempt->as.authid == whose) && attempt->flaw == LoginResult::ok)
            attempt->flaw = LoginResult::refused;
}

void Logins::settings_changed() {
    jwt_keys_.reset();
    if (!settings_.auth.jwt_keys.empty())
        if (auto keys = auth::JwtKeys::read(settings_.auth.jwt_keys)) jwt_keys_ = std::move(*keys);
    for (const auto& [who, attempt] : attempts_)
        if (attempt->flaw == LoginResult::ok && attempt->method != AuthMethod::anonymous &&
            !settings_.auth.methods.has(attempt->method))
            attempt->flaw = LoginResult::refused;
}

void Logins::log_out(EndpointId who) {
    const PeerFacts& facts = facts_of(who);
    for (const std::string& cookie : {facts.cookie, facts.new_cookie})
        if (!cookie.empty()) cookies_.forget(auth::hmac_sha256(key_, cookie));
}

}  // namespace heddle
