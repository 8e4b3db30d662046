#include "tests/bridge/uplink_play.hpp"

#include "serializers/codec.hpp"
#include "serializers/transcode.hpp"

namespace heddle::test {
namespace {

std::string text_of(const Message& message) {
    ByteBuffer out;
    encode(message, Encoding::json, out);
    return std::string(out.view());
}

std::string json_of(Encoding origin, std::string_view value) {
    ByteBuffer out;
    EXPECT_TRUE(transcode(origin, value, Encoding::json, out));
    return std::string(out.view());
}

UplinkLane lane_as(LaneKind kind, std::string node, std::string lane, std::string topic) {
    return {std::move(node), std::move(lane), kind, std::move(topic), true};
}

}  // namespace

UplinkLane value_lane(std::string node, std::string lane, std::string topic) {
    return lane_as(LaneKind::value, std::move(node), std::move(lane), std::move(topic));
}
UplinkLane map_lane_of(std::string node, std::string lane, std::string topic) {
    return lane_as(LaneKind::map, std::move(node), std::move(lane), std::move(topic));
}
UplinkLane event_lane(std::string node, std::string lane, std::string topic) {
    return lane_as(LaneKind::event, std::move(node), std::move(lane), std::move(topic));
}
UplinkLane command_lane(std::string node, std::string lane, std::string topic) {
    return lane_as(LaneKind::command, std::move(node), std::move(lane), std::move(topic));
}

UplinkSettings uplink_to(std::vector<UplinkLane> lanes) {
    UplinkSettings settings;
    settings.name = "plant";
    settings.url = "ws://plant";
    settings.lanes = std::move(lanes);
    return settings;
}

UplinkPlay::UplinkPlay(UplinkSettings settings, const RealmSettings& realm, std::uint64_t seed)
    : entropy_(seed), realm_(realm, entropy_), uplink_(std::move(settings), entropy_) {}

// ---- the remote

void UplinkPlay::start() { uplink_.start(turn()); }

void UplinkPlay::open() {
    EXPECT_TRUE(connecting_) << "nobody asked for a connection";
    connecting_ = false;
    connected_ = true;
    uplink_.connected(turn());
}

void UplinkPlay::remote(std::string_view text) {
    if (!connected_) return;
    const std::unique_ptr<char[]> exact(new char[text.size()]);  // so that reading past it shows
    std::copy(text.begin(), text.end(), exact.get());
    uplink_.frame({exact.get(), text.size()}, turn());
}

void UplinkPlay::lose(std::string_view why) {
    if (!connected_ && !connecting_) return;
    connected_ = connecting_ = false;
    sent_.clear();
    stalled_ = 0;
    uplink_.lost(why, turn());
}

std::string UplinkPlay::next() {
    if (sent_.empty()) return {};
    std::string text = std::move(sent_.front());
    sent_.pop_front();
    return text;
}

std::vector<std::string> UplinkPlay::frames() {
    std::vector<std::string> all(sent_.begin(), sent_.end());
    sent_.clear();
    return all;
}

void UplinkPlay::stall(std::size_t bytes) {
    stalled_ = bytes;
    if (bytes == 0) settle();
}

void UplinkPlay::connect() {
    EXPECT_FALSE(connecting_ || connected_) << "one connection at a time";
    connecting_ = true;
}

void UplinkPlay::disconnect() {
    ++disconnects_;
    connecting_ = connected_ = false;
    stalled_ = 0;
}

void UplinkPlay::frame(SharedBytes text) {
    EXPECT_TRUE(connected_) << "no connection for " << text.view();
    sent_.emplace_back(text.view());
}

void UplinkPlay::note(const UplinkNote& note) {
    std::string line(note.what);
    for (const std::string_view part : {note.node, note.lane, note.why})
        if (!part.empty()) (line += ' ') += part;
    if (note.retry.count() != 0) line += " retry=" + std::to_string(note.retry.count());
    if (note.count != 0) line += " count=" + std::to_string(note.count);
    notes_.push_back(line);
}

std::string UplinkPlay::note(std::string_view what) const {
    for (auto line = notes_.rbegin(); line != notes_.rend(); ++line)
        if (std::string_view(*line).substr(0, line->find(' ')).ends_with(what)) return *line;
    return {};
}

// ---- the realm

UplinkPlay::Peer* UplinkPlay::at(EndpointId endpoint) {
    for (auto& [name, peer] : peers_)
        if (peer.endpoint == endpoint) return &peer;
    return nullptr;
}

void UplinkPlay::join(const HelloDetails& details) {
    ++self_.generation;
    realm_.on_message(self_, Hello{realm_.settings().name, details}, now_, *this);
}

void UplinkPlay::say(const Message& message) {
    EXPECT_FALSE(inside_) << "the realm is called from inside its Egress";
    realm_.on_message(self_, message, now_, *this);
}

Delivery UplinkPlay::send(EndpointId to, const Message& message) {
    const bool was_inside = std::exchange(inside_, true);
    if (to == self_) uplink_.on_message(message);
    inside_ = was_inside;
    if (Peer* peer = at(to)) peer->received.push_back(text_of(message));
    return Delivery::queued;
}

void UplinkPlay::event(const Event& event, std::span<const EndpointId> to, EndpointId except) {
    const bool was_inside = std::exchange(inside_, true);
    for (const EndpointId id : to) {
        if (id == except) continue;
        if (id == self_) uplink_.on_event(event);
        if (Peer* peer = at(id)) peer->received.push_back(text_of(event));
    }
    inside_ = was_inside;
}

void UplinkPlay::detached(EndpointId endpoint, CloseReason why) {
    if (endpoint == self_) uplink_.on_closed(why);
}

void UplinkPlay::close(EndpointId endpoint, CloseReason why) {
    if (endpoint == self_) uplink_.on_closed(why);
}

void UplinkPlay::join(const std::string& name) {
    Peer& peer = peers_[name];
    peer.endpoint = {slots_++, 1};
    Hello hello{realm_.settings().name, {}};
    for (const Role role : {Role::publisher, Role::subscriber}) hello.details.roles.add(role);
    hello.details.roles.add(Role::subscriber, Feature::event_retention);
    realm_.on_message(peer.endpoint, hello, now_, *this);
    EXPECT_TRUE(received(name).starts_with("[2,"));
}

void UplinkPlay::subscribe(const std::string& name, std::string_view topic, Match match, bool retained) {
    Peer& peer = peers_[name];
    realm_.on_message(peer.endpoint, Subscribe{RequestId{++peer.last_request}, {match, retained}, topic}, now_, *this);
    settle();
    EXPECT_TRUE(received(name).starts_with("[33,"));
}

void UplinkPlay::publish(const std::string& name, std::string_view topic, std::string_view args,
                         std::string_view kwargs, bool retain) {
    Peer& peer = peers_[name];
    PublishOptions options;
    options.retain = retain;
    const Publish message{RequestId{++peer.last_request}, options, topic, {Encoding::json, args, kwargs}};
    realm_.on_message(peer.endpoint, message, now_, *this);
    settle();
}

std::string UplinkPlay::received(const std::string& name) {
    auto& received = peers_[name].received;
    if (received.empty()) return {};
    std::string text = std::move(received.front());
    received.pop_front();
    return text;
}

std::string UplinkPlay::payload(const std::string& name) {
    const std::string text = received(name);
    if (!text.starts_with("[36,")) return text;
    const auto message = decode(Encoding::json, text);
    const Payload what = std::get<Event>(*message).payload;
    std::string out = what.args.empty() ? "[]" : std::string(what.args);
    if (!what.kwargs.empty()) out += " " + std::string(what.kwargs);
    return out;
}

std::map<std::string, std::string> UplinkPlay::kept(std::string_view prefix) {
    // A new session each time: it receives what is retained, and no more.
    const EndpointId reader{slots_++, 2};
    Peer& peer = peers_["reader" + std::to_string(slots_)];
    peer.endpoint = reader;
    Hello hello{realm_.settings().name, {}};
    hello.details.roles.add(Role::subscriber, Feature::event_retention);
    realm_.on_message(reader, hello, now_, *this);
    realm_.on_message(reader, Subscribe{RequestId{1}, {Match::prefix, true}, prefix}, now_, *this);
    std::map<std::string, std::string> found;
    for (const std::string& text : peer.received) {
        if (!text.starts_with("[36,")) continue;
        const auto message = decode(Encoding::json, text);
        const Event& event = std::get<Event>(*message);
        if (!event.details.retained) continue;  // the router's own, of this subscription
        std::string kept = event.payload.args.empty() ? "[]" : std::string(event.payload.args);
        if (!event.payload.kwargs.empty()) kept += " " + json_of(Encoding::json, event.payload.kwargs);
        found[std::string(event.details.topic)] = std::move(kept);
    }
    realm_.on_lost(reader, CloseReason::transport_lost, now_, *this);
    peers_.erase("reader" + std::to_string(slots_));
    return found;
}

// ---- time

void UplinkPlay::pass(std::chrono::milliseconds time) {
    now_ += time;
    realm_.on_tick(now_, *this);
    uplink_.tick(turn());
}

std::chrono::milliseconds UplinkPlay::wait() {
    const TimePoint until = uplink_.next_deadline();
    if (until == TimePoint::max()) return std::chrono::milliseconds::max();
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(until - now_);
    pass(std::max(time, 0ms));
    return time;
}

void UplinkPlay::shut_down() {
    realm_.shut_down(now_, *this);
    settle();
}

void UplinkPlay::kill() {
    realm_.on_violation(self_, CloseReason::killed, "killed", now_, *this);
    settle();
}

}  // namespace heddle::test
