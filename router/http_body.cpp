// Which bodies are read, and after what: before anybody is known, a connection holds little.
#include <utility>

#include "router/connection.hpp"
#include "router/http_connection.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

/// A signature is over the body: until the body is here, nobody knows who signs.
bool by_signature(const HttpRoute& route) { return route.alias && !route.alias->key.empty(); }

}  // namespace

/// The head of a request is here, its body is not. What is small may come in any case. A larger body waits: that of a
/// long-poll message until its transport says that it may come, that of a call until its caller is logged in.
void HttpConnection::admit_body() {
    const HttpRequest& request = reader_.request();
    const HttpRoute to = route(path_of(view(request.target())));
    route_name_ = name_of(to.to);
    body_wanted_ = true;
    if (to.to == HttpRoute::To::poll) {
        if (auto preface = poll_preface(to.poll, request)) return respond(std::move(*preface));
        if (to.poll.what == LongPollTarget::What::send) return announce(to.poll);
    }
    const std::size_t before_login = connection_.worker().limits().message_before_session;
    const bool small = reader_.body_size() <= before_login;
    if (small || to.to == HttpRoute::To::api) return reader_.take_body();  // of the latter limits.http_body is the bound
    if (to.to == HttpRoute::To::bridge && !by_signature(to)) return log_in_first(to);
    refuse_body(to, "the request's body is larger than " + std::to_string(before_login) +
                        " bytes, the most that is read here before a login (limits.message_before_session)");
}

/// The deadline of the request goes on.
void HttpConnection::announce(const LongPollTarget& target) {
    asked_ = target.transport;
    connection_.worker().ask(target.transport, {PollRequest::What::announce, connection_.self(),
                                                std::string(target.secret), {}, reader_.body_size()});
}

void HttpConnection::log_in_first(const HttpRoute& route) {
    const HttpRequest& request = reader_.request();
    chunks_known_ = request.version() >= 11;
    if (auto refusal = refusal_of(route, request)) return respond(std::move(*refusal));
    HttpAsk ask = ask_of(request);
    ask.body_follows = true;
    begin(begun_of(route, std::move(ask)));
}

void HttpConnection::body_may_come() {
    reader_.take_body();
    if (body_due_) connection_.renew_handshake();
    read_on();
}

/// The body that waited for a login is here.
void HttpConnection::bring_body(const HttpRoute& route, const HttpRequest& request) {
    body_due_ = false;
    HttpBegun begun = begun_of(route, ask_of(request));
    if (begun.answer) {
        caller_.give_up();
        caller_ = {};
        exchange_.reset();
        return respond(std::move(*begun.answer));
    }
    exchange_ = std::move(begun.exchange);
    connection_.handshake_done(false);  // the call has its own deadlines
    caller_.resume(std::move(begun.task));
}

}  // namespace heddle
