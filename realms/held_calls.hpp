#pragma once
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "realms/authorizer.hpp"
#include "realms/calls.hpp"
#include "serializers/payload.hpp"

namespace heddle {

/// What the router keeps of a CALL until it ends: of one that may go to another callee ("Call Re-Routing") all of it,
/// of one that more CALLs continue ("Progressive Call Invocations") what each INVOCATION derives from.
struct HeldCall {
    RegistrationId registration;
    std::string procedure;
    CallOptions options;
    Disclosure disclosure = Disclosure::as_asked;
    TimePoint started;
    InvocationDetails details;  // as the callee got them first; their texts are the caller's own, or `procedure`

    bool movable = false;  // `payload` is here
    bool settled = false;  // something has passed since the first CALL: nobody else can have it
    OwnedPayload payload;
    std::vector<EndpointId> tried;  // callees that said they are unavailable, or could not take it
};

/// All of them, with the bytes of their payloads counted.
class HeldCalls {
 public:
    HeldCall& add(CallHandle call, HeldCall held) {
        bytes_ += held.payload.size();
        return calls_.insert_or_assign(call, std::move(held)).first->second;
    }
    HeldCall& operator[](CallHandle call) { return calls_.find(call)->second; }
    /// Something has passed: from now on the call belongs to the callee it has.
    void settle(CallHandle call) {
        HeldCall& held = (*this)[call];
        bytes_ -= held.payload.size();
        held.payload = {};
        held.movable = false;
        held.settled = true;
    }
    void erase(CallHandle call) {
        settle(call);
        calls_.erase(call);
    }
    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return calls_.size(); }

 private:
    std::unordered_map<CallHandle, HeldCall> calls_;
    std::size_t bytes_ = 0;
};

}  // namespace heddle
