#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/envelope.hpp"
#include "bridge/payload_body.hpp"
#include "bridge/uplink.hpp"
#include "realms/text_hash.hpp"

namespace heddle {

/// What stands behind uplink.hpp.
///
///   remote --@event--> event() --> value(), entry() --PUBLISH--> realm        uplink_events.cpp
///   remote <--@command-- pump() <-- waiting <-- on_event() <--EVENT-- realm   uplink_commands.cpp
///
/// What a topic and its lane hold is compared by fingerprint, so that a value goes round once: an event that says what
/// everybody here knows is not published, and a publication that says what the lane has is no command.
struct Uplink::State {
    State(UplinkSettings own_settings, Entropy& own_entropy);

    enum class Phase : std::uint8_t { idle, connecting, open, stopped };

    /// A topic with state: of a value lane, or of one key of a map.
    struct Entry {
        bool present = false;     // the topic keeps an event
        std::uint64_t shown = 0;  // fingerprint of what it keeps
        std::uint32_t heard = 0;  // the epoch in which the remote last said that it has it
        bool echo_due = false;    // our command went out, its event is yet to come
        std::uint64_t echo = 0;   // loose fingerprint of that
        enum class Pending : std::uint8_t { none, update, removal } pending = Pending::none;
        std::string body;  // of the pending update, as it stands after an attribute
        std::uint64_t pending_echo = 0;
    };
    using Entries = TextMap<Entry>;  // by topic; entries stay where they are

    /// A publication for a lane without state.
    struct Said {
        std::string body;
        std::uint64_t echo;
    };
    struct Echo {
        std::uint64_t echo;
        TimePoint until;
    };

    /// The client's end of one link.
    struct Lane {
        Lane(const UplinkSettings& settings, const UplinkLane& own_rule);
        bool has_state() const { return rule.kind == LaneKind::value || rule.kind == LaneKind::map; }

        UplinkLane rule;
        std::string topic;   // of a map: what stands before its keys
        std::string header;  // (node:..,lane:..)
        SubscriptionId subscription;

        enum class Stage : std::uint8_t {
            down,   // not linked; `due` is the next attempt
            asked,  // link or sync went out; the answer has to come until `due`
            up,     // linked, and synced where there is state
        } stage = Stage::down;
        TimePoint due = TimePoint::max();
        Backoff retry;
        std::uint32_t epoch = 1;  // of marks: a new one for each snapshot that begins from nothing
        bool again = false;       // the snapshot has to be asked for once more
        bool complained = false;  // one line a connection about what cannot be done

        Entries entries;
        std::deque<Entries::value_type*> pending;  // those with something to send, in order
        std::deque<Said> said;                     // of a lane without state
        std::deque<Echo> echoes;                   // the same: commands whose events may come back
        std::size_t waiting_bytes = 0;             // of both queues
    };

    // uplink.cpp: the session and the connection
    void start(Turn turn);
    void join(Turn turn);
    void subscribe(Lane& lane, Turn turn);
    void connect(Turn turn);
    void connected(Turn turn);
    void drop(std::string_view why, Turn turn);
    void lost(std::string_view why, Turn turn);
    void settle(Turn turn);
    void on_message(const Message& message);
    void note(Turn turn, UplinkNote::Level level, std::string_view what, const Lane* lane, std::string_view why,
              std::chrono::milliseconds retry = {}, std::uint64_t count = 0);
    void complain(Lane& lane, std::string_view why, Turn turn);
    RequestId next_request() { return RequestId{last_request = next_id(last_request)}; }

    // uplink_links.cpp: the link machines
    void ask(Lane& lane, Turn turn);
    void resync(Lane& lane, Turn turn);
    void rest(Lane& lane, std::string_view what, std::string_view why, Turn turn);
    void tick(Turn turn);
    TimePoint next_deadline() const;
    void frame(std::string_view text, Turn turn);
    void handle(const Envelope& envelope, Turn turn);
    void synced(Lane& lane, Turn turn);
    static std::string name_of_lane(std::string_view node, std::string_view lane);
    Lane* find(std::string_view node, std::string_view lane);

    // uplink_events.cpp: what the remote lanes say
    void event(Lane& lane, recon::Items body, Turn turn);
    void map_event(Lane& lane, recon::Items body, Turn turn);
    void update(Lane& lane, std::string_view topic, recon::Items body, Turn turn);
    void remove(Lane& lane, std::string_view topic, Turn turn);
    void occur(Lane& lane, recon::Items body, Turn turn);
    void sweep(Lane& lane, Turn turn);
    bool publish(Lane& lane, std::string_view topic, const Payload& what, bool retain, Turn turn);

    // uplink_commands.cpp: what WAMP clients say
    void on_event(const Event& event);
    void change(Lane& lane, std::string_view topic, const Payload& what);
    void say(Lane& lane, const Payload& what);
    bool read_back(Lane& lane, const Payload& what);
    void enqueue(Lane& lane, Entries::value_type& entry);
    void give_up_oldest(Lane& lane);
    void pump(Turn turn);
    bool send_next(Lane& lane, Turn turn);
    Entries::value_type* entry_of(Lane& lane, std::string_view topic);

    const UplinkSettings settings;
    Entropy& entropy;
    Phase phase = Phase::idle;
    TimePoint due = TimePoint::max();  // of the next attempt, or of the end of this one
    TimePoint opened_at{};
    bool told_unreadable = false;  // of this connection
    Backoff retry;
    Counts counts;

    std::deque<Lane> lanes;
    TextMap<Lane*> by_name;
    std::unordered_map<SubscriptionId, Lane*> by_subscription;
    std::size_t first_to_send = 0;  // lanes take turns

    // The session.
    bool joined = false;
    bool goodbye_due = false;
    bool stopping = false;
    bool overflow = false;  // of a lane without state
    std::string left;       // why the session ended; empty: it did not
    std::uint64_t last_request = 0;
    /// What the realm answered to the request it is dealing with.
    struct Answer {
        RequestId request;
        SubscriptionId subscription;
        std::string error;
    } answer;
    std::vector<SubscriptionId> revoked;

    EnvelopeReader reader, own_reader;
    BodyPayload payload, own_payload;
    ByteBuffer own_text;
};

}  // namespace heddle
