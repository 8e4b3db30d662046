#pragma once
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "realms/realm.hpp"
#include "tests/realms/words.hpp"

namespace heddle::test {

/// Randomness that every run repeats.
class CountedEntropy final : public Entropy {
 public:
    explicit CountedEntropy(std::uint64_t seed = 1) : state_(seed) {}
    std::uint64_t next() override;  // splitmix64

 private:
    std::uint64_t state_;
};

/// "2 sessions 1 link", or "nothing".
std::string text_of(const Ends& ends);

/// One run of a script: a realm, the peers around it, and what each of them got.
class Play final : private Egress, private Questions {
 public:
    explicit Play(const RealmSettings& settings);

    void connect(const std::string& peer);  // again under the same name: a new endpoint
    bool send(const std::string& peer, const Message& message);
    void admit(const std::string& peer, Roles roles, const Identity& as);
    void violate(const std::string& peer, CloseReason why);  // what a transport reports
    void lose(const std::string& peer);
    void revoke(const std::string& peer, std::uint64_t subscription, std::string_view reason);
    void pass(std::chrono::milliseconds time);
    /// Time passes, and the realm is not told: nothing was due.
    void wait(std::chrono::milliseconds time) { now_ += time; }
    void shut_down();
    void drain() { realm_.drain(now_, *this); }
    std::size_t send_idle_away(std::size_t max) { return realm_.send_idle_away(max, now_, *this); }
    /// Edits. What `preview` says of one must be what comes of it.
    Ends apply(const RealmSettings& settings);
    Ends put_user(UserSettings user) { return realm_.put_user(std::move(user), now_, *this); }
    Ends remove_user(std::string_view authid) { return realm_.remove_user(authid, now_, *this); }
    bool kick(const std::string& peer, std::string_view reason);
    /// The oldest open question of the realm, as "procedure args", and its answer: `error` or `args`.
    std::string asked() const { return asked_.empty() ? std::string() : asked_.front().text; }
    std::size_t questions() const { return asked_.size(); }
    bool answer(std::string_view error, std::string_view args = {});
    const std::vector<std::string>& notes() const { return notes_; }
    void takes(const std::string& peer, std::size_t payload_bytes_max) { peers_[peer].takes = payload_bytes_max; }

    /// The next thing that happened to the peer, as a line; "" when there is nothing.
    std::string next(const std::string& peer);
    EndpointId endpoint(const std::string& peer) const { return peers_.at(peer).endpoint; }
    std::uint64_t session(const std::string& peer) const { return peers_.at(peer).session; }
    std::string authid(const std::string& peer) const { return peers_.at(peer).authid; }
    std::vector<std::string> connected() const;
    std::size_t known() const { return peers_.size(); }
    std::string unheard() const;  // all lines that nobody asked for
    Realm& realm() { return realm_; }
    Realm::Counts counts() const { return realm_.counts(); }
    TimePoint now() const { return now_; }
    std::string line(const Message& message);             // as `next` would show it
    static std::string expected(const Message& message);  // with ids as written

 private:
    struct Peer {
        EndpointId endpoint;
        bool connected = false;
        std::uint64_t session = 0;
        std::string authid;
        std::size_t takes = ~std::size_t{0};
        std::deque<std::string> got;
    };
    Delivery send(EndpointId to, const Message& message) override;
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override;
    void detached(EndpointId endpoint, CloseReason why) override;
    void close(EndpointId endpoint, CloseReason why) override;
    Peer* at(EndpointId endpoint);
    void verify(QuestionId, std::string, std::string) override {}
    void call(QuestionId id, std::string_view procedure, const Payload& arguments) override;
    void note(std::string_view event, std::string_view what) override;

    CountedEntropy entropy_;
    Realm realm_;
    TimePoint now_{std::chrono::hours(1)};
    std::map<std::string, Peer> peers_;
    std::uint32_t slots_ = 0;
    std::map<std::uint64_t, std::uint64_t> publications_;  // random id -> 1, 2, 3..
    struct Asked {
        QuestionId id;
        std::string text;
    };
    std::deque<Asked> asked_;
    std::vector<std::string> notes_;
    bool inside_ = false;                                  // the realm is speaking: nobody may call it now
};

/// The line of a test that a step stands in. (std::source_location as clang 14 has it not.)
struct Where {
    const char* file;
    int line;
    static constexpr Where current(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        return {file, line};
    }
};

/// A transcript. It is played when it goes out of scope: once as written, where every line that a peer gets must be
/// expected, and then again and again with each peer lost after each step, where nothing may break and nothing may be
/// left behind.
class Script {
 public:
    explicit Script(RealmSettings settings = open_realm()) : settings_(std::move(settings)) {}
    ~Script();
    Script(const Script&) = delete;

    Script& connect(std::string peer, Where where = Where::current());
    Script& join(std::string peer, Roles roles = all_roles(), Where where = Where::current());
    /// Somebody whom the router vouches for, in the role of anonymous clients.
    Script& admit(std::string peer, std::string authid, Roles roles, Where where = Where::current());
    Script& send(std::string peer, Message message, Where where = Where::current());
    /// For messages that name ids which only the run knows.
    Script& send(std::string peer, std::function<Message(Play&)> make, Where where = Where::current());
    Script& violate(std::string peer, CloseReason why, Where where = Where::current());
    Script& lose(std::string peer, Where where = Where::current());
    /// The router ends a subscription.
    Script& revoke(std::string peer, std::uint64_t subscription, std::string reason, Where where = Where::current());
    Script& pass(std::chrono::milliseconds time, Where where = Where::current());
    Script& shut_down(Where where = Where::current());
    Script& drain(Where where = Where::current());
    Script& send_idle_away(std::size_t max, Where where = Where::current());
    /// Edits, and what they end: "2 sessions 1 subscription", "nothing".
    Script& apply(RealmSettings settings, std::string ends, Where where = Where::current());
    Script& put_user(UserSettings user, std::string ends, Where where = Where::current());
    Script& remove_user(std::string authid, std::string ends, Where where = Where::current());
    /// Somebody whom the router vouches for, in a role of its own.
    Script& admit_as(std::string peer, std::string authid, std::string role, Where where = Where::current());
    /// The realm asks this, and receives that.
    Script& asks(std::string question, Where where = Where::current());
    Script& answer(std::string args, Where where = Where::current());
    Script& answer_error(std::string error, Where where = Where::current());
    Script& takes(std::string peer, std::size_t payload_bytes_max, Where where = Where::current());

    Script& expect(std::string peer, Message message, Where where = Where::current());
    Script& expect_silence(std::string peer, Where where = Where::current());
    Script& expect_closed(std::string peer, CloseReason why, Where where = Where::current());
    Script& expect_detached(std::string peer, Where where = Where::current());
    /// ABORT protocol_violation, then the transport closes.
    Script& expect_violation(std::string peer, Where where = Where::current());
    Script& check(std::function<void(Play&)> look, Where where = Where::current());

 private:
    enum class Kind { act, expect };
    struct Step {
        Kind kind;
        std::string peer;  // whose act it is; empty: nobody's
        std::function<void(Play&)> run;
        Where where;
    };
    Script& act(std::string peer, std::function<void(Play&)> run, Where where);
    Script& expect_line(std::string peer, std::string line, Where where);
    void play_as_written() const;
    void play_losing(const std::string& peer, std::size_t after_step) const;

    RealmSettings settings_;
    std::vector<Step> steps_;
};

}  // namespace heddle::test
