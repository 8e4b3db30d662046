#include "tests/bridge/warp_script.hpp"

#include <set>

namespace heddle::test {

WarpScript& WarpScript::act(const std::string& peer, std::function<void(WarpPlay&)> run) {
    steps_.push_back({peer, std::move(run), true, Where::current()});
    return *this;
}

WarpScript& WarpScript::open(const std::string& peer, PeerFacts facts) {
    return act(peer, [=](WarpPlay& play) { play.open(peer, facts); });
}
WarpScript& WarpScript::verify(bool good) {
    return act({}, [=](WarpPlay& play) { play.verify(good); });
}
WarpScript& WarpScript::authorize(std::string args) {
    return act({}, [=](WarpPlay& play) { play.authorize(args); });
}
WarpScript& WarpScript::join(const std::string& peer) {
    return act(peer, [=](WarpPlay& play) { play.join(peer); });
}
WarpScript& WarpScript::send(const std::string& peer, std::string text) {
    return act(peer, [=](WarpPlay& play) { play.frame(peer, text); });
}
WarpScript& WarpScript::receives(const std::string& peer, std::string line, Where where) {
    steps_.push_back({peer, [=](WarpPlay& play) { EXPECT_EQ(play.next(peer), line); }, false, where});
    return *this;
}
WarpScript& WarpScript::silence(const std::string& peer, Where where) { return receives(peer, "", where); }

WarpScript& WarpScript::publish(const std::string& peer, std::string topic, std::string args, bool retain,
                                std::string kwargs) {
    return act(peer, [=](WarpPlay& play) {
        PublishOptions options;
        options.retain = retain;
        play.message(peer, Publish{{}, options, topic, {Encoding::json, args, kwargs}});
    });
}
WarpScript& WarpScript::subscribe(const std::string& peer, std::string topic, Match match, bool get_retained) {
    return act(peer, [=](WarpPlay& play) { play.message(peer, Subscribe{{}, {match, get_retained}, topic}); });
}
WarpScript& WarpScript::offer(const std::string& peer, std::string procedure) {
    return act(peer, [=](WarpPlay& play) { play.message(peer, Register{{}, {}, procedure}); });
}
WarpScript& WarpScript::call(const std::string& peer, std::string procedure, std::string args, bool progress) {
    return act(peer, [=](WarpPlay& play) {
        CallOptions options;
        options.receive_progress = progress;
        play.message(peer, Call{{}, options, procedure, {Encoding::json, args, {}}});
    });
}
WarpScript& WarpScript::cancel(const std::string& peer, CancelMode mode) {
    return act(peer, [=](WarpPlay& play) { play.cancel(peer, mode); });
}
WarpScript& WarpScript::progress(const std::string& peer, std::string args) {
    return act(peer, [=](WarpPlay& play) { play.yield(peer, args, true); });
}
WarpScript& WarpScript::yield(const std::string& peer, std::string args) {
    return act(peer, [=](WarpPlay& play) { play.yield(peer, args); });
}
WarpScript& WarpScript::fail(const std::string& peer, std::string error_uri) {
    return act(peer, [=](WarpPlay& play) { play.fail(peer, error_uri); });
}
WarpScript& WarpScript::stall(const std::string& peer, bool stalled) {
    return act(peer, [=](WarpPlay& play) { play.stall(peer, stalled); });
}
WarpScript& WarpScript::pass(std::chrono::milliseconds time) {
    return act({}, [=](WarpPlay& play) { play.pass(time); });
}
WarpScript& WarpScript::lose(const std::string& peer) {
    return act(peer, [=](WarpPlay& play) { play.lose(peer); });
}
WarpScript& WarpScript::shut_down() {
    return act({}, [](WarpPlay& play) { play.shut_down(); });
}

WarpScript::~WarpScript() {
    WarpPlay play(settings_, limits_);
    std::set<std::string> peers;
    for (const Step& step : steps_) {
        testing::ScopedTrace trace(step.where.file, step.where.line, "this step");
        step.run(play);
        if (!step.peer.empty()) peers.insert(step.peer);
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_EQ(play.unheard(), "") << "lines that the script does not expect";
    for (const std::string& peer : peers)
        for (std::size_t step = 0; step <= steps_.size() && !testing::Test::HasFailure(); ++step)
            if (step == steps_.size() || steps_[step].act) play_losing(peer, step);
}

void WarpScript::play_losing(const std::string& peer, std::size_t before) const {
    WarpPlay play(settings_, limits_);
    std::set<std::string> peers;
    for (std::size_t step = 0; step < steps_.size(); ++step) {
        if (step == before) play.lose(peer);
        const bool gone = step >= before && steps_[step].peer == peer;
        if (!steps_[step].act || gone) continue;
        steps_[step].run(play);
        if (!steps_[step].peer.empty()) peers.insert(steps_[step].peer);
    }
    for (const std::string& name : peers) play.lose(name);
    const Realm::Counts counts = play.realm().counts();
    EXPECT_EQ(counts.sessions + counts.subscriptions + counts.registrations + counts.calls, 0u)
        << peer << " lost before step " << before << " leaves something behind";
}

}  // namespace heddle::test
