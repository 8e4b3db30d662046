#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "realms/endpoint.hpp"
#include "realms/peer_facts.hpp"
#include "realms/settings.hpp"
#include "router/http_login.hpp"
#include "router/local_peer.hpp"
#include "router/outlet.hpp"
#include "serializers/bytes.hpp"
#include "serializers/encoding.hpp"

namespace heddle {

class RealmHost;
class Worker;

/// What a realm said to it. The last one is any but `progress`.
struct CallStep {
    enum class Kind : std::uint8_t {
        let_in,     // the login succeeded, and the task's message is to follow (HttpCallerRef::resume)
        progress,   // a progressive result; more follows
        result,
        published,
        error,    // of the call or publication
        refused,  // the realm did not let the request in
        ended,    // the session ended before there was an answer: the realm closes, or somebody sent it away
    };
    Kind kind = Kind::ended;
    std::string error = {};           // URI: of error, refused, ended
    std::string detail = {};          // of refused and ended: a sentence for people, may be empty
    std::string args = {}, kwargs = {};  // in CallTask::answer; empty: none
    std::uint64_t publication = 0;    // of published
    std::uint64_t retry_after_s = 0;  // of refused; 0: nobody knows
    ConnectionRef sender = {};        // whose message it was: it waits while the answer does
    bool passwords = false, bearers = false;  // of refused: how to log in by HTTP there

    bool last() const { return kind != Kind::progress && kind != Kind::let_in; }
};

/// What an HTTP request wants of a realm: one CALL or PUBLISH, by somebody who logs in for it.
struct CallTask {
    std::string realm;
    PeerFacts facts;
    HttpLogin login;
    Encoding encoding = Encoding::json;  // of `message`
    SharedBytes message;                 // CALL or PUBLISH, which decode() takes
    /// Where it is set: makes `message` of the request's body, once the login has succeeded and not before; nobody else's
    /// body is parsed. Called at most once, on the realm's thread. A step is the answer to a request that is not valid.
    std::function<std::optional<CallStep>(SharedBytes& message)> prepare = {};
    Encoding answer = Encoding::json;    // of what comes back
    bool progressive = false;            // results come one by one
    bool message_follows = false;        // log in now; HttpCallerRef::resume brings the message
};

class HttpCaller;

/// The way to a request in a realm, from the connection that waits for it.
class HttpCallerRef {
 public:
    HttpCallerRef() = default;
    HttpCallerRef(Worker& there, std::weak_ptr<HttpCaller> caller) : there_(&there), caller_(std::move(caller)) {}
    /// Any thread: nobody waits for an answer any more. What was called is canceled.
    void give_up() const;
    /// Any thread, after CallStep::let_in: what a task whose message follows is to say.
    void resume(CallTask with_message) const;

 private:
    Worker* there_ = nullptr;
    std::weak_ptr<HttpCaller> caller_;
};

/// One HTTP request in a realm. It enters like any client, says HELLO, proves who it is, asks, and leaves with the
/// answer; no list shows it, and no meta event tells of it.
///
///   HTTP connection --begin--> realm's worker: HELLO, [AUTHENTICATE], CALL or PUBLISH --PollAnswer::call--> HTTP connection
///
/// Lives on the realm's worker until it has left. It has a timer of that worker: nobody else owns it, on any other thread
/// there is only a HttpCallerRef.
class HttpCaller final : public std::enable_shared_from_this<HttpCaller>, private LocalPeer {
 public:
    /// From any worker. `reader` gets the steps, by Worker::answer; `there` is where the realm lives.
    static HttpCallerRef begin(Worker& there, ConnectionRef reader, CallTask task);

    HttpCaller(Worker& worker, ConnectionRef reader, CallTask task);

 private:
    friend class HttpCallerRef;
    enum class Due : std::uint8_t { nothing, authenticate, ask };

    void on_message(const Message& message) override;
    void on_event(const Event&) override {}
    void on_closed(CloseReason why) override;
    void on_login(LoginResult result) override { throttled_ = result == LoginResult::throttled; }

    void enter(TimePoint now);
    void say_hello(TimePoint now);
    void go_on(TimePoint now);
    void take_message(CallTask& with, TimePoint now);
    void ask(TimePoint now);
    void leave(TimePoint now);
    void arm(std::chrono::milliseconds limit);
    void on_timer();

    void refused(std::string_view error, std::string_view detail, const Payload* more);
    void last(CallStep step);
    void add(CallStep step);
    void take_payload(CallStep& step, const Payload& payload) const;

    Worker& worker_;
    const ConnectionRef reader_;
    CallTask task_;
    RealmHost* host_ = nullptr;  // while in it
    EndpointId self_;
    Due due_ = Due::nothing;
    bool in_turn_ = false;     // go_on comes anyway
    bool left_ = false;
    bool over_ = false;        // the last step is there
    bool throttled_ = false;   // too many logins failed before this one: nobody looked at it
    std::vector<CallStep> steps_;  // not handed on yet
    boost::asio::steady_timer timer_;
};

}  // namespace heddle
