#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "router/client/login.hpp"
#include "router/client/transport.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// Who the router says we are.
struct WampIdentity {
    std::uint64_t session = 0;
    std::string realm, authid, authrole, authmethod;
    Roles router;  // what it announced
};

struct WampOptions {
    Address address;
    std::string realm;
    Encoding encoding = Encoding::json;
    std::string tls_ca;
    std::chrono::milliseconds timeout{10'000};  // of connecting and of each answer
    std::string tls_cert = {}, tls_key = {};    // PEM files of our own certificate
    LoginCredentials credentials = {};
    std::function<void(const WampIdentity&)> joined = {};  // told who we are, each time
};

/// One WAMP session as a client, in one thread: requests are sent at once and answered through handlers, which run
/// while somebody waits in `wait` or `wait_long`.
class WampClient {
 public:
    /// The answer to a request: Published, Subscribed, Unsubscribed, Registered, CallResult or ErrorReply. Good during
    /// the call.
    using OnAnswer = std::function<void(const Message&)>;
    using OnEvent = std::function<void(const Event&)>;
    using OnInvocation = std::function<void(const Invocation&)>;

    /// Connects and joins, or throws Failure.
    WampClient(Loop& loop, const WampOptions& options);
    ~WampClient();

    const WampIdentity& identity() const { return identity_; }
    Encoding encoding() const { return options_.encoding; }

    /// Each gives the request's id. A CALL may be answered several times where `receive_progress` asks for it.
    std::uint64_t call(std::string_view procedure, const CallOptions& options, const Payload& payload, OnAnswer answer);
    std::uint64_t publish(std::string_view topic, const PublishOptions& options, const Payload& payload,
                          OnAnswer answer);
    std::uint64_t subscribe(std::string_view topic, const SubscribeOptions& options, OnAnswer answer, OnEvent event);
    std::uint64_t unsubscribe(SubscriptionId subscription, OnAnswer answer);
    std::uint64_t enroll(std::string_view procedure, const RegisterOptions& options, OnAnswer answer,
                         OnInvocation invocation);

    /// Answers to an invocation.
    void yield(RequestId invocation, const Payload& payload);
    void fail(RequestId invocation, std::string_view error, const Payload& payload);

    /// Runs the loop until `done`. Throws Failure where the session ends first or the timeout passes; `what` names the
    /// wait.
    void wait(const std::function<bool()>& done, std::string_view what);
    /// The same up to any deadline; false where that came first, or Ctrl-C.
    bool wait_long(const std::function<bool()>& done, Deadline deadline);

    /// Bytes not yet handed to the system: a sender without acknowledgements waits for this to sink.
    std::size_t waiting() const { return transport_->waiting(); }
    bool lost() const { return !ended_.empty(); }

    /// GOODBYE and its answer, then the transport's end. Says nothing about what goes wrong on the way.
    void leave();

 private:
    void hello();
    /// Login speaks JSON; these two bring it into the session's encoding and back.
    void send_json(const nlohmann::json& message);
    std::optional<nlohmann::json> as_json(std::string_view frame) const;
    void on_challenge(std::string_view frame);
    void on_welcome(std::string_view frame, const Welcome& welcome);
    void on_frame(std::string_view frame);
    void on_message(const Message& message);
    void answer(std::uint64_t request, const Message& message);
    void send(const Message& message);
    void end(std::string why);
    [[noreturn]] void throw_ended() const;
    std::uint64_t expect(OnAnswer answer);

    Loop& loop_;
    WampOptions options_;
    std::unique_ptr<ClientTransport> transport_;
    std::unique_ptr<Login> login_;         // until we are in
    std::optional<Failure> login_failed_;  // thrown by who waits
    WampIdentity identity_;
    std::uint64_t next_request_ = 0;
    std::map<std::uint64_t, OnAnswer> pending_;
    std::map<std::uint64_t, OnEvent> subscriptions_;       // by subscription id
    std::map<std::uint64_t, OnInvocation> registrations_;  // by registration id
    bool welcomed_ = false, goodbye_ = false, transport_over_ = false;
    std::string ended_;      // why; empty while all is well
    std::string abort_uri_;  // of an ABORT or GOODBYE that ended us
};

}  // namespace heddle
