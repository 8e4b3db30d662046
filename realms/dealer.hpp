#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "realms/callees.hpp"
#include "realms/calls.hpp"
#include "realms/egress.hpp"
#include "realms/gate.hpp"
#include "realms/held_calls.hpp"
#include "realms/pattern_facts.hpp"
#include "realms/pattern_index.hpp"
#include "realms/pattern_watch.hpp"
#include "realms/sessions.hpp"
#include "realms/tallies.hpp"

namespace heddle {

/// Procedures: who answers a call. One Registration for each (procedure, match), shared by its callees.
///
///   CALL --PatternIndex::best--> registration --invoke policy--> callee --INVOCATION-->        RESULT or ERROR <--
///   YIELD or ERROR
///
/// An open call ends once, in finish(): by its answer, its deadline, CANCEL, or when one of the two leaves. What a
/// callee says about a call that is over is swallowed; about one that never was is a violation (wamp specification,
/// "Message Ordering"). Until then YIELDs with progress pass, where both sides announced "Progressive Call Results" and
/// the caller asked; the deadline is then one for each gap. A callee that announced "Call Canceling" hears INTERRUPT
/// when nobody waits any more. Three files: dealer.cpp has the registrations, dealer_calls.cpp the way of a call and
/// dealer_held.cpp the calls that the router remembers more of, because CALLs continue them or another callee may get
/// them.
class Dealer {
 public:
    /// All must outlive the dealer.
    Dealer(const RealmSettings& settings, Entropy& entropy, Sessions& sessions, Gate& gate, Tallies& tallies);

    /// Whoever is to hear of registrations that come and go.
    void watch(PatternWatch& watch) { watch_ = &watch; }

    void register_(Session& from, const Register& message, TimePoint now, Egress& out);
    void unregister(Session& from, const Unregister& message, Egress& out);
    /// "Registration Revocation": the router takes it away. False: `callee` does not hold it.
    bool revoke(Session& callee, RegistrationId id, std::string_view reason, Egress& out);
    void call(Session& from, const Call& message, TimePoint now, Egress& out);
    /// A CALL whose id is not new: more of a progressive call that is open, or late for one that is over.
    enum class Continued : std::uint8_t { no, taken, violation };
    Continued resume(Session& from, const Call& message, TimePoint now, Egress& out);
    /// Is the id that of an open call, or of one that was over before the caller knew?
    bool continues(const Session& from, RequestId request) const {
        return calls_.find_request(from.endpoint, request) != no_call || from.ended.has(request);
    }
    void cancel(Session& from, const Cancel& message, Egress& out);
    /// False: this id was never used in an INVOCATION to `from`, so the message is a violation.
    [[nodiscard]] bool yield(Session& from, const Yield& message, TimePoint now, Egress& out);
    [[nodiscard]] bool error(Session& from, const ErrorReply& message, Egress& out);

    /// Registrations end; calls it waits for are forgotten; callers that wait for it hear `why`.
    void leave(Session& session, std::string_view why, std::string_view text, Egress& out);

    void on_tick(TimePoint now, Egress& out);
    TimePoint next_deadline() const;

    bool has_procedure(std::string_view uri) const { return find(uri) != PatternIndex::none; }
    std::size_t registrations() const { return index_.size(); }

    /// For the meta API.
    std::optional<PatternFacts> facts(RegistrationId id) const;
    RegistrationId find(Match match, std::string_view procedure) const;  // 0: there is none
    RegistrationId best(std::string_view procedure) const;               // which a call of `procedure` would reach
    template <class F>
    void each(F&& visit) const {
        for (const Registration& registration : registrations_)
            if (registration.id) visit(facts_of(registration));
    }
    std::size_t calls() const { return calls_.size(); }
    /// False: calls stay with the callees they have, as if `held_calls` were taken.
    void let_held_grow(bool yes) { held_grows_ = yes; }
    std::size_t held_bytes() const { return held_.bytes(); }
    /// An ERROR to the caller, counted as a call that failed.
    void refuse_call(Session& from, const Call& message, std::string_view error, std::string_view text, Egress& out);

 private:
    using Handle = PatternIndex::Handle;
    struct Registration {
        RegistrationId id;
        Match match = Match::exact;
        Invoke invoke = Invoke::single;
        std::string procedure;
        Callees callees;
        TimePoint created;
    };
    static PatternFacts facts_of(const Registration& registration);

    Handle find(std::string_view procedure) const;
    Handle make_registration(const Register& message, TimePoint now);
    bool make_room(Session& from, const Register& message, Handle handle, Egress& out);
    void leave_registration(const Session& session, Handle handle);

    InvocationDetails details(const Session& caller, const Session& callee, const Registration& registration,
                              Callees::Terms terms, const CallOptions& options, std::string_view procedure,
                              Disclosure disclosure) const;
    bool has_its_share(const Session& caller, Session& callee) const;
    void count_caller_out(const Session& caller, Session& callee) const;
    void set_patience(OpenCall& call, std::uint64_t asked_ms, bool forwarded, TimePoint since) const;
    void hold(CallHandle call, const Call& message, const Invocation& invocation, Disclosure disclosure, bool movable,
              TimePoint now);
    bool take_elsewhere(CallHandle call, Egress& out);
    bool try_callee(CallHandle call, const Registration& registration, Callees::Choice choice, Egress& out);
    void progress(CallHandle call, const Yield& message, TimePoint now, Egress& out);
    void interrupt(CallHandle call, CancelMode mode, Egress& out);
    void finish(CallHandle call, CallOutcome outcome);
    void fail(CallHandle call, CallOutcome outcome, std::string_view error, std::string_view text, Egress& out);

    const RealmSettings& settings_;
    Entropy& entropy_;
    Sessions& sessions_;
    Gate& gate_;
    Tallies& tallies_;

    PatternIndex index_;
    std::vector<Registration> registrations_;  // by handle
    PatternWatch* watch_ = nullptr;
    std::unordered_map<RegistrationId, Handle> by_id_;
    std::vector<Handle> free_;
    std::uint64_t last_id_ = 0;
    Calls calls_;
    HeldCalls held_;
    bool held_grows_ = true;
};

}  // namespace heddle
