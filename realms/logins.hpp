#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "realms/accounts_table.hpp"
#include "realms/attempt.hpp"
#include "realms/auth/json_fields.hpp"
#include "realms/auth/jwt_keys.hpp"
#include "realms/authenticator_question.hpp"
#include "realms/decoys.hpp"
#include "realms/egress.hpp"
#include "realms/login_memory.hpp"
#include "realms/peer_facts.hpp"
#include "realms/session.hpp"
#include "realms/tallies.hpp"
#include "realms/text_hash.hpp"
#include "realms/throttle.hpp"
#include "realms/wall_clock.hpp"

namespace heddle {

/// What logins need of the realm around them.
class LoginDoor {
 public:
    virtual ~LoginDoor() = default;
    /// WELCOME. False: he was refused, and told why.
    virtual bool let_in(EndpointId who, const Roles& roles, const LoginIdentity& as, Egress& out) = 0;
    /// ABORT, and the transport closes.
    virtual void turn_away(EndpointId who, std::string_view reason, std::string_view what, Egress& out) = 0;
    virtual SessionId fresh_session() = 0;  // an id that nobody has
    virtual QuestionId next_question() = 0;
    virtual Questions* questions() = 0;  // null: nobody answers
    virtual bool has_role(std::string_view name) const = 0;
};

/// How peers of one realm log in: from HELLO over CHALLENGE, AUTHENTICATE and questions to WELCOME or ABORT (wamp
/// specification, "Authentication Methods"). Users who do not exist, or may not come in now, are treated like those who
/// got their password wrong: the same messages, the same work.
class Logins {
 public:
    Logins(const RealmSettings& settings, const Accounts& accounts, Entropy& entropy, const WallClock& clock,
           Tallies& tallies, LoginDoor& door);

    void introduce(EndpointId who, PeerFacts facts);
    const PeerFacts& facts_of(EndpointId who) const;

    /// Is something being decided about this endpoint, which may say AUTHENTICATE or ABORT and nothing else?
    bool waits(EndpointId who) const { return attempts_.contains(who); }
    void hello(EndpointId who, const HelloDetails& details, TimePoint now, Egress& out);
    /// False: no CHALLENGE is open. Each is good for one AUTHENTICATE.
    bool authenticate(EndpointId who, const Authenticate& message, TimePoint now, Egress& out);
    /// False: the question was none of these.
    bool verified(QuestionId id, bool good, TimePoint now, Egress& out);
    bool answered(QuestionId id, const Outcome& outcome, TimePoint now, Egress& out);

    /// The attempt is over without a word from here: the client left it, or the realm threw it out.
    void drop(EndpointId who, Egress& out);
    /// The endpoint is no more.
    void lost(EndpointId who, Egress& out);
    /// The client said that it logs out: its cookie is worth nothing any more.
    void log_out(EndpointId who);
    /// Everybody who is at the door.
    void turn_all_away(std::string_view reason, std::string_view what, Egress& out);

    void on_tick(TimePoint now, Egress& out);
    TimePoint next_deadline() const { return deadlines_.empty() ? TimePoint::max() : deadlines_.begin()->first; }

    /// What was known of a user is not so any more: cookies, checked tickets and open attempts are worth nothing.
    void user_changed(std::string_view authid);
    void settings_changed();

    /// Nobody comes in under this authid, or from this address, before `until`: an administrator says so. Empty: no such.
    void keep_out(std::string_view authid, std::string_view address, TimePoint until);

    /// Sessions are counted: by authid, anonymous ones by address.
    void joined(const Session& session);
    void left(const Session& session);
    /// What an anonymous session of this endpoint counts for; empty: nothing.
    std::string block_of(EndpointId who) const;

    std::size_t attempts() const { return attempts_.size(); }
    std::size_t cookies() const { return cookies_.size(); }

 private:
    using AttemptPtr = std::unique_ptr<Attempt>;
    struct Turn {
        TimePoint now;
        Egress& out;
    };
    struct CookieHolder {
        std::string authid, role, provider;
        bool user;  // one of the realm's: his role is looked up
    };
    struct Checked {
        std::string authid;
    };

    // logins.cpp: the way of every attempt
    bool applies(AuthMethod method, std::string_view authid, const PeerFacts& facts, const auth::JsonFields& extra,
                 TimePoint now) const;
    void challenge(AttemptPtr attempt, std::string_view extra, Turn turn);
    void wait(AttemptPtr attempt, Attempt::Step step, std::chrono::milliseconds patience, Turn turn);
    AttemptPtr take(EndpointId who);
    AttemptPtr take(QuestionId id);
    void pass(Attempt& attempt, Turn turn);
    bool kept_out(const Attempt& attempt, TimePoint now) const;
    void fail(Attempt& attempt, LoginResult result, Turn turn, std::string_view why = {});
    void turn_away(Attempt& attempt, LoginResult result, std::string_view reason, std::string_view what, Turn turn);
    void note(const Attempt& attempt, LoginResult result, std::string_view why, Egress& out);
    void too_late(AttemptPtr attempt, Turn turn);
    /// Anonymous clients get a role without a question: not where the realm has no such role and somebody to ask.
    bool anonymous_by_role() const {
        return !settings_.anonymous_role.empty() && (!asks() || door_.has_role(settings_.anonymous_role));
    }
    bool asks() const { return !settings_.auth.authenticator.empty() && door_.questions(); }
    std::int64_t unix_time(TimePoint now) const { return clock_.milliseconds(now) / 1000; }

    // login_methods.cpp: what each method does first
    void start(AttemptPtr attempt, const auth::JsonFields& extra, Turn turn);
    void start_at_once(AttemptPtr attempt, Turn turn);
    /// The user of that name, as far as he may come in now; else the attempt has a flaw.
    const UserSettings* user_of(Attempt& attempt, TimePoint now) const;
    void be(Attempt& attempt, const UserSettings& user, TimePoint now) const;
    void lacks(Attempt& attempt) const;
    /// False: HELLO asks for a channel binding that is not to be had, and he was told.
    bool bind_channel(Attempt& attempt, const auth::JsonFields& extra, Turn turn);
    void start_ticket(AttemptPtr attempt, Turn turn);
    void start_wampcra(AttemptPtr attempt, Turn turn);
    void start_scram(AttemptPtr attempt, const auth::JsonFields& extra, Turn turn);
    void start_cryptosign(AttemptPtr attempt, const auth::JsonFields& extra, Turn turn);
    void challenge_wampcra(AttemptPtr attempt, Turn turn);
    void challenge_scram(AttemptPtr attempt, Turn turn);
    void challenge_cryptosign(AttemptPtr attempt, Turn turn);
    /// A cookie or certificate that lets its holder in now. Null: it does not.
    const CookieHolder* cookie_holder(const PeerFacts& facts, TimePoint now) const;
    const UserSettings* certified(const PeerFacts& facts, std::string_view authid, TimePoint now) const;

    // login_proofs.cpp: what AUTHENTICATE is worth
    void check_ticket(AttemptPtr attempt, std::string_view secret, Turn turn);
    void check_bearer(AttemptPtr attempt, std::string_view secret, Turn turn);
    void check_jwt(Attempt& attempt, std::string_view secret, Turn turn);
    void check_token(Attempt& attempt, std::string_view secret, Turn turn);
    bool check_scram(Attempt& attempt, const Authenticate& message) const;
    void conclude(Attempt& attempt, bool right, Turn turn);

    // login_questions.cpp: the dynamic authenticator
    void ask(AttemptPtr attempt, Attempt::Step step, std::string_view secret, Turn turn);
    void heard(AttemptPtr attempt, const AuthenticatorAnswer& answer, Turn turn);
    void go_on(AttemptPtr attempt, Turn turn);

    const RealmSettings& settings_;
    const Accounts& accounts_;
    Entropy& entropy_;
    const WallClock& clock_;
    Tallies& tallies_;
    LoginDoor& door_;
    const std::string key_;  // of the hashes in the tables below
    Decoys decoys_;
    Throttle throttle_;
    std::optional<auth::JwtKeys> jwt_keys_;
    std::unordered_map<EndpointId, PeerFacts> facts_;
    std::unordered_map<EndpointId, AttemptPtr> attempts_;
    std::set<std::pair<TimePoint, EndpointId>> deadlines_;
    std::unordered_map<std::uint64_t, EndpointId> questions_;
    LoginMemory<CookieHolder> cookies_;
    LoginMemory<Checked> checked_tickets_;
    std::map<std::string, TimePoint, std::less<>> kept_out_;  // "u" and authid, "a" and address
    using SessionCounts = std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>>;
    static void count(SessionCounts& counts, const std::string& name, bool more);
    static std::size_t count_of(const SessionCounts& counts, std::string_view name);
    SessionCounts sessions_of_, anonymous_from_;
};

}  // namespace heddle
