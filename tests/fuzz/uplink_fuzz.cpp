#include <string>

#include "bridge/envelope.hpp"
#include "bridge/uplink.hpp"
#include "realms/realm.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Lines as the frames of a remote server to an uplink in a real realm; lines that begin with a mark are something else
/// that happens to it. Beside not crashing: what it sends is an envelope that clients send, it never waits without an
/// end, it never calls the realm from inside, and when it is gone the realm is empty.
///
///   !TOPIC VALUE  a WAMP client publishes     - the connection goes     + time goes on     = the server stops reading
namespace {

using namespace heddle;
using fuzzing::demand;
using namespace std::chrono_literals;

RealmSettings open_realm() {
    RealmSettings settings;
    settings.name = "realm1";
    settings.anonymous_role = "anonymous";
    PermissionRule all{Match::prefix, "", {}, {}};
    for (const Action action : {Action::publish, Action::subscribe}) all.allow.add(action);
    settings.roles = {{"anonymous", {all, {Match::prefix, "unit.1.map.secret.", {}, all.allow}}}};
    return settings;
}

UplinkSettings uplink() {
    UplinkSettings settings;
    settings.name = "plant";
    settings.role = "anonymous";
    settings.lanes = {{"/unit/1", "value", LaneKind::value, {}, true},
                      {"/unit/1", "map", LaneKind::map, {}, true},
                      {"/unit/1", "feed", LaneKind::event, {}, true},
                      {"/unit/1", "publish", LaneKind::command, {}, true},
                      {"/unit/2", "value", LaneKind::value, {}, false}};
    settings.queue_bytes = 256;
    settings.entries_max = 8;
    return settings;
}

class Play final : private Egress, private UplinkWire, private RealmSeat {
 public:
    Play() : realm_(open_realm(), entropy_), uplink_(uplink(), entropy_) {
        Hello hello{"realm1", {}};
        hello.details.roles.add(Role::publisher);
        realm_.on_message(client_, hello, now_, *this);
        uplink_.start(turn());
        open();
    }
    void line(std::string_view text) {
        const char mark = text.empty() ? ' ' : text.front();
        if (mark == '!') return publish(text.substr(1));
        if (mark == '-' && connected_) {
            connected_ = false;
            uplink_.lost("gone", turn());
        } else if (mark == '+') {
            now_ += 700ms;
            uplink_.tick(turn());
            open();
        } else if (mark == '=') {
            waiting_ = waiting_ == 0 ? 1 << 20 : 0;
            uplink_.settle(turn());
        } else if (connected_) {
            uplink_.frame(text, turn());
        }
        demand(connected_ || uplink_.next_deadline() != TimePoint::max(), "no connection, and no attempt to come");
    }
    void end() {
        uplink_.stop(turn());
        demand(uplink_.next_deadline() == TimePoint::max(), "something is waited for after the end");
        realm_.on_lost(self_, CloseReason::transport_lost, now_, *this);
        realm_.on_lost(client_, CloseReason::transport_lost, now_, *this);
        const Realm::Counts counts = realm_.counts();
        demand(counts.sessions == 0 && counts.subscriptions == 0, "something is left in the realm");
    }

 private:
    Uplink::Turn turn() { return {now_, *this, *this}; }
    void open() {
        if (!asked_) return;
        asked_ = false;
        connected_ = true;
        uplink_.connected(turn());
    }
    void publish(std::string_view text) {
        const std::size_t space = std::min(text.find(' '), text.size());
        std::string args = "[\"" + std::to_string(text.size() - space) + "\"]", kwargs;
        if (text.ends_with("-")) args = "[]", kwargs = "{\"$removed\":true}";
        const Payload what{Encoding::json, args, kwargs};
        realm_.on_message(client_, Publish{RequestId{++request_}, {}, text.substr(0, space), what}, now_, *this);
        uplink_.settle(turn());
    }

    Delivery send(EndpointId to, const Message& message) override {
        inside_ = true;
        if (to == self_) uplink_.on_message(message);
        inside_ = false;
        return Delivery::queued;
    }
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override {
        inside_ = true;
        for (const EndpointId id : to)
            if (id != except && id == self_) uplink_.on_event(event);
        inside_ = false;
    }
    void detached(EndpointId, CloseReason) override {}
    void close(EndpointId endpoint, CloseReason why) override {
        demand(endpoint != self_ || why != CloseReason::protocol_violation, "the uplink broke the realm's protocol");
        if (endpoint == self_) uplink_.on_closed(why);
    }

    void connect() override {
        demand(!asked_ && !connected_, "two connections at a time");
        asked_ = true;
    }
    void disconnect() override { connected_ = asked_ = false; }
    void frame(SharedBytes text) override {
        EnvelopeReader reader;
        demand(reader.read(text.view()) == EnvelopeReader::Found::envelope && sent_by_client(reader.envelope().kind),
               "no client's envelope: " + std::string(text.view()));
    }
    std::size_t waiting() const override { return waiting_; }
    void note(const UplinkNote&) override {}

    void join(const HelloDetails& details) override {
        self_.generation += 1;
        realm_.on_message(self_, Hello{"realm1", details}, now_, *this);
    }
    void say(const Message& message) override {
        demand(!inside_, "the realm is called from inside its Egress");
        realm_.on_message(self_, message, now_, *this);
    }

    struct Counting final : Entropy {
        std::uint64_t next() override { return ++state * 0x9E3779B97F4A7C15u; }
        std::uint64_t state = 0;
    };
    Counting entropy_;
    Realm realm_;
    Uplink uplink_;
    EndpointId self_{0, 0}, client_{1, 1};
    TimePoint now_{};
    std::uint64_t request_ = 0;
    std::size_t waiting_ = 0;
    bool asked_ = false, connected_ = false, inside_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    Play play;
    for (std::size_t turn = 0; !rest.empty() && turn < 128; ++turn) {
        const std::size_t end = rest.find('\n');
        play.line(std::string(rest.substr(0, end)));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    play.end();
    return 0;
}
