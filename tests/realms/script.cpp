// Long because a transcript has a word for each thing that can happen to a realm.
#include "tests/realms/script.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/realms/message_text.hpp"

namespace heddle::test {

std::uint64_t CountedEntropy::next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

Play::Play(const RealmSettings& settings) : realm_(settings, entropy_) { realm_.ask(this); }

void Play::connect(const std::string& name) {
    Peer& peer = peers_[name];
    peer.endpoint = {slots_++, 1};
    peer.connected = true;
    peer.session = 0;
}

bool Play::send(const std::string& name, const Message& message) {
    const Peer& peer = peers_[name];
    if (!peer.connected) return false;
    realm_.on_message(peer.endpoint, message, now_, *this);
    return true;
}

void Play::admit(const std::string& name, Roles roles, const Identity& as) {
    if (!peers_[name].connected) return;
    HelloDetails hello;
    hello.roles = roles;
    realm_.admit(peers_[name].endpoint, hello, as, now_, *this);
}

void Play::violate(const std::string& name, CloseReason why) {
    if (peers_[name].connected) realm_.on_violation(peers_[name].endpoint, why, "bad bytes", now_, *this);
}

void Play::lose(const std::string& name) {
    Peer& peer = peers_[name];
    if (!peer.connected) return;
    peer.connected = false;
    realm_.on_lost(peer.endpoint, CloseReason::transport_lost, now_, *this);
}

void Play::revoke(const std::string& peer, std::uint64_t subscription, std::string_view reason) {
    realm_.revoke_subscription({peers_[peer].session}, {subscription}, reason, *this);
}

void Play::pass(std::chrono::milliseconds time) {
    now_ += time;
    realm_.on_tick(now_, *this);
}

void Play::shut_down() { realm_.shut_down(now_, *this); }

Ends Play::apply(const RealmSettings& settings) {
    const Ends said = realm_.preview(settings), done = realm_.apply(settings, now_, *this);
    EXPECT_EQ(text_of(said), text_of(done)) << "what preview says is not what comes of it";
    EXPECT_EQ(text_of(realm_.preview(settings)), "nothing") << "something was left";
    return done;
}

bool Play::kick(const std::string& peer, std::string_view reason) {
    return realm_.kick({peers_[peer].session}, reason, "bye", now_, *this);
}

void Play::call(QuestionId id, std::string_view procedure, const Payload& arguments) {
    PayloadForms forms(arguments);
    asked_.push_back({id, std::string(procedure) + " " + std::string(forms.in(Encoding::json).args)});
}

void Play::note(std::string_view event, std::string_view what) {
    notes_.push_back(std::string(event) + " " + std::string(what));
}

bool Play::answer(std::string_view error, std::string_view args) {
    if (asked_.empty()) return false;
    const QuestionId id = asked_.front().id;
    asked_.pop_front();
    realm_.answered(id, {error, payload(args)}, now_, *this);
    return true;
}

std::string text_of(const Ends& ends) {
    std::string text;
    const auto put = [&](std::size_t count, const char* what) {
        if (count == 0) return;
        if (!text.empty()) text += ' ';
        text += std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
    };
    put(ends.sessions, "session");
    put(ends.subscriptions, "subscription");
    put(ends.registrations, "registration");
    put(ends.links, "link");
    return text.empty() ? "nothing" : text;
}

std::string Play::next(const std::string& name) {
    std::deque<std::string>& got = peers_[name].got;
    if (got.empty()) return {};
    std::string line = got.front();
    got.pop_front();
    return line;
}

std::vector<std::string> Play::connected() const {
    std::vector<std::string> names;
    for (const auto& [name, peer] : peers_)
        if (peer.connected) names.push_back(name);
    return names;
}

std::string Play::unheard() const {
    std::string all;
    for (const auto& [name, peer] : peers_)
        for (const std::string& line : peer.got) all += name + " got " + line + "\n";
    return all;
}

std::string Play::line(const Message& message) {
    return text_of(message, [this](std::uint64_t id) {
        EXPECT_GE(id, 1u);
        EXPECT_LE(id, id_max);
        return publications_.emplace(id, publications_.size() + 1).first->second;
    });
}

std::string Play::expected(const Message& message) {
    return text_of(message, [](std::uint64_t id) { return id; });
}

Play::Peer* Play::at(EndpointId endpoint) {
    for (auto& [name, peer] : peers_)
        if (peer.endpoint == endpoint) return &peer;
    return nullptr;
}

Delivery Play::send(EndpointId to, const Message& message) {
    Peer* peer = at(to);
    if (!peer || !peer->connected) {
        ADD_FAILURE() << "sent to somebody who is gone: " << line(message);
        return Delivery::gone;
    }
    if (const auto* welcome = std::get_if<Welcome>(&message)) {
        peer->session = welcome->session.value;
        peer->authid = welcome->details.authid;
    }
    const auto size = [](const auto& m) {
        if constexpr (requires { m.payload; })
            return m.payload.args.size() + m.payload.kwargs.size();
        else
            return std::size_t{0};
    };
    if (std::visit(size, message) > peer->takes) return Delivery::too_big;
    peer->got.push_back(line(message));
    return Delivery::queued;
}

void Play::event(const Event& event, std::span<const EndpointId> to, EndpointId except) {
    EXPECT_FALSE(to.empty());
    const std::set<EndpointId> different(to.begin(), to.end());
    EXPECT_EQ(different.size(), to.size()) << "an endpoint stands twice in one delivery";
    for (const EndpointId endpoint : to)
        if (endpoint != except) send(endpoint, event);
}

void Play::detached(EndpointId endpoint, CloseReason why) {
    if (Peer* peer = at(endpoint)) peer->got.push_back("DETACHED " + std::string(name_of(why)));
}

void Play::close(EndpointId endpoint, CloseReason why) {
    if (Peer* peer = at(endpoint)) peer->got.push_back("CLOSED " + std::string(name_of(why)));
}

Script::~Script() {
    play_as_written();
    if (testing::Test::HasFailure()) return;
    std::set<std::string> peers;
    for (const Step& step : steps_)
        if (!step.peer.empty()) peers.insert(step.peer);
    for (const std::string& peer : peers)
        for (std::size_t step = 0; step < steps_.size() && !testing::Test::HasFailure(); ++step)
            if (steps_[step].kind == Kind::act) play_losing(peer, step);
}

void Script::play_as_written() const {
    Play play(settings_);
    for (const Step& step : steps_) {
        testing::ScopedTrace trace(step.where.file, step.where.line, "this step");
        step.run(play);
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_EQ(play.unheard(), "") << "lines that the script does not expect";
}

void Script::play_losing(const std::string& lost, std::size_t after_step) const {
    testing::ScopedTrace trace(steps_[after_step].where.file, steps_[after_step].where.line,
                               "losing " + lost + " after this step");
    Play play(settings_);
    bool gone = false;
    for (std::size_t at = 0; at < steps_.size(); ++at) {
        const Step& step = steps_[at];
        if (step.kind == Kind::act && !(gone && step.peer == lost)) step.run(play);
        if (at == after_step) {
            play.lose(lost);
            gone = true;
        }
    }
    for (const std::string& peer : play.connected()) play.lose(peer);
    const Realm::Counts counts = play.counts();
    EXPECT_EQ(counts.sessions, 0u);
    EXPECT_EQ(counts.subscriptions, 0u);
    EXPECT_EQ(counts.registrations, 0u);
    EXPECT_EQ(counts.calls, 0u);
}

Script& Script::act(std::string peer, std::function<void(Play&)> run, Where where) {
    steps_.push_back({Kind::act, std::move(peer), std::move(run), where});
    return *this;
}

Script& Script::connect(std::string peer, Where where) {
    return act(
        peer, [peer](Play& play) { play.connect(peer); }, where);
}

Script& Script::join(std::string peer, Roles roles, Where where) {
    connect(peer, where);
    send(peer, hello(settings_.name, roles), where);
    return expect_line(peer, "WELCOME authrole=" + settings_.anonymous_role, where);
}

Script& Script::admit(std::string peer, std::string authid, Roles roles, Where where) {
    connect(peer, where);
    const std::string role = settings_.anonymous_role;
    act(
        peer,
        [=](Play& play) {
            play.admit(peer, roles, {authid, role, "ticket", "static"});
        },
        where);
    return expect_line(peer, "WELCOME authrole=" + role, where);
}

Script& Script::send(std::string peer, Message message, Where where) {
    return act(
        peer, [peer, message](Play& play) { play.send(peer, message); }, where);
}

Script& Script::send(std::string peer, std::function<Message(Play&)> make, Where where) {
    return act(
        peer, [peer, make](Play& play) { play.send(peer, make(play)); }, where);
}

Script& Script::violate(std::string peer, CloseReason why, Where where) {
    return act(
        peer, [peer, why](Play& play) { play.violate(peer, why); }, where);
}

Script& Script::lose(std::string peer, Where where) {
    return act(
        peer, [peer](Play& play) { play.lose(peer); }, where);
}

Script& Script::revoke(std::string peer, std::uint64_t subscription, std::string reason, Where where) {
    return act(
        peer, [=](Play& play) { play.revoke(peer, subscription, reason); }, where);
}

Script& Script::pass(std::chrono::milliseconds time, Where where) {
    return act(
        {}, [time](Play& play) { play.pass(time); }, where);
}

Script& Script::shut_down(Where where) {
    return act(
        {}, [](Play& play) { play.shut_down(); }, where);
}

Script& Script::drain(Where where) {
    return act(
        {}, [](Play& play) { play.drain(); }, where);
}

Script& Script::send_idle_away(std::size_t max, Where where) {
    return act(
        {}, [max](Play& play) { EXPECT_LE(play.send_idle_away(max), max); }, where);
}

Script& Script::apply(RealmSettings settings, std::string ends, Where where) {
    return act(
        {},
        [=](Play& play) {
            const std::size_t everybody = play.connected().size();
            const std::string came = text_of(play.apply(settings));
            if (everybody == play.known()) {
                EXPECT_EQ(came, ends);
            }
        },
        where);
}

Script& Script::put_user(UserSettings user, std::string ends, Where where) {
    return act(
        {},
        [=](Play& play) {
            const std::string came = text_of(play.put_user(user));
            if (play.connected().size() == play.known()) {
                EXPECT_EQ(came, ends);
            }
        },
        where);
}

Script& Script::remove_user(std::string authid, std::string ends, Where where) {
    return act(
        {},
        [=](Play& play) {
            const std::string came = text_of(play.remove_user(authid));
            if (play.connected().size() == play.known()) {
                EXPECT_EQ(came, ends);
            }
        },
        where);
}

Script& Script::admit_as(std::string peer, std::string authid, std::string role, Where where) {
    connect(peer, where);
    act(
        peer,
        [=](Play& play) {
            play.admit(peer, all_revocable_roles(), {authid, role, "ticket", "static"});
        },
        where);
    return expect_line(peer, "WELCOME authrole=" + role, where);
}

Script& Script::asks(std::string question, Where where) {
    steps_.push_back({Kind::expect, {}, [=](Play& play) { EXPECT_EQ(play.asked(), question); }, where});
    return *this;
}

Script& Script::answer(std::string args, Where where) {
    return act(
        {}, [args](Play& play) { play.answer({}, args); }, where);
}

Script& Script::answer_error(std::string error, Where where) {
    return act(
        {}, [error](Play& play) { play.answer(error); }, where);
}

Script& Script::takes(std::string peer, std::size_t payload_bytes_max, Where where) {
    return act(
        peer, [=](Play& play) { play.takes(peer, payload_bytes_max); }, where);
}

Script& Script::expect_line(std::string peer, std::string line, Where where) {
    steps_.push_back(
        {Kind::expect, peer, [=](Play& play) { EXPECT_EQ(play.next(peer), line) << "got by " << peer; }, where});
    return *this;
}

Script& Script::expect(std::string peer, Message message, Where where) {
    return expect_line(std::move(peer), Play::expected(message), where);
}

Script& Script::expect_silence(std::string peer, Where where) { return expect_line(std::move(peer), "", where); }

Script& Script::expect_closed(std::string peer, CloseReason why, Where where) {
    return expect_line(std::move(peer), "CLOSED " + std::string(name_of(why)), where);
}

Script& Script::expect_detached(std::string peer, Where where) {
    return expect_line(std::move(peer), "DETACHED goodbye", where);
}

Script& Script::expect_violation(std::string peer, Where where) {
    expect(peer, abort("wamp.error.protocol_violation"), where);
    return expect_closed(peer, CloseReason::protocol_violation, where);
}

Script& Script::check(std::function<void(Play&)> look, Where where) {
    steps_.push_back({Kind::expect, {}, std::move(look), where});
    return *this;
}

}  // namespace heddle::test
