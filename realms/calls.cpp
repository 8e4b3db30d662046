#include "realms/calls.hpp"

#include <cassert>

namespace heddle {
namespace {

std::uint64_t hash_of(EndpointId endpoint, RequestId request) {
    std::uint64_t mixed = (std::uint64_t{endpoint.generation} << 32 | endpoint.slot) * 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ request.value) * 0xD6E8FEB86659FD93u;
    return mixed ^ mixed >> 32;
}

}  // namespace

CallHandle Calls::add(const OpenCall& call, CallList& made, CallList& taken) {
    CallHandle handle;
    if (free_.empty()) {
        handle = static_cast<CallHandle>(calls_.size());
        calls_.push_back(call);
    } else {
        handle = free_.back();
        free_.pop_back();
        calls_[handle] = call;
    }
    by_invocation_.insert(hash_of(call.callee, call.invocation), handle);
    by_request_.insert(hash_of(call.caller, call.request), handle);
    link(made, &OpenCall::of_caller, handle);
    link(taken, &OpenCall::of_callee, handle);
    wait(handle);
    ++size_;
    return handle;
}

void Calls::renew(CallHandle handle, TimePoint now) {
    if (calls_[handle].deadline == TimePoint::max()) return;
    unwait(handle);
    calls_[handle].deadline = now + calls_[handle].patience;
    wait(handle);
}

void Calls::move(CallHandle handle, const OpenCall& as, CallList& old_taken, CallList& taken) {
    unwait(handle);
    OpenCall& call = calls_[handle];
    by_invocation_.erase(hash_of(call.callee, call.invocation), handle);
    unlink(old_taken, &OpenCall::of_callee, handle);
    call.callee = as.callee;
    call.invocation = as.invocation;
    call.progress = as.progress;
    call.patience = as.patience;
    call.deadline = as.deadline;
    call.timed = as.timed;
    by_invocation_.insert(hash_of(call.callee, call.invocation), handle);
    link(taken, &OpenCall::of_callee, handle);
    wait(handle);
}

void Calls::finish(CallHandle handle, CallList& made, CallList& taken) {
    const OpenCall& call = calls_[handle];
    by_invocation_.erase(hash_of(call.callee, call.invocation), handle);
    by_request_.erase(hash_of(call.caller, call.request), handle);
    unlink(made, &OpenCall::of_caller, handle);
    unlink(taken, &OpenCall::of_callee, handle);
    unwait(handle);
    free_.push_back(handle);
    --size_;
}

CallHandle Calls::find_invocation(EndpointId callee, RequestId invocation) const {
    return by_invocation_.find(hash_of(callee, invocation), [&](CallHandle handle) {
        return calls_[handle].invocation == invocation && calls_[handle].callee == callee;
    });
}

CallHandle Calls::find_request(EndpointId caller, RequestId request) const {
    return by_request_.find(hash_of(caller, request), [&](CallHandle handle) {
        return calls_[handle].request == request && calls_[handle].caller == caller;
    });
}

CallHandle Calls::first_due() const {
    if (timed_.empty()) return waiting_.first;
    const auto& [deadline, handle] = *timed_.begin();
    return waiting_.first != no_call && calls_[waiting_.first].deadline <= deadline ? waiting_.first : handle;
}

void Calls::wait(CallHandle handle) {
    const OpenCall& call = calls_[handle];
    if (call.deadline == TimePoint::max()) return;
    if (call.timed) return void(timed_.emplace(call.deadline, handle));
    link(waiting_, &OpenCall::by_deadline, handle);
}

void Calls::unwait(CallHandle handle) {
    const OpenCall& call = calls_[handle];
    if (call.deadline == TimePoint::max()) return;
    if (call.timed) return void(timed_.erase({call.deadline, handle}));
    unlink(waiting_, &OpenCall::by_deadline, handle);
}

void Calls::link(CallList& list, OpenCall::Links OpenCall::*links, CallHandle handle) {
    calls_[handle].*links = {list.last, no_call};
    (list.last == no_call ? list.first : (calls_[list.last].*links).next) = handle;
    list.last = handle;
    ++list.size;
}

void Calls::unlink(CallList& list, OpenCall::Links OpenCall::*links, CallHandle handle) {
    assert(list.size != 0);
    const OpenCall::Links own = calls_[handle].*links;
    (own.previous == no_call ? list.first : (calls_[own.previous].*links).next) = own.next;
    (own.next == no_call ? list.last : (calls_[own.next].*links).previous) = own.previous;
    --list.size;
}

}  // namespace heddle
