#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "router/http_answer.hpp"
#include "router/http_call.hpp"
#include "router/http_exchange.hpp"
#include "router/http_reader.hpp"
#include "router/http_routes.hpp"
#include "router/protocol.hpp"

namespace heddle {

/// HTTP/1.1 on one connection: a request at a time, answered at once or when somebody elsewhere has an answer (a
/// long-poll transport, all workers, a realm). In several files, for its own use:
///
///   http_body.cpp     which bodies are read, and after what
///   http.cpp          bytes to requests, whom they go to, pages, answers to bytes
///   http_upgrade.cpp  to WebSocket, and cookies
///   http_poll.cpp     WAMP by long-poll
///   http_calls.cpp    what realms answer: the bridge, administration
class HttpConnection final : public Protocol {
 public:
    explicit HttpConnection(Connection& connection);
    ~HttpConnection() override;

    std::string_view name() const override { return "http"; }
    std::size_t on_bytes(std::span<char> bytes) override;
    bool awaits_answer() const override { return asked_.has_value() || (exchange_ && !body_due_); }
    void on_answer(PollAnswer answer) override;
    std::size_t kept_input() const override { return reader_.kept_bytes(); }
    void on_gone(bool all_sent) override;

 private:
    // http.cpp
    void read_requests();
    void read_on();
    bool for_this_host(const HttpRequest& request) const;
    bool watches(const HttpRequest& request) const;
    HttpRoute route(std::string_view path) const;
    std::size_t body_max(std::string_view target) const;
    void answer(HttpRequest& request);
    void answer_page(const HttpRequest& request, std::string_view path);
    HttpAnswer page(std::string_view path) const;
    void wait_for(ConnectionRef who);
    void respond(HttpAnswer answer);
    void finish();
    void refuse_unread();
    void refuse_body(const HttpRoute& to, const std::string& sentence);
    void refuse(unsigned status, const std::string& sentence, CloseReason why);
    void refuse(HttpAnswer answer, CloseReason why);
    void send(std::string text);
    void count(unsigned status);
    void add_origin(HttpAnswer& answer) const;

    // http_body.cpp
    void admit_body();
    void announce(const LongPollTarget& target);
    void log_in_first(const HttpRoute& route);
    void body_may_come();
    void bring_body(const HttpRoute& route, const HttpRequest& request);

    // http_upgrade.cpp
    void upgrade(const HttpRequest& request);
    std::string give_cookie(const HttpRequest& request);

    // http_poll.cpp
    std::optional<HttpAnswer> poll_preface(const LongPollTarget& target, const HttpRequest& request);
    void poll(const LongPollTarget& target, HttpRequest& request);
    HttpAnswer open_transport(std::string_view content_type, const HttpRequest& request);

    // http_calls.cpp
    void call(const HttpRoute& route, const HttpRequest& request);
    HttpAsk ask_of(const HttpRequest& request) const;
    std::optional<HttpAnswer> refusal_of(const HttpRoute& route, const HttpRequest& request);
    HttpBegun begun_of(const HttpRoute& route, HttpAsk ask);
    void begin(HttpBegun begun);
    void on_step(CallStep& step);

    Connection& connection_;
    HttpReader reader_;
    bool reading_ = false;  // in read_requests
    // Of the request at hand.
    bool keep_open_ = false;
    bool body_wanted_ = true;
    bool chunks_known_ = true;                // the client can read a body in chunks
    std::string_view route_name_ = "unread";  // for metrics, as the next one: static text
    std::string_view method_ = "other";
    TimePoint since_;
    std::string origin_;                  // of a browser that may read the answer
    bool no_content_ = false;             // see poll()
    std::optional<ConnectionRef> asked_;  // whom the request waits for
    ConnectionRef carried_from_;          // the last answer has messages of it
    std::unique_ptr<HttpExchange> exchange_;  // the realm that it waits for will answer to this
    HttpCallerRef caller_;
    bool body_due_ = false;  // the login that the request's body waited for succeeded
};

inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";

}  // namespace heddle
