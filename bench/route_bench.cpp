// The routing core without sockets: bytes of a message in, frames for the receivers out. What remains of a message's
// cost beside the system calls.
#include <benchmark/benchmark.h>

#include <vector>

#include "router/realm_host.hpp"
#include "serializers/codec.hpp"

namespace heddle {
namespace {

class NoLog final : public Log {
    bool wants(LogLevel) const override { return false; }
    void put(LogLevel, std::string_view, std::span<const LogField>) override {}
};

/// Keeps the last frame, as a connection would until its turn ends.
class LastFrame final : public Outlet {
 public:
    void deliver(ConnectionRef, const Frame& frame, FrameKind) override { last = frame; }
    void tell_when_sent(ConnectionRef) override {}
    void welcomed(ConnectionRef) override {}
    void detached(ConnectionRef, CloseReason) override {}
    void close(ConnectionRef, CloseReason) override {}
    Frame last;
};

RealmEntry realm_with_rules() {
    RealmEntry entry;
    entry.realm.name = "realm1";
    entry.realm.anonymous_role = "anonymous";
    PermissionRule all{Match::prefix, "com.", {}, {}};
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe})
        all.allow.add(action);
    PermissionRule deny{Match::wildcard, "com.secret..set", {}, all.allow};
    entry.realm.roles = {{"anonymous", {all, deny}}};
    return entry;
}

constexpr WireForm form_of(std::int64_t encoding) { return {static_cast<Encoding>(encoding), Framing::websocket}; }

struct Bed {
    explicit Bed(std::int64_t encoding) : form(form_of(encoding)) {}
    void join(std::uint32_t slot) {
        host.attach({{0, slot, 1}, form, 1 << 24, false, "bench", "ws"}, {});
        Hello hello{"realm1", {}};
        for (const Role role : {Role::publisher, Role::subscriber, Role::caller, Role::callee})
            hello.details.roles.add(role);
        send(slot, hello);
    }
    SharedBytes bytes(const Message& message) const {
        ByteBuffer buffer;
        encode(message, form.encoding, buffer);
        return buffer.freeze();
    }
    void send(std::uint32_t slot, const Message& message) { host.on_bytes({0, slot, 1}, bytes(message).view(), {}); }

    WireForm form;
    NoLog log;
    LastFrame outlet;
    RealmHost host{realm_with_rules(), outlet, log};
};

const Payload text_payload{Encoding::json, "[\"abcdefghijklmnopqrstuvwxyz012345\"]", {}};

/// CALL in, INVOCATION out, YIELD in, RESULT out.
void call(benchmark::State& state) {
    Bed bed(state.range(0));
    bed.join(0);
    bed.join(1);
    bed.send(1, Register{{1}, {}, "com.add"});
    std::vector<SharedBytes> requests, answers;
    const auto count = static_cast<std::uint64_t>(state.max_iterations);
    for (std::uint64_t id = 1; id <= count; ++id) {
        requests.push_back(bed.bytes(Call{{id}, {}, "com.add", text_payload}));
        answers.push_back(bed.bytes(Yield{{id}, false, text_payload}));
    }
    std::size_t next = 0;
    for (auto _ : state) {
        bed.host.on_bytes({0, 0, 1}, requests[next].view(), {});
        bed.host.on_bytes({0, 1, 1}, answers[next++].view(), {});
    }
}

/// The same ids again and again (request ids are tolerant): no pause in the measured loop.
void publish(benchmark::State& state) {
    Bed bed(state.range(0));
    bed.join(0);
    const auto readers = static_cast<std::uint32_t>(state.range(1));
    for (std::uint32_t slot = 1; slot <= readers; ++slot) {
        bed.join(slot);
        bed.send(slot, Subscribe{{1}, {}, "com.topic"});
    }
    const SharedBytes request = bed.bytes(Publish{{1}, {}, "com.topic", text_payload});
    for (auto _ : state) bed.host.on_bytes({0, 0, 1}, request.view(), {});
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * readers);
}

void encodings(benchmark::internal::Benchmark* bench) {
    for (int encoding = 0; encoding < 3; ++encoding) bench->Arg(encoding);
}

BENCHMARK(call)->Apply(encodings)->Iterations(200'000);
BENCHMARK(publish)->ArgsProduct({{0, 1, 2}, {1, 100}});

}  // namespace
}  // namespace heddle
