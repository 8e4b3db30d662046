// The dynamic authenticator: a procedure of the realm that is asked about users whom the realm does not know.
#include "realms/auth/text.hpp"
#include "realms/login_words.hpp"
#include "realms/logins.hpp"
#include "realms/random_bytes.hpp"
#include "serializers/uris.hpp"

namespace heddle {

void Logins::ask(AttemptPtr attempt, Attempt::Step step, std::string_view secret, Turn turn) {
    attempt->dynamic = true;
    Questions* questions = door_.questions();
    if (!questions) {
        AuthenticatorAnswer nobody;
        nobody.why = "nobody";
        attempt->step = step;
        return heard(std::move(attempt), nobody, turn);
    }
    if (!attempt->as.session) attempt->as.session = door_.fresh_session();
    ByteBuffer arguments;
    put_authenticator_question(*attempt, settings_.name, facts_of(attempt->who), secret, arguments);
    const QuestionId id = attempt->question = door_.next_question();
    wait(std::move(attempt), step, settings_.auth.authenticator_timeout, turn);
    questions->call(id, settings_.auth.authenticator, Payload{Encoding::msgpack, arguments.view(), {}});
}

bool Logins::answered(QuestionId id, const Outcome& outcome, TimePoint now, Egress& out) {
    AttemptPtr attempt = take(id);
    if (!attempt) return false;
    const Turn turn{now, out};
    if (attempt->dynamic)
        heard(std::move(attempt), read_authenticator_answer(outcome, attempt->method, settings_.name), turn);
    else  // nobody had time to check the ticket
        turn_away(*attempt, LoginResult::busy, uri::unavailable, "too many are logging in at once; try again", turn);
    return true;
}

/// What was said, or that nothing good was: then it goes on as with a user who does not exist.
void Logins::heard(AttemptPtr attempt, const AuthenticatorAnswer& answer, Turn turn) {
    LoginIdentity& as = attempt->as;
    as.provider = "dynamic";
    std::string_view why = answer.why;
    if (answer.good && !door_.has_role(answer.role)) why = "no_role";
    if (answer.good && why.empty()) {
        as.role = answer.role;
        as.extra = answer.extra;
        as.authid = !answer.authid.empty() ? answer.authid : attempt->authid;
        attempt->cra = answer.cra;
        attempt->verifier = answer.verifier;
        attempt->keys = answer.keys;
        const UserSettings* user = accounts_.find(as.authid);
        if (user && !may_log_in(*user, unix_time(turn.now))) why = "not_now";
    }
    if (!why.empty() && attempt->flaw == LoginResult::ok) {
        attempt->flaw = LoginResult::authenticator;
        attempt->why = why;
    }
    if (as.authid.empty() && attempt->method == AuthMethod::cryptosign)
        if (const auto key = read_pubkey(*ExtraFields(attempt->hello_extra.view()))) as.authid = auth::to_hex(*key);
    if (as.authid.empty()) as.authid = random_authid(entropy_);
    go_on(std::move(attempt), turn);
}

void Logins::go_on(AttemptPtr attempt, Turn turn) {
    if (attempt->step == Attempt::Step::asked_last) return conclude(*attempt, true, turn);
    if (attempt->method == AuthMethod::wampcra) return challenge_wampcra(std::move(attempt), turn);
    if (attempt->method == AuthMethod::scram) return challenge_scram(std::move(attempt), turn);
    if (attempt->method == AuthMethod::cryptosign) return challenge_cryptosign(std::move(attempt), turn);
    conclude(*attempt, true, turn);
}

}  // namespace heddle
