// Requests that a realm answers: the HTTP bridge, and administration.
#include <chrono>
#include <utility>

#include "router/admin/http_api.hpp"
#include "router/connection.hpp"
#include "router/http_bridge.hpp"
#include "router/http_connection.hpp"
#include "router/http_cookies.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/upgrade.hpp"
#include "router/worker.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

std::int64_t wall_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

/// What is said before anybody looks at the login or the body. The bridge is for pages of the listener's origins;
/// administration for those that it names, and for its own. Nothing: go on.
std::optional<HttpAnswer> HttpConnection::refusal_of(const HttpRoute& route, const HttpRequest& request) {
    const bool bridge = route.to == HttpRoute::To::bridge;
    const auto refusal = [&](std::string_view error, std::string_view detail) {
        return bridge ? bridge_refusal(error, detail) : admin::api_refusal(error, detail);
    };
    const std::string origin = origin_of(request);
    const ListenerSettings& listener = connection_.listener().settings;
    const auto may = bridge ? origin_allowed : origin_trusted;
    if (!may(origin, local_address(connection_), connection_.secure(), listener))
        return refusal("heddle.error.cross_site", "origin " + std::string(origin) + " is not on this listener's list");
    origin_ = origin;
    if (auto preface = bridge ? bridge_preface(route, request) : admin::api_preface(request, path_of(view(request.target()))))
        return preface;
    if (connection_.worker().site().draining) return refusal(uri::system_shutdown, "the router stops");
    return std::nullopt;
}

void HttpConnection::call(const HttpRoute& route, const HttpRequest& request) {
    if (auto refusal = refusal_of(route, request)) return respond(std::move(*refusal));
    begin(begun_of(route, ask_of(request)));
}

HttpBegun HttpConnection::begun_of(const HttpRoute& route, HttpAsk ask) {
    if (route.to == HttpRoute::To::api) return admin::begin_api(std::move(ask));
    return begin_bridge(route, std::move(ask), connection_.worker().site().nonces, wall_ms());
}

HttpAsk HttpConnection::ask_of(const HttpRequest& request) const {
    const std::string_view target = view(request.target());
    HttpAsk ask{request, path_of(target), query_of(target), connection_.facts(), !origin_.empty(), false};
    ask.facts.cookie = cookie_of(request, connection_);
    ask.facts.new_cookie.clear();
    if (!origin_trusted(origin_, local_address(connection_), connection_.secure(), connection_.listener().settings)) {
        ask.facts.certificate.reset();  // the browser shows it whoever wrote the page
        ask.facts.local_user.clear();
    }
    return ask;
}

void HttpConnection::begin(HttpBegun begun) {
    if (begun.answer) return respond(std::move(*begun.answer));
    Worker& worker = connection_.worker();
    const RealmAddress* realm = worker.directory().find(begun.task.realm, connection_.listener().settings);
    if (!realm) {
        CallStep step{CallStep::Kind::refused, std::string(uri::no_such_realm)};
        step.detail = "there is no realm \"" + begun.task.realm + "\" here";
        return respond(begun.exchange->on_step(step).answer);
    }
    exchange_ = std::move(begun.exchange);
    connection_.handshake_done(false);  // the call has its own deadlines
    caller_ = HttpCaller::begin(*realm->worker, connection_.self(), std::move(begun.task));
}

void HttpConnection::on_step(CallStep& step) {
    using Part = HttpOutput::Part;
    using Kind = CallStep::Kind;
    if (step.kind != Kind::refused && step.kind != Kind::ended && step.kind != Kind::error) connection_.proved();
    if (step.kind == Kind::let_in) {
        body_due_ = true;
        return body_may_come();
    }
    HttpOutput output = exchange_->on_step(step);
    if (step.last()) {
        body_due_ = false;
        exchange_.reset();
        caller_ = {};
    }
    switch (output.part) {
        case Part::whole:
            respond(std::move(output.answer));
            break;
        case Part::first:
            add_origin(output.answer);
            send(http_head_of_stream(output.answer, keep_open_ = keep_open_ && chunks_known_, chunks_known_));
            send(http_piece(output.answer.body, chunks_known_));
            break;
        case Part::more:
            send(http_piece(output.answer.body, chunks_known_));
            break;
        case Part::end:
            send(http_piece(output.answer.body, chunks_known_) + std::string(chunks_known_ ? http_end_of_stream : ""));
            count(200);
            finish();
    }
    if (step.last()) read_on();
}

}  // namespace heddle
