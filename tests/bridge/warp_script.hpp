#pragma once
#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bridge/body_cache.hpp"
#include "bridge/lane_procedures.hpp"
#include "bridge/meta_board.hpp"
#include "bridge/warp_session.hpp"
#include "realms/realm.hpp"

namespace heddle::test {

/// A realm with one role for everybody, "anonymous".
RealmSettings open_realm(std::vector<LaneRule> lanes = {});
/// The same, but nothing may be done with what begins with `forbidden`.
RealmSettings guarded_realm(std::string forbidden);
/// An open realm whose meta lanes below `allowed` may be linked, too.
RealmSettings meta_realm(std::string allowed = "swim.meta.");

/// WARP and WAMP peers in one real realm, and what each of them received. Frames as they are; WAMP messages as one line.
class WarpPlay final : private Egress, private LinkCensus, private Questions {
 public:
    explicit WarpPlay(const RealmSettings& settings, WarpLimits limits = {});

    void open(const std::string& name, PeerFacts facts = on_this_machine());  // a WARP connection
    static PeerFacts on_this_machine();
    void join(const std::string& name);  // a WAMP session
    void frame(const std::string& name, std::string_view text);
    void message(const std::string& name, const Message& message);
    void yield(const std::string& name, std::string_view args, bool progress = false);  // to the newest INVOCATION
    void fail(const std::string& name, std::string_view error_uri);                     // the same
    void cancel(const std::string& name, CancelMode mode);                              // the newest CALL
    void say(const std::string& name, const Message& message);  // what the realm might say to it
    void lose(const std::string& name);
    void shut_down();
    Ends apply(const RealmSettings& settings);  // an edit, as the router makes it; what preview says of it must come
    Ends put_user(UserSettings user) { return realm_.put_user(std::move(user), now_, *this); }
    void verify(bool good);                   // the answer to the oldest password that the realm asked about
    void authorize(const std::string& args);  // or to the oldest CALL of its own
    void stall(const std::string& name, bool stalled);  // its socket takes nothing, or takes all again
    void gulp(const std::string& name);  // a stalled socket takes what it was handed so far, and nothing more
    void pass(std::chrono::milliseconds time);

    std::string next(const std::string& name);  // "" where there is nothing
    SessionId session(const std::string& name) { return realm_.session_of(peers_[name].endpoint); }
    const MetaBoard& board() const { return board_; }
    std::string unheard() const;
    Realm& realm() { return realm_; }
    std::uint64_t bodies() const { return bodies_; }
    bool crowded(const std::string& name) { return peers_[name].warp->crowded(); }
    /// The frames of `name` that it did not take out with `next`.
    const std::deque<SharedBytes>& frames(const std::string& name) { return peers_[name].shared; }

 private:
    struct Peer;
    class Sink;
    struct Entropy final : heddle::Entropy {
        std::uint64_t state = 0;
        std::uint64_t next() override { return ++state * 0x9E3779B97F4A7C15u; }
    };
    struct Peer {
        EndpointId endpoint;
        bool connected = false;
        bool stalled = false;
        bool asked = false;  // FrameSink::tell_when_sent
        std::unique_ptr<WarpSession> warp;
        std::deque<std::string> received;
        std::deque<SharedBytes> shared;
        RequestId invocation;
        std::uint64_t last_request = 0;
    };
    Peer* at(EndpointId endpoint);
    void settle();
    static std::string line(const Message& message);

    Delivery send(EndpointId to, const Message& message) override;
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override;
    void detached(EndpointId endpoint, CloseReason why) override;
    void close(EndpointId endpoint, CloseReason why) override;
    void each_link(FunctionRef<bool(const LinkSight&)> visit) const override;
    Totals totals() const override;
    void verify(QuestionId id, std::string hash, std::string secret) override;
    void call(QuestionId id, std::string_view procedure, const Payload& arguments) override;

    Entropy entropy_;
    Realm realm_;
    WarpLimits limits_;
    MetaBoard board_;  // before the sessions, which it outlives
    LaneProcedures procedures_{board_};
    std::map<std::string, Peer> peers_;
    std::uint32_t slots_ = 0;
    std::uint64_t bodies_ = 0;
    TimePoint now_{};
    BodyCache cache_;
    std::deque<QuestionId> passwords_, calls_;
};

/// A transcript. When it ends it is played as written, where all that peers receive must be expected; then once for each
/// peer and step, losing that peer before that step: whatever happens then, the realm is empty when all are gone.
class WarpScript {
 public:
    explicit WarpScript(RealmSettings settings = open_realm(), WarpLimits limits = {})
        : settings_(std::move(settings)), limits_(limits) {}
    ~WarpScript();
    WarpScript(const WarpScript&) = delete;
    WarpScript& operator=(const WarpScript&) = delete;

    /// The line of a test that a step stands in. (std::source_location as clang 14 has it not.)
    struct Where {
        const char* file;
        int line;
        static constexpr Where current(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
            return {file, line};
        }
    };
    WarpScript& open(const std::string& peer, PeerFacts facts = WarpPlay::on_this_machine());
    WarpScript& join(const std::string& peer);
    WarpScript& send(const std::string& peer, std::string text);
    WarpScript& receives(const std::string& peer, std::string line, Where where = Where::current());
    WarpScript& silence(const std::string& peer, Where where = Where::current());
    /// WAMP; payloads are JSON.
    WarpScript& publish(const std::string& peer, std::string topic, std::string args, bool retain = false,
                        std::string kwargs = {});
    WarpScript& subscribe(const std::string& peer, std::string topic, Match match = Match::exact,
                          bool get_retained = false);
    WarpScript& offer(const std::string& peer, std::string procedure);
    WarpScript& call(const std::string& peer, std::string procedure, std::string args, bool progress = false);
    WarpScript& cancel(const std::string& peer, CancelMode mode = CancelMode::killnowait);
    WarpScript& yield(const std::string& peer, std::string args);
    WarpScript& progress(const std::string& peer, std::string args);
    WarpScript& fail(const std::string& peer, std::string error_uri);
    WarpScript& stall(const std::string& peer, bool stalled = true);
    WarpScript& pass(std::chrono::milliseconds time);
    WarpScript& lose(const std::string& peer);
    WarpScript& shut_down();
    WarpScript& verify(bool good);
    WarpScript& authorize(std::string args);

 private:
    struct Step {
        std::string peer;
        std::function<void(WarpPlay&)> run;
        bool act;
        Where where;
    };
    WarpScript& act(const std::string& peer, std::function<void(WarpPlay&)> run);
    void play_losing(const std::string& peer, std::size_t before) const;

    RealmSettings settings_;
    WarpLimits limits_;
    std::vector<Step> steps_;
};

}  // namespace heddle::test
