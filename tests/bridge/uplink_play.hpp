#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/uplink.hpp"
#include "realms/realm.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

UplinkLane value_lane(std::string node, std::string lane, std::string topic = {});
UplinkLane map_lane_of(std::string node, std::string lane, std::string topic = {});
UplinkLane event_lane(std::string node, std::string lane, std::string topic = {});
UplinkLane command_lane(std::string node, std::string lane, std::string topic = {});
UplinkSettings uplink_to(std::vector<UplinkLane> lanes);

/// An uplink in a real realm, between WAMP peers and a remote server that the test plays.
class UplinkPlay final : private Egress, private UplinkWire, private RealmSeat {
 public:
    explicit UplinkPlay(UplinkSettings settings, const RealmSettings& realm = open_realm(), std::uint64_t seed = 1);

    // The remote.
    void start();
    void open();  // the connection that was asked for
    void remote(std::string_view text);
    void lose(std::string_view why = "transport_lost");
    std::string next();  // the next frame that the remote got; "" where there is none
    std::vector<std::string> frames();
    /// Bytes that the remote does not read.
    void stall(std::size_t bytes);

    // WAMP peers. `received`: the next message, as JSON; "" where there is none.
    void join(const std::string& name);
    void subscribe(const std::string& name, std::string_view topic, Match match = Match::exact, bool retained = false);
    void publish(const std::string& name, std::string_view topic, std::string_view args, std::string_view kwargs = {},
                 bool retain = false);
    std::string received(const std::string& name);
    std::string payload(const std::string& name);  // of the next EVENT: [args, kwargs]
    /// What the realm keeps below `prefix`: topic -> args.
    std::map<std::string, std::string> kept(std::string_view prefix);

    // Time.
    void pass(std::chrono::milliseconds time);
    /// Until the uplink's next deadline; how long that was.
    std::chrono::milliseconds wait();

    void shut_down();
    void kill();  // the uplink's session

    const std::vector<std::string>& notes() const { return notes_; }
    /// The last note whose name ends so: "what node lane why retry count".
    std::string note(std::string_view what) const;
    bool connecting() const { return connecting_; }
    int disconnects() const { return disconnects_; }
    Uplink::Counts counts() const { return uplink_.counts(); }
    Uplink& uplink() { return uplink_; }
    Realm& realm() { return realm_; }

 private:
    struct Source final : Entropy {
        explicit Source(std::uint64_t seed) : state(seed) {}
        std::uint64_t state;
        std::uint64_t next() override { return (state = state * 6364136223846793005u + 1442695040888963407u) >> 11; }
    };
    struct Peer {
        EndpointId endpoint;
        std::deque<std::string> received;
        std::uint64_t last_request = 0;
    };
    Uplink::Turn turn() { return {now_, *this, *this}; }
    void settle() { uplink_.settle(turn()); }
    Peer* at(EndpointId endpoint);

    Delivery send(EndpointId to, const Message& message) override;
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override;
    void detached(EndpointId endpoint, CloseReason why) override;
    void close(EndpointId endpoint, CloseReason why) override;

    void connect() override;
    void disconnect() override;
    void frame(SharedBytes text) override;
    std::size_t waiting() const override { return stalled_; }
    void note(const UplinkNote& note) override;

    void join(const HelloDetails& details) override;
    void say(const Message& message) override;

    Source entropy_;
    Realm realm_;
    Uplink uplink_;
    EndpointId self_{1'000, 0};
    TimePoint now_{1'000s};
    std::map<std::string, Peer> peers_;
    std::deque<std::string> sent_;
    std::vector<std::string> notes_;
    std::size_t stalled_ = 0;
    std::uint32_t slots_ = 0;
    int disconnects_ = 0;
    bool connecting_ = false, connected_ = false, inside_ = false;
};

}  // namespace heddle::test
