#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "bridge/uplink_settings.hpp"
#include "realms/egress.hpp"
#include "serializers/bytes.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// One line of an uplink's diary. Views are good until the call returns.
struct UplinkNote {
    enum class Level : std::uint8_t { debug, info, warn };
    Level level = Level::info;
    std::string_view what;        // "uplink.connected", ..
    std::string_view node, lane;  // where it is about one lane
    std::string_view why;
    std::chrono::milliseconds retry{};  // until the next attempt
    std::uint64_t count = 0;
};

/// What an uplink wishes from the world. Queues only; never calls back.
class UplinkWire {
 public:
    virtual ~UplinkWire() = default;
    /// Answered by Uplink::connected or Uplink::lost.
    virtual void connect() = 0;
    /// Ends the connection, or the attempt. Nothing more comes from it.
    virtual void disconnect() = 0;
    virtual void frame(SharedBytes text) = 0;
    /// Bytes of frames that did not leave yet. Once they are few again, the uplink is called (Uplink::settle).
    virtual std::size_t waiting() const = 0;
    virtual void note(const UplinkNote& note) = 0;
};

/// The way to the realm of a session that has no socket. The realm answers from inside (Uplink::on_message).
class RealmSeat {
 public:
    virtual ~RealmSeat() = default;
    /// HELLO, for a session with the role that the uplink was configured with.
    virtual void join(const HelloDetails& details) = 0;
    virtual void say(const Message& message) = 0;
};

/// The client's side of WARP: one connection to another server, the links that rules name, and a session of the realm,
/// with a role of its own. What the remote lanes say becomes publications, other sessions' publications become
/// commands. Sans-IO; lives on the realm's thread. README.md here, "Uplinks"; docs/warp.md 2.3, 2.4, 6.2.
///
///   idle --connect--> connecting --connected--> open --lost, deauthed, ..--> idle, until the next attempt is due
///
/// Calls from the host come from outside the realm; on_message and on_event come from inside its Egress: they only
/// take down what is to be done, and `settle` has to follow.
class Uplink {
 public:
    struct Turn {
        TimePoint now;
        RealmSeat& realm;
        UplinkWire& wire;
    };
    struct Counts {
        std::uint64_t connections = 0;   // that opened
        std::uint64_t events = 0;        // heard from the remote
        std::uint64_t unreadable = 0;    // frames that are no Recon, or none that can be read
        std::uint64_t publications = 0;  // made of them
        std::uint64_t echoes = 0;        // events that said what everybody here knew
        std::uint64_t commands = 0;      // sent
        std::uint64_t conflated = 0;  // publications that a newer one of the same topic replaced before they were sent
        std::uint64_t dropped = 0;    // publications that were never sent, and not replaced either
    };

    /// `entropy` must outlive the uplink.
    Uplink(UplinkSettings settings, Entropy& entropy);
    ~Uplink();

    /// Joins the realm and asks for the first connection.
    void start(Turn turn);
    void connected(Turn turn);
    void frame(std::string_view text, Turn turn);
    void lost(std::string_view why, Turn turn);
    /// Messages of the realm came, or the wire has room again.
    void settle(Turn turn);
    void tick(Turn turn);
    TimePoint next_deadline() const;  // TimePoint::max(): nothing is waited for
    /// The router stops: no more attempts.
    void stop(Turn turn);

    // What the realm says.
    void on_message(const Message& message);
    void on_event(const Event& event);
    /// The realm ended the session, without a word or after it.
    void on_closed(CloseReason why);

    bool is_open() const;
    Counts counts() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace heddle
