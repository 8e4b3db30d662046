#pragma once
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/realms/script.hpp"

namespace heddle::test {

/// What a realm must do, by search through plain lists: no index, no table of calls, nothing that the realm does the
/// way it does for speed. Peers have names; what each of them must receive comes out as the lines that Play shows.
///
/// A new feature enters here as what its section of the specification says, in model.cpp (sessions and topics) or
/// model_calls.cpp (procedures), and in model_test.cpp as something that programs do.
class Model {
 public:
    using Name = std::string;
    using Received = std::map<Name, std::vector<std::string>>;

    explicit Model(const RealmSettings& settings) : settings_(settings) {}

    void join(const Name& name, const Roles& roles, std::uint64_t session, const std::string& authid);
    /// The session ends, for whatever reason.
    void leave(const Name& name);
    /// `realm_received`: what the realm made of the same message. Only asked where the realm draws lots.
    void say(const Name& name, const Message& message, const Received& realm_received);
    void pass(std::chrono::milliseconds time);
    /// Other rules for everybody. How many subscriptions and registrations that ended: nobody is told.
    std::size_t edit(const RealmSettings& next);

    /// What everybody had to receive since the last time.
    Received take() { return std::exchange(received_, {}); }

    // What programs look at, to do something that matters.
    struct Session {
        Roles roles;
        std::uint64_t id = 0;
        std::string authid;
        std::uint64_t invocations = 0;     // sent to it so far
        std::set<std::uint64_t> finished;  // its calls that ended while it could still send more of them
        bool knows(Role role, Feature feature) const { return roles.has(role, feature); }
    };
    struct Subscription {
        Match match = Match::exact;
        std::string text;
        std::uint64_t id = 0;
        std::set<Name> subscribers;
    };
    struct Callee {
        Name name;
        bool disclose_caller = false, forward_timeout = false;
    };
    struct Registration {
        Match match = Match::exact;
        std::string text;
        Invoke invoke = Invoke::single;
        std::uint64_t id = 0;
        std::vector<Callee> callees;  // in the order of their registering
        Name turn;                    // whose it is, with roundrobin
    };
    struct Call {
        Name caller, callee;
        std::uint64_t request = 0, invocation = 0, registration = 0;
        std::string procedure, args;
        CallOptions options;
        bool progressive = false;  // results may come in pieces
        bool streams = false;      // the caller may send more
        bool interrupted = false;  // canceled with `kill`
        bool movable = false;      // to another callee
        bool settled = false;      // something has passed since the first CALL
        std::set<Name> tried;
        InvocationDetails details;
        std::chrono::milliseconds started{}, patience{};
        std::optional<std::chrono::milliseconds> deadline;
    };
    const std::map<Name, Session>& sessions() const { return sessions_; }
    const std::vector<Subscription>& subscriptions() const { return subscriptions_; }
    const std::vector<Registration>& registrations() const { return registrations_; }
    const std::vector<Call>& calls() const { return calls_; }

 private:
    /// Lists of receivers, owned.
    struct Lists {
        std::optional<std::set<std::uint64_t>> exclude, eligible;
        std::optional<std::set<std::string>> exclude_authid, eligible_authid, exclude_authrole, eligible_authrole;
    };
    struct Publication {
        std::string args;
        std::optional<Lists> lists;
        std::uint64_t token = 0;
        std::string publisher;  // authid, where it is disclosed
    };
    void receive(const Name& name, const Message& message) { received_[name].push_back(Play::expected(message)); }
    void violation(const Name& name);
    bool may(Action action, Match match, std::string_view uri) const;
    // topics
    void subscribe(const Name& name, const Subscribe& message);
    void unsubscribe(const Name& name, const Unsubscribe& message);
    void publish(const Name& name, const Publish& message);
    void tell(const Name& name, const Subscription& subscription, std::string_view topic, const Publication& made,
              bool retained);
    bool may_receive(const Name& name, const std::optional<Lists>& lists) const;
    const Publication* newest_for(const Name& name, const std::vector<Publication>& kept) const;
    std::uint64_t number(std::uint64_t token);
    void leave_topics(const Name& name);
    // procedures
    void register_(const Name& name, const Register& message);
    void unregister(const Name& name, const Unregister& message);
    void call(const Name& name, const heddle::Call& message, const Received& realm_received);
    bool resume(const Name& name, const heddle::Call& message);
    void cancel(const Name& name, const Cancel& message);
    void yield(const Name& name, const Yield& message);
    void error(const Name& name, const ErrorReply& message, const Received& realm_received);
    bool elsewhere(Call& call, const Received& realm_received);
    Registration* best(std::string_view procedure);
    const Callee* choose(Registration& registration, const Call& call, const Received& realm_received);
    bool can_take(const Callee& callee, const Call& call) const;
    void invoke(Call& call, const Registration& registration, const Callee& callee);
    void set_deadline(Call& call, std::chrono::milliseconds since) const;
    void interrupt(const Call& call, CancelMode mode);
    void fail(std::size_t call, std::string_view error);
    void end(std::size_t call);
    void remove_callee(std::size_t registration, const Name& name);
    void leave_procedures(const Name& name);
    std::optional<std::size_t> open_call(const Name& callee, std::uint64_t invocation) const;

    RealmSettings settings_;
    std::map<Name, Session> sessions_;
    std::vector<Subscription> subscriptions_;
    std::vector<Registration> registrations_;
    std::vector<Call> calls_;
    std::map<std::string, std::vector<Publication>> kept_;  // topic -> all that were ever retained
    std::map<std::uint64_t, std::uint64_t> numbers_;        // publication -> 1, 2, 3.. as they were learned of
    std::uint64_t publications_ = 0, last_subscription_ = 0, last_registration_ = 0;
    std::chrono::milliseconds now_{};
    Received received_;
};

}  // namespace heddle::test
