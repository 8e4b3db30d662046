#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "serializers/messages.hpp"
#include "tests/simulation/client.hpp"

namespace heddle::sim {

/// A WAMP client in all four roles: subscribes, publishes, calls, registers and answers, as its dice say, and holds what it
/// receives against the ledger and against what it asked for.
class WampClient final : public Client {
 public:
    using Client::Client;

    bool in_session() const override { return session_ == Session::open; }
    std::string check_settled() const override;
    void take_leave() override;

 private:
    enum class Session : std::uint8_t { none, hello_sent, open, goodbye_sent };
    enum class Asked : std::uint8_t { subscribe, unsubscribe, publish, call, register_, unregister };
    struct Request {
        Asked what;
        std::string about;    // topic or procedure
        std::uint64_t id = 0;  // of the subscription or registration that is to end
        Match match = Match::exact;
    };
    struct Subscription {
        std::string topic;
        Match match = Match::exact;
        std::map<std::string, Hearing> hearings;  // by topic
        bool ending = false;                      // UNSUBSCRIBE was sent
    };

    void opened() override { hello(); }
    void on_message(std::string_view message) override;
    void on_end() override { end_session(); }
    void do_something() override;

    void hello();
    void end_session();
    void send(const Message& message);
    std::uint64_t ask(Request request);
    void subscribe();
    void unsubscribe();
    void publish();
    void publish_one(const std::string& topic, std::size_t padding);
    void call();
    void cancel();
    void enroll();
    void unregister();

    void on(const Welcome&);
    void on(const Abort& m);
    void on(const Goodbye& m);
    void on(const Subscribed& m);
    void on(const Unsubscribed& m);
    void on(const Event& m);
    void on(const Published& m);
    void on(const ErrorReply& m);
    void on(const CallResult& m);
    void on(const Registered& m);
    void on(const Unregistered& m);
    void on(const Invocation& m);
    void on(const Interrupt& m);
    template <class Other>
    void on(const Other&) {
        fault("got a message that no router sends");
    }
    void answer(std::uint64_t invocation, const std::string& payload, bool progress);
    Hearing& hearing(Subscription& subscription, const std::string& topic);
    /// The request that this answers; a fault where there is none.
    Request take(std::uint64_t id, Asked what, std::string_view answer);

    Session session_ = Session::none;
    std::uint64_t sessions_ = 0;  // ever
    std::uint64_t last_request_ = 0;
    std::uint32_t published_ = 0;  // in this life
    std::map<std::uint64_t, Request> open_;
    std::map<std::uint64_t, Subscription> subscriptions_;
    std::set<std::uint64_t> registrations_;
    std::map<std::uint64_t, std::string> invocations_;  // that wait for this client, by what was asked
};

}  // namespace heddle::sim
