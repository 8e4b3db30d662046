#include "router/http.hpp"

#include <algorithm>
#include <utility>

#include "router/admin/http_api.hpp"
#include "router/connection.hpp"
#include "router/console.hpp"
#include "router/health.hpp"
#include "router/host_header.hpp"
#include "router/http_bridge.hpp"
#include "router/http_client.hpp"
#include "router/http_connection.hpp"
#include "router/listener.hpp"
#include "router/metrics/endpoint.hpp"
#include "router/pages.hpp"
#include "router/worker.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t ahead_max = 4 << 10;  // of requests that came before the one before them was answered

/// For metrics: what clients make up is "other".
std::string_view name_of(http::verb method) {
    switch (method) {
        case http::verb::get:
            return "GET";
        case http::verb::head:
            return "HEAD";
        case http::verb::post:
            return "POST";
        case http::verb::put:
            return "PUT";
        case http::verb::delete_:
            return "DELETE";
        case http::verb::options:
            return "OPTIONS";
        default:
            return "other";
    }
}

}  // namespace

HttpConnection::HttpConnection(Connection& connection)
    : connection_(connection), reader_(connection.worker().limits().http_header, [this](std::string_view target) {
          return body_max(target);
      }) {}

HttpConnection::~HttpConnection() = default;

std::size_t HttpConnection::on_bytes(std::span<char> bytes) {
    if (connection_.closing()) return bytes.size();  // nothing more is read: what comes is not kept
    reader_.add({bytes.data(), bytes.size()});
    read_requests();
    if (awaits_answer() && reader_.unread() > ahead_max) connection_.pause_reading(true);
    return bytes.size();
}

void HttpConnection::read_requests() {
    if (reading_) return;  // an answer came at once: the loop below is still running
    reading_ = true;
    while (!awaits_answer() && !connection_.closing()) {
        const auto found = reader_.next();
        if (found == HttpReader::Found::more) break;
        keep_open_ = false;
        since_ = connection_.worker().now();
        if (found == HttpReader::Found::request || found == HttpReader::Found::upgrade || found == HttpReader::Found::body)
            see_client(connection_, reader_.request());
        if (found == HttpReader::Found::refused) {
            refuse_unread();
        } else if (found != HttpReader::Found::go_ahead && !for_this_host(reader_.request())) {
            refuse(421, "the name in header Host is not one of this listener: [[listener]] hosts lists its names",
                   CloseReason::handshake_failed);
        } else if (connection_.surplus() && !(found == HttpReader::Found::request && watches(reader_.request()))) {
            refuse(503, "the router is full: try again later", CloseReason::too_many_connections);
        } else if (found == HttpReader::Found::upgrade) {
            upgrade(reader_.request());
            break;
        } else if (found == HttpReader::Found::body) {
            admit_body();
        } else if (found == HttpReader::Found::go_ahead) {
            connection_.send(Frame(SharedBytes("HTTP/1.1 100 Continue\r\n\r\n")), FrameKind::required);
        } else {
            HttpRequest request = reader_.take();
            answer(request);
        }
    }
    reading_ = false;
}

bool HttpConnection::for_this_host(const HttpRequest& request) const {
    const auto [first, last] = request.equal_range(http::field::host);
    return std::all_of(first, last, [&](const auto& line) {
        return host_allowed(view(line.value()), connection_.listener().settings);
    });
}

/// Whoever watches the router is answered when it is full, too.
bool HttpConnection::watches(const HttpRequest& request) const {
    const ListenerSettings& listener = connection_.listener().settings;
    const std::string_view path = path_of(view(request.target()));
    return (listener.metrics && path == "/metrics") || (listener.health && is_health(path));
}

/// Reading goes on where a request waited for its answer.
void HttpConnection::read_on() {
    connection_.pause_reading(false);
    read_requests();
}

HttpRoute HttpConnection::route(std::string_view path) const {
    return route_of(path, connection_.listener().settings, connection_.worker().settings().bridge);
}

/// What becomes a message of WAMP may be as large as one.
std::size_t HttpConnection::body_max(std::string_view target) const {
    const Limits& limits = connection_.worker().limits();
    return route(path_of(target)).carries_messages() ? std::max(limits.message, limits.http_body) : limits.http_body;
}

void HttpConnection::answer(HttpRequest& request) {
    // A router that drains answers one request more on each connection. Long-poll clients need theirs to hear GOODBYE and
    // to answer it: nobody accepts another.
    const std::string_view path = path_of(view(request.target()));
    const HttpRoute to = route(path);
    const bool drains = connection_.worker().site().draining && to.to != HttpRoute::To::poll;
    keep_open_ = request.keep_alive() && !connection_.listener().replaced && !drains && !connection_.surplus();
    body_wanted_ = request.method() != http::verb::head;
    chunks_known_ = request.version() >= 11;
    method_ = name_of(request.method());
    origin_.clear();
    route_name_ = name_of(to.to);
    switch (to.to) {
        case HttpRoute::To::poll:
            return poll(to.poll, request);
        case HttpRoute::To::bridge:
        case HttpRoute::To::api:
            return body_due_ ? bring_body(to, request) : call(to, request);
        case HttpRoute::To::pages:
            return answer_page(request, path);
    }
}

void HttpConnection::answer_page(const HttpRequest& request, std::string_view path) {
    const ListenerSettings& listener = connection_.listener().settings;
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return respond({405, plain_text, "only GET and HEAD are answered here\n", {{"Allow", "GET, HEAD"}}});
    if (listener.metrics && path == "/metrics") {
        route_name_ = "metrics";
        wait_for(connection_.self());
        return metrics::answer_metrics(connection_.worker(), connection_.self(), view(request[http::field::accept]));
    }
    if (listener.health && is_liveness(path)) {
        route_name_ = "health";
        wait_for(connection_.self());
        return metrics::answer_live(connection_.worker(), connection_.self());
    }
    if (listener.console) {
        if (auto found = console_answer(path, view(request[http::field::if_none_match]))) {
            route_name_ = "console";
            return respond(std::move(*found));
        }
    }
    respond(page(path));
}

HttpAnswer HttpConnection::page(std::string_view path) const {
    const ListenerSettings& listener = connection_.listener().settings;
    if (listener.health) {
        if (auto health = health_answer(path, connection_.worker().site()))
            return {health->status, "application/json", std::move(health->body), {}};
    }
    if (auto found = find_page(listener, path)) {
        if (found->status == 200)
            return {200, {}, std::move(found->body), {{"Content-Type", std::move(found->content_type)}}};
        if (found->status == 301) return {301, plain_text, {}, {{"Location", std::move(found->location)}}};
        return {found->status, plain_text, "there is no such page\n", {}};
    }
    if (path == "/")
        return {200,
                plain_text,
                "heddle speaks WAMP (subprotocols wamp.2.json, wamp.2.msgpack, wamp.2.cbor and their batched forms; "
                "RawSocket; long-poll) and WARP (warp0) on this port.\n",
                {}};
    return {404, plain_text, "there is no such page\n", {}};
}

/// However long it takes: whoever answers has deadlines of his own.
void HttpConnection::wait_for(ConnectionRef who) {
    asked_ = who;
    connection_.handshake_done(false);
}

void HttpConnection::on_answer(PollAnswer said) {
    if (said.call) {
        if (exchange_) on_step(*said.call);
        return;
    }
    if (!asked_) return;
    // Who carries a transport that is there is no stranger: the transport itself is counted.
    if (!(*asked_ == connection_.self()) && said.status != 404) connection_.proved();
    asked_.reset();
    if (said.status == 100) return body_may_come();
    carried_from_ = said.carried_from;
    if (said.status == 202 && no_content_) said.status = 204;
    respond({said.status, said.content_type, std::move(said.body), {}});
    read_on();
}

void HttpConnection::on_gone(bool all_sent) {
    caller_.give_up();
    if (asked_)
        connection_.worker().ask(*asked_, {PollRequest::What::reader_lost, connection_.self(), {}, {}});
    else if (carried_from_.generation != 0 && !all_sent)
        connection_.worker().ask(carried_from_, {PollRequest::What::answer_lost, {}, {}, {}});
}

// ---- answers ----

/// What cannot be read is refused in the words of whom it was meant for.
void HttpConnection::refuse_unread() {
    const std::string& head = reader_.head();
    const std::size_t begin = head.find(' ') + 1;
    const HttpRoute to = route(path_of(std::string_view(head).substr(begin, head.find_first_of(" \r\n", begin) - begin)));
    route_name_ = name_of(to.to);
    if (reader_.status() == 413) return refuse_body(to, reader_.sentence());
    refuse(reader_.status(), reader_.sentence(), CloseReason::handshake_failed);
}

void HttpConnection::refuse_body(const HttpRoute& to, const std::string& sentence) {
    const bool told = to.to == HttpRoute::To::bridge || to.to == HttpRoute::To::api;
    if (!told) return refuse(413, sentence, CloseReason::message_too_big);
    const auto refusal = to.to == HttpRoute::To::api ? admin::api_refusal : bridge_refusal;
    refuse(refusal(uri::payload_size_exceeded, sentence, {}), CloseReason::message_too_big);
}

void HttpConnection::refuse(unsigned status, const std::string& sentence, CloseReason why) {
    refuse({status, plain_text, sentence + "\n", {}}, why);
}

void HttpConnection::refuse(HttpAnswer answer, CloseReason why) {
    body_wanted_ = true;
    send(http_text(answer, false, true));
    count(answer.status);
    connection_.close(why);
}

void HttpConnection::respond(HttpAnswer answer) {
    add_origin(answer);
    send(http_text(answer, keep_open_, body_wanted_));
    count(answer.status);
    finish();
}

void HttpConnection::finish() {
    if (!keep_open_) return connection_.close(CloseReason::goodbye);
    connection_.renew_handshake();
}

void HttpConnection::send(std::string text) { connection_.send(Frame(SharedBytes(text)), FrameKind::required); }

void HttpConnection::add_origin(HttpAnswer& answer) const {
    if (origin_.empty()) return;
    answer.fields.insert(answer.fields.end(),
                         {{"Access-Control-Allow-Origin", origin_},
                          {"Access-Control-Allow-Credentials", "true"},
                          {"Access-Control-Expose-Headers", "ETag, Location, Retry-After, WWW-Authenticate"},
                          {"Vary", "Origin"}});
}

void HttpConnection::count(unsigned status) {
    Worker& worker = connection_.worker();
    auto& requests = worker.tally().http[{route_name_, method_, status}];
    ++requests.count;
    requests.seconds.observe(metrics::wait_bounds, std::chrono::duration<double>(worker.now() - since_).count());
    route_name_ = "unread";
    method_ = "other";
}

std::unique_ptr<Protocol> make_http(Connection& connection) { return std::make_unique<HttpConnection>(connection); }

}  // namespace heddle
