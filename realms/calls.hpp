#pragma once
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "realms/endpoint.hpp"
#include "realms/handle_table.hpp"
#include "realms/settings.hpp"
#include "serializers/ids.hpp"

namespace heddle {

using CallHandle = std::uint32_t;
inline constexpr CallHandle no_call = ~CallHandle{0};

/// Ends of a chain through the calls of one owner. The links are in the calls themselves: no allocation per call.
struct CallList {
    CallHandle first = no_call, last = no_call;
    std::size_t size = 0;
};

/// One call on its way: INVOCATION sent, no final answer yet.
struct OpenCall {
    EndpointId caller;
    RequestId request;  // CALL.Request, in the caller's sequence
    EndpointId callee;
    RequestId invocation;                   // INVOCATION.Request, in the callee's sequence
    TimePoint started;                      // when CALL came
    TimePoint deadline;                     // TimePoint::max(): none
    std::chrono::milliseconds patience{0};  // how long from one sign of life to the next; 0: forever
    bool timed = false;                     // a deadline out of turn: it waits in the heap, not in the chain
    bool progress = false;                  // both sides do progressive results, and the caller asked for them
    bool streams = false;                   // progressive call invocations: the caller has not sent the last CALL
    bool held = false;                      // there is a HeldCall of it
    bool interrupted = false;               // canceled with `kill`: the callee's answer is awaited

    struct Links {
        CallHandle previous = no_call, next = no_call;
    };
    Links of_caller, of_callee, by_deadline;
};

/// All open calls of a realm. A call is found by (callee, invocation), so that nobody answers another's; by
/// (caller, request) for CANCEL; through its owners' chains when one of them leaves; and by its deadline. Calls that
/// wait as long as all of the realm do come in the order of their deadlines, and stand in a chain; those with a timeout
/// of their own stand in a sorted set.
///
///   Session::made  --> call --> call      Session::taken --> call --> call      waiting: oldest deadline first
class Calls {
 public:
    /// The deadline of a call that is not `timed` is the latest of its kind.
    CallHandle add(const OpenCall& call, CallList& made, CallList& taken);
    /// A sign of life: the call has its patience again.
    void renew(CallHandle call, TimePoint now);
    /// Another callee has it from now on, and waits until `deadline`.
    void move(CallHandle call, const OpenCall& as, CallList& old_taken, CallList& taken);
    void set_interrupted(CallHandle call) { calls_[call].interrupted = true; }
    void end_stream(CallHandle call) { calls_[call].streams = false; }
    /// The one way out for a call.
    void finish(CallHandle call, CallList& made, CallList& taken);

    CallHandle find_invocation(EndpointId callee, RequestId invocation) const;
    CallHandle find_request(EndpointId caller, RequestId request) const;

    const OpenCall& operator[](CallHandle call) const { return calls_[call]; }
    CallHandle first_due() const;  // of those with a deadline
    std::size_t size() const { return size_; }

 private:
    void wait(CallHandle call);
    void unwait(CallHandle call);
    void link(CallList& list, OpenCall::Links OpenCall::*links, CallHandle call);
    void unlink(CallList& list, OpenCall::Links OpenCall::*links, CallHandle call);

    std::vector<OpenCall> calls_;
    std::vector<CallHandle> free_;
    HandleTable by_invocation_, by_request_;
    CallList waiting_;
    std::set<std::pair<TimePoint, CallHandle>> timed_;
    std::size_t size_ = 0;
};

}  // namespace heddle
