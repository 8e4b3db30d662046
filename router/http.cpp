#include "router/http.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "router/connection.hpp"
#include "router/console.hpp"
#include "router/cookies.hpp"
#include "router/health.hpp"
#include "router/http_answer.hpp"
#include "router/http_cookies.hpp"
#include "router/http_reader.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/long_poll.hpp"
#include "router/long_poll_request.hpp"
#include "router/metrics/endpoint.hpp"
#include "router/pages.hpp"
#include "router/upgrade.hpp"
#include "router/wamp_peer.hpp"
#include "router/warp_peer.hpp"
#include "router/websocket.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view plain = "text/plain; charset=utf-8";
constexpr std::size_t ahead_max = 64 << 10;  // of requests that came before the one before them was answered

class Http final : public Protocol {
 public:
    explicit Http(Connection& connection)
        : connection_(connection), reader_(connection.worker().limits().http_header, [this](std::string_view target) {
              return body_max(target);
          }) {}

    std::string_view name() const override { return "http"; }
    std::size_t on_bytes(std::span<char> bytes) override;
    bool awaits_answer() const override { return asked_.has_value(); }
    void on_answer(PollAnswer answer) override;
    void on_gone(bool all_sent) override;

 private:
    void read_requests();
    std::size_t body_max(std::string_view target) const;
    void answer(HttpRequest& request);
    HttpAnswer page(std::string_view path) const;
    void upgrade(const HttpRequest& request);
    std::string give_cookie(const HttpRequest& request);
    void poll(const LongPollTarget& target, HttpRequest& request);
    void wait_for(ConnectionRef who);
    HttpAnswer open_transport(std::string_view content_type, const HttpRequest& request);
    void respond(HttpAnswer answer);
    void refuse(unsigned status, const std::string& sentence, CloseReason why);

    Connection& connection_;
    HttpReader reader_;
    bool reading_ = false;  // in read_requests
    bool keep_open_ = false;
    bool body_wanted_ = true;
    std::string origin_;                  // of a browser that may read the answer
    bool no_content_ = false;             // see poll()
    std::optional<ConnectionRef> asked_;  // the long-poll transport that the request waits for
    ConnectionRef carried_from_;          // the last answer has messages of it
};

std::string_view path_of(std::string_view target) { return target.substr(0, target.find_first_of("?#")); }

std::size_t Http::on_bytes(std::span<char> bytes) {
    reader_.add({bytes.data(), bytes.size()});
    read_requests();
    if (asked_ && reader_.unread() > ahead_max) connection_.pause_reading(true);
    return bytes.size();
}

void Http::read_requests() {
    if (reading_) return;  // an answer came at once: the loop below is still running
    reading_ = true;
    while (!asked_ && !connection_.closing()) {
        const auto found = reader_.next();
        if (found == HttpReader::Found::more) break;
        keep_open_ = false;
        if (found == HttpReader::Found::refused) {
            refuse(reader_.status(), reader_.sentence(), CloseReason::handshake_failed);
        } else if (connection_.surplus()) {
            refuse(503, "too many connections: try again later", CloseReason::too_many_connections);
        } else if (found == HttpReader::Found::upgrade) {
            upgrade(reader_.request());
            break;
        } else if (found == HttpReader::Found::go_ahead) {
            connection_.send(Frame(SharedBytes("HTTP/1.1 100 Continue\r\n\r\n")), FrameKind::required);
        } else {
            HttpRequest request = reader_.take();
            answer(request);
        }
    }
    reading_ = false;
}

/// A message of a long-poll client is a request's body.
std::size_t Http::body_max(std::string_view target) const {
    const Limits& limits = connection_.worker().limits();
    const bool polled = long_poll_target(connection_.listener().settings.long_poll, path_of(target)).has_value();
    return polled ? std::max(limits.message, limits.http_body) : limits.http_body;
}

void Http::upgrade(const HttpRequest& request) {
    std::string offered;
    const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
    for (auto line = first; line != last; ++line)
        offered.append(offered.empty() ? "" : ",").append(view(line->value()));
    const std::string local = local_address(connection_);
    const UpgradeRequest wanted{view(request.target()), offered, view(request[http::field::origin]), local,
                                connection_.secure()};
    const UpgradeDecision decision =
        decide_upgrade(wanted, connection_.worker().directory(), connection_.worker().settings().default_realm,
                       connection_.listener().settings);
    if (decision.status != 101) return refuse(decision.status, decision.refusal, CloseReason::handshake_failed);
    const std::string cookie = give_cookie(request);
    const Handshake handshake = answer_handshake(reader_.head(), decision.subprotocol.name, cookie);
    connection_.send(Frame(SharedBytes(handshake.response)), FrameKind::required);
    if (!handshake.accepted) return connection_.close(CloseReason::handshake_failed);
    connection_.handshake_done(!decision.subprotocol.warp);
    if (decision.subprotocol.warp) {
        connection_.set_peer(make_warp_peer(connection_, *decision.realm));
    } else {
        constexpr auto any_size = std::numeric_limits<std::size_t>::max();
        connection_.set_peer(make_wamp_peer(connection_, decision.subprotocol.form, any_size));
    }
    connection_.switch_to(make_websocket(connection_, decision.subprotocol), reader_.take_rest());
}

void Http::answer(HttpRequest& request) {
    keep_open_ = request.keep_alive() && !connection_.listener().replaced;
    body_wanted_ = request.method() != http::verb::head;
    origin_.clear();
    const std::string_view path = path_of(view(request.target()));
    const ListenerSettings& listener = connection_.listener().settings;
    if (const auto target = long_poll_target(listener.long_poll, path); target && listener.wamp)
        return poll(*target, request);
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return respond({405, plain, "only GET and HEAD are answered here\n", {{"Allow", "GET, HEAD"}}});
    if (listener.metrics && path == "/metrics") {
        wait_for(connection_.self());
        return metrics::answer_metrics(connection_.worker(), connection_.self(), view(request[http::field::accept]));
    }
    if (listener.health && (path == "/health/live" || path == "/livez")) {
        wait_for(connection_.self());
        return metrics::answer_live(connection_.worker(), connection_.self());
    }
    if (listener.console) {
        if (auto found = console_answer(path, view(request[http::field::if_none_match]))) return respond(std::move(*found));
    }
    respond(page(path));
}

HttpAnswer Http::page(std::string_view path) const {
    const ListenerSettings& listener = connection_.listener().settings;
    if (listener.health) {
        if (auto health = health_answer(path, connection_.worker().site()))
            return {health->status, "application/json", std::move(health->body), {}};
    }
    if (auto found = find_page(listener, path)) {
        if (found->status == 200)
            return {200, {}, std::move(found->body), {{"Content-Type", std::move(found->content_type)}}};
        if (found->status == 301) return {301, plain, {}, {{"Location", std::move(found->location)}}};
        return {found->status, plain, "there is no such page\n", {}};
    }
    if (path == "/")
        return {200,
                plain,
                "heddle speaks WAMP (subprotocols wamp.2.json, wamp.2.msgpack, wamp.2.cbor and their batched forms; "
                "RawSocket; long-poll) and WARP (warp0) on this port.\n",
                {}};
    return {404, plain, "there is no such page\n", {}};
}

/// WAMP, "HTTP Longpoll Transport". Success of `send` and `close` is "202 (no content)" there: 202 by default, and 204
/// for clients that name a charset in their Content-Type, as autobahn-js does, which takes 202 for a failure.
void Http::poll(const LongPollTarget& target, HttpRequest& request) {
    using What = LongPollTarget::What;
    const std::string_view origin = view(request[http::field::origin]);
    if (!origin_allowed(origin, local_address(connection_), connection_.secure(), connection_.listener().settings))
        return respond({403, plain, "origin " + std::string(origin) + " is not on this listener's list\n", {}});
    origin_ = origin;
    if (target.what == What::unknown) return respond({404, plain, "no such transport\n", {}});
    if (request.method() == http::verb::options)
        return respond({204,
                        {},
                        {},
                        {{"Allow", "POST, OPTIONS"},
                         {"Access-Control-Allow-Methods", "POST"},
                         {"Access-Control-Allow-Headers", "Content-Type"},
                         {"Access-Control-Max-Age", "600"}}});
    if (request.method() != http::verb::post)
        return respond({405, plain, "only POST is answered here\n", {{"Allow", "POST, OPTIONS"}}});
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

/// Where a realm lets browsers be known again, each gets a new cookie, which is worth nothing before its owner logged in;
/// the one that it brought is not used again for that: somebody else may have planted it. The value of Set-Cookie.
std::string Http::give_cookie(const HttpRequest& request) {
    Worker& worker = connection_.worker();
    std::string brought = cookie_of(request, connection_);
    std::string made = worker.site().cookies ? make_cookie(worker.entropy()) : std::string();
    const CookiePlace place = cookie_place(view(request.target()));
    const std::string text = made.empty() ? made : set_cookie(made, connection_.secure(), place);
    connection_.set_cookies(std::move(brought), std::move(made));
    return text;
}

/// However long it takes: whoever answers has deadlines of his own.
void Http::wait_for(ConnectionRef who) {
    asked_ = who;
    connection_.handshake_done(false);
}

HttpAnswer Http::open_transport(std::string_view content_type, const HttpRequest& request) {
    if (!content_type.empty() && !content_type.starts_with("application/json"))
        return {400, plain, "open takes application/json\n", {}};
    const LongPollOffer offer = read_long_poll_offer(request.body());
    if (!offer.protocol) return {400, plain, std::string(offer.refusal) + "\n", {}};
    Worker& worker = connection_.worker();
    Site& site = worker.site();
    if (site.draining || site.connections >= worker.limits().connections)
        return {503, plain, "too many connections: try again later\n", {}};
    ++site.connections;
    const std::uint64_t high = worker.entropy().next();
    const std::string secret = long_poll_secret(high, worker.entropy().next());
    const auto transport = std::make_shared<LongPoll>(worker, connection_.shared_listener(), connection_.from(),
                                                      connection_.secure(), *offer.protocol, secret);
    const ConnectionRef self = worker.place(transport);
    const std::string cookie = give_cookie(request);
    transport->came_with(connection_.facts());
    connection_.set_cookies({}, {});  // another transport may be opened here, by somebody else
    transport->start(self);
    HttpAnswer opened{200,
                      "application/json",
                      "{\"protocol\":\"" + std::string(offer.protocol->name) + "\",\"transport\":\"" +
                          long_poll_id(self, secret) + "\"}",
                      {}};
    if (!cookie.empty()) opened.fields.push_back({"Set-Cookie", cookie});
    return opened;
}

void Http::on_answer(PollAnswer said) {
    if (!asked_) return;
    asked_.reset();
    carried_from_ = said.carried_from;
    if (said.status == 202 && no_content_) said.status = 204;
    respond({said.status, said.content_type, std::move(said.body), {}});
    connection_.pause_reading(false);
    read_requests();
}

void Http::on_gone(bool all_sent) {
    if (asked_)
        connection_.worker().ask(*asked_, {PollRequest::What::reader_lost, connection_.self(), {}, {}});
    else if (carried_from_.generation != 0 && !all_sent)
        connection_.worker().ask(carried_from_, {PollRequest::What::answer_lost, {}, {}, {}});
}

void Http::refuse(unsigned status, const std::string& sentence, CloseReason why) {
    body_wanted_ = true;
    connection_.send(Frame(SharedBytes(http_text({status, plain, sentence + "\n", {}}, false, true))),
                     FrameKind::required);
    connection_.close(why);
}

void Http::respond(HttpAnswer answer) {
    if (!origin_.empty())
        answer.fields.insert(answer.fields.end(), {{"Access-Control-Allow-Origin", origin_},
                                                   {"Access-Control-Allow-Credentials", "true"},
                                                   {"Vary", "Origin"}});
    connection_.send(Frame(SharedBytes(http_text(answer, keep_open_, body_wanted_))), FrameKind::required);
    if (!keep_open_) return connection_.close(CloseReason::goodbye);
    connection_.renew_handshake();
}

}  // namespace

std::unique_ptr<Protocol> make_http(Connection& connection) { return std::make_unique<Http>(connection); }

}  // namespace heddle
