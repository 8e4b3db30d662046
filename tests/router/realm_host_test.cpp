#include "router/realm_host.hpp"

#include <gtest/gtest.h>

#include <map>

#include "router/log.hpp"
#include "serializers/codec.hpp"
#include "tests/router/silent_log.hpp"

namespace heddle {
namespace {

/// Remembers the fields of the last line of each event.
class LastLines final : public Log {
 public:
    std::map<std::string, std::map<std::string, std::string>> last;

 private:
    bool wants(LogLevel) const override { return true; }
    void put(LogLevel, std::string_view event, std::span<const LogField> fields) override {
        auto& line = last[std::string(event)];
        line.clear();
        for (const LogField& field : fields) line[std::string(field.name)] = field.value;
    }
};

/// Connections that only remember what they were sent.
class Recorder final : public Outlet {
 public:
    void deliver(ConnectionRef to, const Frame& frame, FrameKind) override { frames[to.slot].push_back(frame); }
    void tell_when_sent(ConnectionRef) override {}
    void welcomed(ConnectionRef) override {}
    void detached(ConnectionRef, CloseReason) override {}
    void close(ConnectionRef connection, CloseReason why) override { closed[connection.slot] = why; }
    std::map<std::uint32_t, std::vector<Frame>> frames;
    std::map<std::uint32_t, CloseReason> closed;
};

RealmEntry realm_open_to_all() {
    RealmEntry entry;
    entry.realm.name = "realm1";
    entry.realm.anonymous_role = "anonymous";
    PermissionRule all{Match::prefix, "", {}, {}};
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe})
        all.allow.add(action);
    entry.realm.roles = {{"anonymous", {all}}};
    return entry;
}

class RealmHostTest : public testing::Test {
 protected:
    static ConnectionRef connection(std::uint32_t slot) { return {0, slot, 1}; }

    void send(std::uint32_t slot, Encoding encoding, const Message& message) {
        ByteBuffer bytes;
        encode(message, encoding, bytes);
        host.on_bytes(connection(slot), bytes.view(), now);
        host.end_turn();
    }
    void join(std::uint32_t slot, WireForm form, std::size_t message_max = 1 << 24) {
        host.attach({connection(slot), form, message_max, false, "test", "ws"}, now);
        Hello hello{"realm1", {}};
        for (const Role role : {Role::publisher, Role::subscriber, Role::caller, Role::callee})
            hello.details.roles.add(role);
        send(slot, form.encoding, hello);
        outlet.frames[slot].clear();
    }
    void join_warp(std::uint32_t slot) {
        host.attach({connection(slot), {Encoding::recon, Framing::websocket}, 1 << 24, true, "test", "warp"}, now);
        host.end_turn();
    }
    void subscribe(std::uint32_t slot, WireForm form, std::string_view topic) {
        join(slot, form);
        send(slot, form.encoding, Subscribe{{1}, {}, topic});
        outlet.frames[slot].clear();
    }
    /// The message in a RawSocket or small WebSocket frame.
    static std::string_view body(const Frame& frame, Framing framing) {
        return frame.view().substr(framing == Framing::rawsocket ? 4 : 2);
    }

    SilentLog log;
    Recorder outlet;
    RealmHost host{realm_open_to_all(), outlet, log};
    TimePoint now{};
};

constexpr WireForm ws_json{Encoding::json, Framing::websocket}, ws_msgpack{Encoding::msgpack, Framing::websocket},
    ws_cbor{Encoding::cbor, Framing::websocket}, rs_msgpack{Encoding::msgpack, Framing::rawsocket};

/// A world whose time stands still and whose random numbers are all the same.
class StillWorld final : public World {
    class Same final : public Entropy {
        std::uint64_t next() override { return std::uint64_t{7} << 11; }  // random_id: 8
    };
    TimePoint now() override { return {}; }
    std::chrono::system_clock::time_point wall_clock() override { return {}; }
    std::unique_ptr<Entropy> entropy() override { return std::make_unique<Same>(); }
};

TEST_F(RealmHostTest, TakesRandomNumbersFromItsWorld) {
    StillWorld world;
    RealmHost still(realm_open_to_all(), outlet, log, {.passwords = nullptr, .post = {}, .histories = {}, .world = &world});
    still.attach({connection(0), ws_json, 1 << 24, false, "test", "ws"}, now);
    still.on_bytes(connection(0), R"([1,"realm1",{"roles":{"publisher":{}}}])", now);
    ASSERT_EQ(outlet.frames[0].size(), 1u);
    EXPECT_TRUE(body(outlet.frames[0][0], Framing::rawsocket).starts_with("[2,8,")) << outlet.frames[0][0].view();
}

TEST_F(RealmHostTest, AnEventIsEncodedOncePerFormHoweverManyRead) {
    std::uint32_t slot = 0;
    join(slot++, ws_json);
    for (const WireForm form : {ws_json, ws_msgpack, ws_cbor})
        for (int i = 0; i < 5; ++i) subscribe(slot++, form, "com.a.b");
    for (int i = 0; i < 5; ++i) {
        join_warp(slot);
        host.on_bytes(connection(slot), "@link(node:\"/com/a\",lane:b)", now);
        host.end_turn();
        outlet.frames[slot++].clear();
    }
    send(0, Encoding::json, Publish{{1}, {}, "com.a.b", {Encoding::json, "[1,\"two\",{\"k\":3.5}]", {}}});
    EXPECT_EQ(host.counters().events_encoded, 3u);
    EXPECT_EQ(host.counters().bodies_encoded, 1u);
    EXPECT_EQ(host.counters().transcodings, 2u) << "msgpack and cbor; json is the publisher's own";
    EXPECT_EQ(host.counters().events_delivered, 20u);
    for (std::uint32_t i = 1; i < slot; ++i) ASSERT_EQ(outlet.frames[i].size(), 1u) << i;
    const auto same_bytes = [&](std::uint32_t a, std::uint32_t b) {
        return outlet.frames[a][0].view().data() == outlet.frames[b][0].view().data();
    };
    EXPECT_TRUE(same_bytes(1, 5) && same_bytes(6, 10) && same_bytes(11, 15) && same_bytes(16, 20))
        << "one frame, shared";
}

TEST_F(RealmHostTest, AClientThatTakesLittleIsWelcomedWithoutFeatures) {
    const WireForm rs_json{Encoding::json, Framing::rawsocket};
    const auto welcome_for = [&](std::uint32_t slot, std::size_t takes) {
        host.attach({connection(slot), rs_json, takes, false, "test", "rs"}, now);
        Hello hello{"realm1", {}};
        hello.details.roles.add(Role::caller);
        send(slot, Encoding::json, hello);
        return outlet.frames[slot].empty() ? std::string()
                                           : std::string(body(outlet.frames[slot][0], Framing::rawsocket));
    };
    const std::string full = welcome_for(1, 1 << 20);
    EXPECT_NE(full.find("\"features\""), std::string::npos);
    EXPECT_EQ(welcome_for(2, full.size() + 8).find("\"features\"") == std::string::npos, false) << "all that fits";
    const std::string brief = welcome_for(3, full.size() / 2);
    EXPECT_TRUE(brief.starts_with("[2,"));
    EXPECT_LE(brief.size(), full.size() / 2);
    EXPECT_NE(brief.find("\"dealer\""), std::string::npos);
    EXPECT_EQ(welcome_for(4, 16), "");
    EXPECT_EQ(outlet.closed.at(4), CloseReason::message_too_big) << "a session that nobody can be told of is none";
}

TEST_F(RealmHostTest, TheSameSerializerGetsThePublishersBytes) {
    join(0, ws_json);
    subscribe(1, ws_json, "com.a");
    const std::string odd = R"([ 1.50e1 , 9223372036854775807, "\u00e9" ])";
    send(0, Encoding::json, Publish{{1}, {}, "com.a", {Encoding::json, odd, R"({"b":1,"a":2})"}});
    const std::string_view event = body(outlet.frames.at(1).at(0), Framing::websocket);
    EXPECT_NE(event.find(odd), std::string_view::npos) << event;
    EXPECT_NE(event.find(R"({"b":1,"a":2})"), std::string_view::npos) << event;
}

TEST_F(RealmHostTest, AnEventAboveAPeersLimitIsNotSentToItAndCounted) {
    join(0, ws_json);
    join(1, rs_msgpack, 512);
    send(1, Encoding::msgpack, Subscribe{{1}, {}, "com.a"});
    outlet.frames[1].clear();
    const std::string large = "[\"" + std::string(600, 'x') + "\"]";
    send(0, Encoding::json, Publish{{1}, {}, "com.a", {Encoding::json, large, {}}});
    send(0, Encoding::json, Publish{{2}, {}, "com.a", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(outlet.frames.at(1).size(), 1u);
    EXPECT_EQ(host.counters().too_big, 1u);
}

TEST_F(RealmHostTest, BytesThatAreNoMessageEndTheirSenderOnly) {
    join(0, ws_json);
    subscribe(1, ws_json, "com.a");
    host.on_bytes(connection(0), "[16,1", now);
    EXPECT_EQ(outlet.closed.at(0), CloseReason::malformed_message);
    EXPECT_NE(outlet.frames.at(0).at(0).view().find("wamp.error.protocol_violation"), std::string_view::npos);
    host.on_lost(connection(0), CloseReason::malformed_message, now);
    EXPECT_EQ(host.realm_counts().sessions, 1u);
    EXPECT_FALSE(outlet.closed.contains(1));
}

TEST_F(RealmHostTest, AConnectionThatIsLostLeavesNothingBehind) {
    for (int round = 0; round < 3; ++round) {
        subscribe(0, ws_msgpack, "com.a");
        join_warp(1);
        host.on_bytes(connection(1), "@sync(node:\"/com\",lane:a)", now);
        EXPECT_EQ(host.realm_counts().sessions, 2u);
        host.on_lost(connection(0), CloseReason::transport_lost, now);
        host.on_lost(connection(1), CloseReason::transport_lost, now);
        EXPECT_EQ(host.realm_counts().sessions, 0u);
        EXPECT_EQ(host.realm_counts().subscriptions, 0u);
    }
}

/// Nobody spoke to the realm meanwhile: what ends has the time of its end.
TEST(RealmHostTime, SessionsHaveTheAgeOfTheirEnd) {
    using namespace std::chrono_literals;
    struct Guest final : LocalPeer {
        void on_message(const Message&) override {}
        void on_event(const Event&) override {}
        void on_closed(CloseReason) override {}
    } guest;
    LastLines log;
    Recorder outlet;
    RealmHost host(realm_open_to_all(), outlet, log);
    const TimePoint start(1h);
    const auto join = [&](std::uint32_t slot, TimePoint when) {
        host.attach({{0, slot, 1}, ws_json, 1 << 24, false, "test", "ws"}, when);
        host.on_bytes({0, slot, 1}, R"([1,"realm1",{"roles":{"callee":{},"caller":{}}}])", when);
    };
    join(0, start);
    join(1, start);
    host.on_lost({0, 0, 1}, CloseReason::transport_lost, start + 8s);
    EXPECT_EQ(log.last["session.end"]["age"], "8s");
    host.on_violation({0, 1, 1}, CloseReason::slow_consumer, "too slow", start + 60s);
    EXPECT_EQ(log.last["session.end"]["age"], "60s");
    HelloDetails hello;
    hello.roles.add(Role::caller);
    const EndpointId id = host.join(guest, "uplink", hello, {"halls", "anonymous", "uplink", "static"}, start + 60s);
    host.leave(id, start + 75s);
    EXPECT_EQ(log.last["session.end"]["age"], "15s");
}

TEST(RealmHostTime, CallsLastUntilTheirEnd) {
    using namespace std::chrono_literals;
    SilentLog log;
    Recorder outlet;
    RealmHost host(realm_open_to_all(), outlet, log);
    const TimePoint start(1h);
    for (const std::uint32_t slot : {0u, 1u}) {
        host.attach({{0, slot, 1}, ws_json, 1 << 24, false, "test", "ws"}, start);
        host.on_bytes({0, slot, 1}, R"([1,"realm1",{"roles":{"callee":{},"caller":{}}}])", start);
    }
    host.on_bytes({0, 0, 1}, R"([64,1,{},"com.a"])", start);
    host.on_bytes({0, 1, 1}, R"([48,1,{},"com.a"])", start);
    host.on_lost({0, 0, 1}, CloseReason::transport_lost, start + 40s);
    const Tallies tallies = host.realm().tallies();
    EXPECT_DOUBLE_EQ(tallies.call_seconds.sum, 40);
    EXPECT_EQ(tallies.calls[static_cast<std::size_t>(CallOutcome::callee_lost)], 1u);
}

}  // namespace
}  // namespace heddle
