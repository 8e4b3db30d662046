// What keeps one fault from ending the router: exceptions stop at the handler, or the part of one, that they come from.
#include <chrono>

#include "router/worker.hpp"

namespace heddle {
namespace {

constexpr std::chrono::seconds pause_of_deadlines(1);  // one that throws each time must not keep the thread busy

}  // namespace

void Worker::guard(ConnectionRef concerned, std::string_view doing, FunctionRef<void()> work) noexcept {
    if (!site_.faults.guard(doing, work)) end_faulty(concerned);
}

std::size_t Worker::run_handler(bool wait) noexcept {
    concerned_ = {};
    std::size_t ran = 1;  // one that throws ran, too
    const auto handle = [&] { ran = wait ? io_.run_one() : io_.poll_one(); };
    if (!site_.faults.guard("a handler of a worker", handle)) end_faulty(concerned_);
    return ran;
}

void Worker::end_faulty(ConnectionRef concerned) noexcept {
    if (concerned.generation == 0) return;
    site_.faults.guard("ending a connection after a fault", [&] {
        Transport* transport = concerned.worker == index_ ? find(concerned) : nullptr;
        if (transport && transport->faulty) return forget(concerned);  // it cannot even be closed
        if (transport) transport->faulty = true;
        close(concerned, CloseReason::internal_error);
    });
}

void Worker::tick(RealmHost& host) noexcept {
    if (site_.faults.guard("the deadlines of a realm", [&] { host.on_tick(now_); })) return;
    no_deadline_before_ = now_ + pause_of_deadlines;
}

}  // namespace heddle
