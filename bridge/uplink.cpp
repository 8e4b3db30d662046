// The session in the realm and the connection. Links, events and commands are in files of their own.
#include "bridge/uplink.hpp"

#include <utility>

#include "bridge/names.hpp"
#include "bridge/uplink_state.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

using Level = UplinkNote::Level;

SharedBytes auth_frame(const std::vector<UplinkCredential>& credentials) {
    ByteBuffer frame;
    put_envelope(EnvelopeKind::auth, {}, frame);
    char before = '{';
    for (const UplinkCredential& credential : credentials) {
        frame.push_back(std::exchange(before, ','));
        recon::put_text(credential.name, frame);
        frame.push_back(':');
        recon::put_text(credential.value, frame);
    }
    frame.push_back('}');
    return frame.freeze();
}

}  // namespace

std::string uplink_topic(const UplinkSettings& settings, const UplinkLane& lane) {
    std::string topic = lane.topic;
    if (topic.empty()) {
        const TopicName name = topic_of(lane.node, lane.lane);
        const bool fits = name.match == Match::exact || (name.match == Match::prefix && lane.kind == LaneKind::map);
        if (!name || !fits) return {};
        topic = settings.prefix.empty() ? name.uri : settings.prefix + '.' + name.uri;
    }
    if (lane.kind == LaneKind::map && !topic.empty() && topic.back() != '.') topic += '.';
    return topic;
}

Uplink::Uplink(UplinkSettings settings, Entropy& entropy)
    : state_(std::make_unique<State>(std::move(settings), entropy)) {}
Uplink::~Uplink() = default;
void Uplink::start(Turn turn) { state_->start(turn); }
void Uplink::connected(Turn turn) { state_->connected(turn); }
void Uplink::frame(std::string_view text, Turn turn) { state_->frame(text, turn); }
void Uplink::lost(std::string_view why, Turn turn) { state_->lost(why, turn); }
void Uplink::settle(Turn turn) { state_->settle(turn); }
void Uplink::tick(Turn turn) { state_->tick(turn); }
TimePoint Uplink::next_deadline() const { return state_->next_deadline(); }
void Uplink::on_message(const Message& message) { state_->on_message(message); }
void Uplink::on_event(const Event& event) { state_->on_event(event); }
void Uplink::on_closed(CloseReason why) {
    state_->joined = false;
    if (state_->left.empty()) state_->left = name_of(why);
}
bool Uplink::is_open() const { return state_->phase == State::Phase::open; }
Uplink::Counts Uplink::counts() const { return state_->counts; }
void Uplink::stop(Turn turn) {
    state_->stopping = true;
    state_->settle(turn);
}

Uplink::State::Lane::Lane(const UplinkSettings& settings, const UplinkLane& own_rule)
    : rule(own_rule),
      topic(uplink_topic(settings, own_rule)),
      header(lane_header(own_rule.node, own_rule.lane)),
      retry(settings.retry) {}

Uplink::State::State(UplinkSettings own_settings, Entropy& own_entropy)
    : settings(std::move(own_settings)), entropy(own_entropy), retry(settings.retry) {
    for (const UplinkLane& rule : settings.lanes) {
        Lane& lane = lanes.emplace_back(settings, rule);
        by_name.emplace(name_of_lane(rule.node, rule.lane), &lane);
    }
}

void Uplink::State::note(Turn turn, Level level, std::string_view what, const Lane* lane, std::string_view why,
                         std::chrono::milliseconds retry_in, std::uint64_t count) {
    UplinkNote line{level, what, {}, {}, why, retry_in, count};
    if (lane) line.node = lane->rule.node, line.lane = lane->rule.lane;
    turn.wire.note(line);
}

void Uplink::State::complain(Lane& lane, std::string_view why, Turn turn) {
    if (std::exchange(lane.complained, true)) return;
    note(turn, Level::warn, "uplink.trouble", &lane, why);
}

// ---- the session

void Uplink::State::start(Turn turn) { connect(turn); }

void Uplink::State::join(Turn turn) {
    last_request = 0;
    left.clear();
    by_subscription.clear();
    HelloDetails hello;
    hello.agent = "heddle uplink";
    hello.roles.add(Role::publisher, Feature::publisher_exclusion);
    hello.roles.add(Role::subscriber, Feature::pattern_based_subscription);
    hello.roles.add(Role::subscriber, Feature::subscription_revocation);
    turn.realm.join(hello);
    if (!joined) return;
    for (Lane& lane : lanes) subscribe(lane, turn);
}

// Topics with state are listened to even where nothing becomes a command: so that what is retained here is known.
void Uplink::State::subscribe(Lane& lane, Turn turn) {
    if (!lane.has_state() && !lane.rule.commands) return;
    const Match match = lane.rule.kind == LaneKind::map ? Match::prefix : Match::exact;
    answer = {next_request(), {}, {}};
    turn.realm.say(Subscribe{answer.request, {match, false}, lane.topic});
    lane.subscription = answer.subscription;
    if (lane.subscription)
        by_subscription.emplace(lane.subscription, &lane);
    else if (lane.rule.commands)
        note(turn, Level::warn, "uplink.denied", &lane, "subscribe: " + answer.error);
}

void Uplink::State::on_message(const Message& message) {
    if (std::holds_alternative<Welcome>(message)) {
        joined = true;
    } else if (const auto* abort = std::get_if<Abort>(&message)) {
        joined = false;
        left = abort->reason;
    } else if (const auto* goodbye = std::get_if<Goodbye>(&message)) {
        goodbye_due = true;
        left = goodbye->reason;
        stopping = stopping || goodbye->reason == uri::system_shutdown;
    } else if (const auto* subscribed = std::get_if<Subscribed>(&message)) {
        answer.subscription = subscribed->subscription;
    } else if (const auto* error = std::get_if<ErrorReply>(&message)) {
        if (error->request == answer.request) answer.error = error->error;
    } else if (const auto* gone = std::get_if<Unsubscribed>(&message)) {
        if (!gone->request) revoked.push_back(gone->revoked);
    } else if (const auto* event = std::get_if<Event>(&message)) {
        on_event(*event);
    }
}

void Uplink::State::settle(Turn turn) {
    for (const SubscriptionId subscription : std::exchange(revoked, {})) {
        const auto found = by_subscription.find(subscription);
        if (found == by_subscription.end()) continue;
        note(turn, Level::warn, "uplink.denied", found->second, "the subscription was revoked");
        found->second->subscription = {};
        by_subscription.erase(found);
    }
    if (std::exchange(goodbye_due, false)) turn.realm.say(Goodbye{{}, uri::goodbye_and_out});
    if (stopping && phase != Phase::stopped) {
        note(turn, Level::info, "uplink.stopped", nullptr, left);
        left.clear();
        if (phase != Phase::idle) turn.wire.disconnect();
        phase = Phase::stopped;
        due = TimePoint::max();
        for (Lane& lane : lanes) lane.due = TimePoint::max();
        return;
    }
    if (!left.empty()) {
        joined = false;
        if (phase == Phase::open || phase == Phase::connecting) drop(left, turn);
        left.clear();
    }
    if (std::exchange(overflow, false) && phase == Phase::open) drop("slow_consumer", turn);
    if (phase != Phase::open) return;
    for (Lane& lane : lanes)
        if (lane.again && lane.stage == Lane::Stage::up) resync(lane, turn);
    pump(turn);
}

// ---- the connection

void Uplink::State::connect(Turn turn) {
    if (!joined) join(turn);
    if (!joined) {
        const auto delay = retry.next(entropy);
        due = turn.now + delay;
        note(turn, Level::warn, "uplink.refused", nullptr, left, delay);
        left.clear();
        return;
    }
    phase = Phase::connecting;
    due = turn.now + settings.connect;
    note(turn, Level::debug, "uplink.connecting", nullptr, {});
    turn.wire.connect();
}

// Frames are pipelined, as @swim/client does it: nobody waits for @authed (docs/warp.md 2.4).
void Uplink::State::connected(Turn turn) {
    if (phase != Phase::connecting) return;
    phase = Phase::open;
    due = TimePoint::max();
    opened_at = turn.now;
    told_unreadable = false;
    ++counts.connections;
    note(turn, Level::info, "uplink.connected", nullptr, {});
    if (!settings.credentials.empty()) turn.wire.frame(auth_frame(settings.credentials));
    for (Lane& lane : lanes) ask(lane, turn);
    pump(turn);
}

void Uplink::State::drop(std::string_view why, Turn turn) {
    turn.wire.disconnect();
    lost(why, turn);
}

// What is retained here stays: it is the newest that is known.
void Uplink::State::lost(std::string_view why, Turn turn) {
    if (phase != Phase::connecting && phase != Phase::open) return;
    if (phase == Phase::open && turn.now - opened_at >= settings.held) retry.reset();
    phase = Phase::idle;
    const auto delay = retry.next(entropy);
    due = turn.now + delay;
    note(turn, Level::warn, "uplink.lost", nullptr, why, delay);
    for (Lane& lane : lanes) {
        lane.stage = Lane::Stage::down;
        lane.due = TimePoint::max();
        lane.retry.reset();
        lane.epoch += 1;
        lane.again = lane.complained = false;
        for (auto& [topic, entry] : lane.entries) entry.echo_due = false;
        counts.dropped += lane.said.size();
        for (const Said& said : lane.said) lane.waiting_bytes -= said.body.size();
        lane.said.clear();
        lane.echoes.clear();
    }
}

}  // namespace heddle
