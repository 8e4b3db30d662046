// Long because it plays both sides: what WARP and WAMP peers say, and what the realm asks of the world.
#include "tests/bridge/warp_script.hpp"

#include "serializers/codec.hpp"
#include "serializers/rules.hpp"
#include "serializers/transcode.hpp"

namespace heddle::test {
namespace {

std::string as_json(const Payload& payload) {
    const auto one = [&](std::string_view value) {
        ByteBuffer out;
        EXPECT_TRUE(transcode(payload.origin, value, Encoding::json, out));
        return std::string(out.view());
    };
    std::string text = payload.args.empty() ? "[]" : one(payload.args);
    if (!payload.kwargs.empty()) text += " " + one(payload.kwargs);
    return text;
}

PermissionRule everything(std::string uri, bool allowed) {
    PermissionRule rule{Match::prefix, std::move(uri), {}, {}};
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe})
        (allowed ? rule.allow : rule.deny).add(action);
    return rule;
}

}  // namespace

RealmSettings open_realm(std::vector<LaneRule> lanes) {
    RealmSettings settings;
    settings.name = "realm1";
    settings.anonymous_role = "anonymous";
    settings.roles = {{"anonymous", {everything("", true)}}};
    settings.lanes = std::move(lanes);
    return settings;
}

RealmSettings guarded_realm(std::string forbidden) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions.push_back(everything(std::move(forbidden), false));
    return settings;
}

RealmSettings meta_realm(std::string allowed) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions.push_back(everything(std::move(allowed), true));
    return settings;
}

class WarpPlay::Sink final : public FrameSink {
 public:
    explicit Sink(Peer& peer) : peer_(peer) {}
    void frame(SharedBytes text) override {
        peer_.received.emplace_back(text.view());
        peer_.shared.push_back(std::move(text));
    }
    void own(std::string_view text) override { frame(SharedBytes(text)); }
    void tell_when_sent() override {
        EXPECT_FALSE(peer_.asked) << "one question at a time";
        peer_.asked = true;
    }
    void close(CloseReason why) override { peer_.received.push_back("CLOSED " + std::string(name_of(why))); }

 private:
    Peer& peer_;
};

WarpPlay::WarpPlay(const RealmSettings& settings, WarpLimits limits)
    : realm_(settings, entropy_), limits_(limits), board_(realm_, *this, limits.map_entries_max) {
    realm_.offer(procedures_);
    realm_.ask(this);
}

PeerFacts WarpPlay::on_this_machine() {
    PeerFacts facts;
    facts.address = "127.0.0.1";
    facts.transport = "warp";
    facts.secure = facts.links = true;
    return facts;
}

void WarpPlay::verify(QuestionId id, std::string, std::string) { passwords_.push_back(id); }
void WarpPlay::call(QuestionId id, std::string_view, const Payload&) { calls_.push_back(id); }

void WarpPlay::verify(bool good) {
    if (passwords_.empty()) return;
    const QuestionId id = passwords_.front();
    passwords_.pop_front();
    realm_.verified(id, good, now_, *this);
    settle();
}

void WarpPlay::authorize(const std::string& args) {
    if (calls_.empty()) return;
    const QuestionId id = calls_.front();
    calls_.pop_front();
    realm_.answered(id, {{}, {Encoding::json, args, {}}}, now_, *this);
    settle();
}

// A socket that is not stalled takes everything at once.
void WarpPlay::settle() {
    for (bool again = true; again;) {
        again = false;
        for (auto& [name, peer] : peers_) {
            if (!peer.warp) continue;
            Sink sink(peer);
            if (peer.asked && !peer.stalled) {
                peer.asked = false;
                again = true;
                peer.warp->on_sent(now_, *this, sink);
            }
            if (peer.warp->next_deadline() <= now_) {
                again = true;
                peer.warp->on_tick(now_, *this, sink);
            }
        }
    }
}

void WarpPlay::stall(const std::string& name, bool stalled) {
    peers_[name].stalled = stalled;
    settle();
}

void WarpPlay::gulp(const std::string& name) {
    Peer& peer = peers_[name];
    if (!std::exchange(peer.asked, false)) return;
    Sink sink(peer);
    peer.warp->on_sent(now_, *this, sink);
}

void WarpPlay::pass(std::chrono::milliseconds time) {
    now_ += time;
    realm_.on_tick(now_, *this);
    settle();
}

void WarpPlay::open(const std::string& name, PeerFacts facts) {
    Peer& peer = peers_[name];
    peer.endpoint = {slots_++, 1};
    peer.connected = true;
    peer.warp = std::make_unique<WarpSession>(peer.endpoint, realm_, limits_, &board_, std::move(facts));
    Sink sink(peer);
    peer.warp->start(now_, *this, sink);
    settle();
}

void WarpPlay::join(const std::string& name) {
    Peer& peer = peers_[name];
    peer.endpoint = {slots_++, 1};
    peer.connected = true;
    Hello hello{realm_.settings().name, {}};
    for (const Role role : {Role::publisher, Role::subscriber}) hello.details.roles.add(role);
    for (const Role role : {Role::caller, Role::callee}) {
        hello.details.roles.add(role, Feature::progressive_call_results);
        hello.details.roles.add(role, Feature::call_canceling);
    }
    message(name, hello);
}

void WarpPlay::frame(const std::string& name, std::string_view text) {
    Peer& peer = peers_[name];
    if (!peer.connected) return;
    const std::unique_ptr<char[]> exact(new char[text.size()]);  // so that reading past it shows
    std::copy(text.begin(), text.end(), exact.get());
    Sink sink(peer);
    peer.warp->on_frame({exact.get(), text.size()}, now_, *this, sink);
    settle();
}

void WarpPlay::message(const std::string& name, const Message& message) {
    Peer& peer = peers_[name];
    if (!peer.connected) return;
    Message numbered = message;
    std::visit(
        [&](auto& m) {
            if constexpr (requires { m.request.value; })
                if (!m.request) m.request.value = ++peer.last_request;
        },
        numbered);
    realm_.on_message(peer.endpoint, numbered, now_, *this);
    settle();
}

void WarpPlay::yield(const std::string& name, std::string_view args, bool progress) {
    if (peers_[name].invocation) message(name, Yield{peers_[name].invocation, progress, {Encoding::json, args, {}}});
}

void WarpPlay::cancel(const std::string& name, CancelMode mode) {
    message(name, Cancel{{peers_[name].last_request}, mode});
}

void WarpPlay::fail(const std::string& name, std::string_view error_uri) {
    if (peers_[name].invocation)
        message(
            name,
            ErrorReply{
                rule_for<Invocation>().code, peers_[name].invocation, error_uri, {Encoding::json, R"(["why"])", {}}});
}

void WarpPlay::say(const std::string& name, const Message& message) { send(peers_[name].endpoint, message); }

void WarpPlay::lose(const std::string& name) {
    Peer& peer = peers_[name];
    if (!peer.connected) return;
    peer.connected = false;
    realm_.on_lost(peer.endpoint, CloseReason::transport_lost, now_, *this);
    peer.warp.reset();
    peer.asked = false;
    settle();
}

void WarpPlay::shut_down() { realm_.shut_down(now_, *this); }

Ends WarpPlay::apply(const RealmSettings& settings) {
    Ends said = realm_.preview(settings);
    for (const auto& [name, peer] : peers_)
        if (peer.warp) peer.warp->preview(settings, said);
    Ends ends = realm_.apply(settings, now_, *this);
    for (auto& [name, peer] : peers_) {
        if (!peer.warp) continue;
        Sink sink(peer);
        peer.warp->recheck(now_, sink, ends);
    }
    EXPECT_EQ(said.total(), ends.total());
    EXPECT_EQ(said.links, ends.links);
    settle();
    return ends;
}

std::string WarpPlay::next(const std::string& name) {
    auto& received = peers_[name].received;
    if (received.empty()) return {};
    std::string line = std::move(received.front());
    received.pop_front();
    return line;
}

std::string WarpPlay::unheard() const {
    std::string all;
    for (const auto& [name, peer] : peers_)
        for (const std::string& line : peer.received) all += name + " received " + line + "\n";
    return all;
}

WarpPlay::Peer* WarpPlay::at(EndpointId endpoint) {
    for (auto& [name, peer] : peers_)
        if (peer.endpoint == endpoint && peer.connected) return &peer;
    return nullptr;
}

std::string WarpPlay::line(const Message& message) {
    if (const auto* event = std::get_if<Event>(&message)) {
        std::string text = "EVENT ";
        if (!event->details.topic.empty()) text += std::string(event->details.topic) + " ";
        return text + as_json(event->payload);
    }
    if (const auto* invocation = std::get_if<Invocation>(&message)) return "INVOCATION " + as_json(invocation->payload);
    if (const auto* result = std::get_if<CallResult>(&message))
        return (result->progress ? "PROGRESS " : "RESULT ") + as_json(result->payload);
    if (std::holds_alternative<Interrupt>(message)) return "INTERRUPT";
    if (const auto* error = std::get_if<ErrorReply>(&message)) return "ERROR " + std::string(error->error);
    return {};  // WELCOME and such are for other tests
}

Delivery WarpPlay::send(EndpointId to, const Message& message) {
    Peer* peer = at(to);
    if (!peer) {
        ADD_FAILURE() << "sent to somebody who is gone";
        return Delivery::gone;
    }
    if (peer->warp) {
        Sink sink(*peer);
        peer->warp->on_message(message, sink);
        return Delivery::queued;
    }
    if (const auto* invocation = std::get_if<Invocation>(&message)) peer->invocation = invocation->request;
    if (std::string text = line(message); !text.empty()) peer->received.push_back(std::move(text));
    return Delivery::queued;
}

void WarpPlay::event(const Event& event, std::span<const EndpointId> to, EndpointId except) {
    const std::uint64_t before = cache_.encoded();
    cache_.expect(to.size());
    for (const EndpointId id : to) {
        if (id == except) continue;
        Peer* peer = at(id);
        if (peer && peer->warp) {
            Sink sink(*peer);
            peer->warp->on_event(event, cache_, now_, sink);
        } else {
            send(id, event);
        }
    }
    bodies_ += cache_.encoded() - before;
}

void WarpPlay::detached(EndpointId, CloseReason) {}

// As the router does it: a refused join leaves the connection open (warp_session.hpp).
void WarpPlay::close(EndpointId endpoint, CloseReason why) {
    Peer* peer = at(endpoint);
    if (peer && why != CloseReason::refused) peer->received.push_back("CLOSED " + std::string(name_of(why)));
}

void WarpPlay::each_link(FunctionRef<bool(const LinkSight&)> visit) const {
    for (const auto& [name, peer] : peers_)
        if (peer.warp && !peer.warp->each_link(visit)) return;
}

LinkCensus::Totals WarpPlay::totals() const {
    Totals sum;
    for (const auto& [name, peer] : peers_) {
        if (!peer.warp) continue;
        sum.events += peer.warp->totals().events;
        sum.commands += peer.warp->totals().commands;
    }
    return sum;
}

}  // namespace heddle::test
