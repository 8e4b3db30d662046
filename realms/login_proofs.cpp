// What AUTHENTICATE is worth.
#include "realms/auth/digest.hpp"
#include "realms/auth/jwt.hpp"
#include "realms/auth/token.hpp"
#include "realms/login_words.hpp"
#include "realms/logins.hpp"
#include "serializers/base64.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

// A ticket that was right need not be checked again for so long: each HTTP request shows it, and the check is slow.
constexpr std::chrono::seconds checked_for{60};
constexpr std::size_t checked_max = 1'024;

}  // namespace

void Logins::check_ticket(AttemptPtr attempt, std::string_view secret, Turn turn) {
    if (attempt->flaw == LoginResult::throttled) return conclude(*attempt, false, turn);
    if (attempt->dynamic) return ask(std::move(attempt), Attempt::Step::asked_last, secret, turn);
    if (!attempt->token.empty() && auth::check_token(attempt->token, secret)) return conclude(*attempt, true, turn);
    std::string about = attempt->authid + '\0' + attempt->stored + '\0';
    attempt->hash = auth::hmac_sha256(key_, about.append(secret));
    auth::wipe(about);
    if (checked_tickets_.find(attempt->hash, turn.now)) return conclude(*attempt, true, turn);
    Questions* questions = door_.questions();
    if (!questions) return conclude(*attempt, false, turn);
    const std::string stored = attempt->stored.empty() ? decoys_.ticket(attempt->authid) : attempt->stored;
    const QuestionId id = attempt->question = door_.next_question();
    wait(std::move(attempt), Attempt::Step::asked_last, settings_.limits.authenticate_wait_max, turn);
    questions->verify(id, stored, std::string(secret));
}

bool Logins::verified(QuestionId id, bool good, TimePoint now, Egress& out) {
    const AttemptPtr attempt = take(id);
    if (!attempt) return false;
    if (good && attempt->flaw == LoginResult::ok)
        checked_tickets_.put(attempt->hash, {attempt->as.authid}, now + checked_for, checked_max);
    conclude(*attempt, good, {now, out});
    return true;
}

bool Logins::check_scram(Attempt& attempt, const Authenticate& message) const {
    const ExtraFields extra(message.extra);
    const auth::ScramExchange& exchange = attempt.exchange;
    const auto nonce = extra->text("nonce");
    if (nonce && *nonce != exchange.nonce) return false;
    if (extra->text("channel_binding").value_or("") != exchange.channel_binding) return false;
    const auto cbind = auth::from_base64(extra->text("cbind_data").value_or(""));
    if (!cbind || *cbind != exchange.cbind) return false;
    const auto proof = auth::from_base64(message.signature);
    if (!proof) return false;
    const auth::ScramAnswer answer = auth::check_proof(attempt.verifier, exchange, *proof);
    const std::string signature = base64::encode(answer.server_signature);
    attempt.as.extra = ExtraWriter().text("verifier", signature).text("scram_server_signature", signature).done();
    attempt.as.extra_form = Encoding::msgpack;
    return answer.right;
}

// ---- what is good in whosever hands it is

void Logins::check_bearer(AttemptPtr attempt, std::string_view secret, Turn turn) {
    if (attempt->flaw != LoginResult::ok) return conclude(*attempt, false, turn);
    if (attempt->method == AuthMethod::token) return check_token(*attempt, secret, turn);
    if (jwt_keys_) return check_jwt(*attempt, secret, turn);
    attempt->dynamic = true;
    ask(std::move(attempt), Attempt::Step::asked_last, secret, turn);
}

void Logins::check_token(Attempt& attempt, std::string_view secret, Turn turn) {
    const UserSettings* user = auth::split_token(secret) ? accounts_.by_token(auth::token_hash(secret)) : nullptr;
    if (!user) return fail(attempt, LoginResult::bad_proof, turn);
    be(attempt, *user, turn.now);
    conclude(attempt, attempt.authid.empty() || attempt.authid == user->authid, turn);
}

void Logins::check_jwt(Attempt& attempt, std::string_view secret, Turn turn) {
    const auto checked = auth::check_jwt(secret, *jwt_keys_, settings_.auth.jwt, unix_time(turn.now));
    if (const auto* refusal = std::get_if<auth::JwtRefusal>(&checked))
        return fail(attempt, refusal->reason == "expired" ? LoginResult::expired : LoginResult::bad_proof, turn,
                    refusal->reason);
    const auto& claims = std::get<auth::JwtClaims>(checked);
    if (claims.authid.size() > authid_bytes_max || (!attempt.authid.empty() && attempt.authid != claims.authid))
        return fail(attempt, LoginResult::bad_proof, turn, "other_authid");
    if (const UserSettings* user = accounts_.find(claims.authid)) be(attempt, *user, turn.now);
    attempt.known = false;  // the token says what he may, not the realm
    attempt.as.authid = claims.authid;
    attempt.as.role.clear();
    attempt.as.provider = "jwt";
    attempt.good_until = turn.now + std::chrono::seconds(std::min<std::int64_t>(
                                        claims.expires - unix_time(turn.now), std::int64_t{366} * 86'400));
    for (const std::string& role : claims.roles)
        if (attempt.as.role.empty() && door_.has_role(role)) attempt.as.role = role;
    if (attempt.as.role.empty()) return fail(attempt, LoginResult::refused, turn, "no_role");
    conclude(attempt, true, turn);
}

}  // namespace heddle
