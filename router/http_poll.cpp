// WAMP by long-poll: a request of it goes to its transport, wherever that lives.
#include "router/connection.hpp"
#include "router/http_connection.hpp"
#include "router/http_cookies.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/long_poll.hpp"
#include "router/long_poll_request.hpp"
#include "router/upgrade.hpp"
#include "router/worker.hpp"

namespace heddle {

namespace http = boost::beast::http;

/// What is said before anybody looks for the transport, or at the body. Nothing: go on.
std::optional<HttpAnswer> HttpConnection::poll_preface(const LongPollTarget& target, const HttpRequest& request) {
    const std::string origin = origin_of(request);
    if (!origin_allowed(origin, local_address(connection_), connection_.secure(), connection_.listener().settings))
        return HttpAnswer{403, plain_text, "origin " + std::string(origin) + " is not on this listener's list\n", {}};
    origin_ = origin;
    if (target.what == LongPollTarget::What::unknown) return HttpAnswer{404, plain_text, "no such transport\n", {}};
    if (request.method() == http::verb::options)
        return HttpAnswer{204,
                          {},
                          {},
                          {{"Allow", "POST, OPTIONS"},
                           {"Access-Control-Allow-Methods", "POST"},
                           {"Access-Control-Allow-Headers", "Content-Type"},
                           {"Access-Control-Max-Age", "600"}}};
    if (request.method() != http::verb::post)
        return HttpAnswer{405, plain_text, "only POST is answered here\n", {{"Allow", "POST, OPTIONS"}}};
    return std::nullopt;
}

/// WAMP, "HTTP Longpoll Transport". Success of `send` and `close` is "202 (no content)" there: 202 by default, and 204
/// for clients that name a charset in their Content-Type, as autobahn-js does, which takes 202 for a failure.
void HttpConnection::poll(const LongPollTarget& target, HttpRequest& request) {
    using What = LongPollTarget::What;
    if (auto preface = poll_preface(target, request)) return respond(std::move(*preface));
    const std::string_view content_type = view(request[http::field::content_type]);
    no_content_ = content_type.find("charset=") != std::string_view::npos;
    if (target.what == What::open) return respond(open_transport(content_type, request));
    const auto what = target.what == What::receive ? PollRequest::What::receive
                      : target.what == What::send  ? PollRequest::What::send
                                                   : PollRequest::What::close;
    wait_for(target.transport);
    connection_.worker().ask(target.transport,
                             {what, connection_.self(), std::string(target.secret), std::move(request.body())});
}

HttpAnswer HttpConnection::open_transport(std::string_view content_type, const HttpRequest& request) {
    if (!content_type.empty() && !content_type.starts_with("application/json"))
        return {400, plain_text, "open takes application/json\n", {}};
    const LongPollOffer offer = read_long_poll_offer(request.body());
    if (!offer.protocol) return {400, plain_text, std::string(offer.refusal) + "\n", {}};
    Worker& worker = connection_.worker();
    Site& site = worker.site();
    Admission::Caller caller = connection_.caller();
    caller.surplus = false;
    Admission::Answer admitted = site.admission.admit(caller, worker.now());
    if (admitted.refused) worker.tally().refuse(*admitted.refused);
    if (admitted.refused || site.draining)
        return {503, plain_text, "the router is full: try again later\n", {}};
    ++site.connections;
    const std::uint64_t high = worker.entropy().next();
    const std::string secret = long_poll_secret(high, worker.entropy().next());
    const auto transport = std::make_shared<LongPoll>(worker, connection_.shared_listener(), connection_.from(),
                                                      connection_.secure(), *offer.protocol, secret, std::move(admitted.permit));
    const ConnectionRef self = worker.place(transport);
    const std::string cookie = give_cookie(request);
    transport->came_with(connection_.facts());
    connection_.set_cookies({}, {});  // another transport may be opened here, by somebody else
    connection_.trust_page(true);
    transport->start(self);
    HttpAnswer opened{200,
                      "application/json",
                      "{\"protocol\":\"" + std::string(offer.protocol->name) + "\",\"transport\":\"" +
                          long_poll_id(self, secret) + "\"}",
                      {}};
    if (!cookie.empty()) opened.fields.push_back({"Set-Cookie", cookie});
    return opened;
}

}  // namespace heddle
