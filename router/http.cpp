#include "router/http.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <limits>
#include <optional>
#include <sstream>

#include "router/connection.hpp"
#include "router/health.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/pages.hpp"
#include "router/upgrade.hpp"
#include "router/wamp_peer.hpp"
#include "router/warp_peer.hpp"
#include "router/websocket.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

namespace http = boost::beast::http;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

class Http final : public Protocol {
 public:
    explicit Http(Connection& connection) : connection_(connection) { next_request(); }

    std::size_t on_bytes(std::span<char> bytes) override;

 private:
    void next_request();
    bool parse();
    void answer(const Request& request);
    void upgrade(const Request& request);
    void respond(unsigned status, std::string_view content_type, std::string body, std::string_view location = {});

    Connection& connection_;
    std::string received_;  // not parsed yet
    std::string head_;      // of the request being read, as it came: the WebSocket engine wants it whole
    std::optional<http::request_parser<http::string_body>> parser_;
    bool keep_open_ = false;
    bool body_wanted_ = true;
};

void Http::next_request() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(connection_.worker().limits().http_header));
    parser_->body_limit(connection_.worker().limits().http_body);
    parser_->eager(true);
    head_.clear();
}

std::size_t Http::on_bytes(std::span<char> bytes) {
    received_.append(bytes.data(), bytes.size());
    while (!received_.empty() && !connection_.closing() && parse()) {
        const Request request = parser_->release();
        next_request();
        answer(request);
        if (keep_open_) {
            connection_.renew_handshake();
        } else {
            connection_.close(CloseReason::goodbye);
        }
    }
    return bytes.size();
}

/// True when a whole request is in `parser_`.
bool Http::parse() {
    keep_open_ = false;
    if (!parser_->is_header_done()) {
        const std::size_t end = received_.find("\r\n\r\n");
        const std::size_t limit = connection_.worker().limits().http_header;
        if (end == std::string::npos ? received_.size() > limit : end + 4 > limit) {
            respond(431, "text/plain", "the request's header is larger than " + std::to_string(limit) + " bytes\n");
            return connection_.close(CloseReason::handshake_failed), false;
        }
        if (end == std::string::npos) return false;
        head_ = received_.substr(0, end + 4);
    }
    boost::beast::error_code error;
    const std::size_t used = parser_->put(boost::asio::buffer(received_), error);
    received_.erase(0, used);
    if (error == http::error::need_more) return false;
    if (error) {
        const bool large = error == http::error::body_limit;
        respond(large ? 413 : 400, "text/plain",
                large ? "the request's body is too large\n" : "not an HTTP request: " + error.message() + "\n");
        return connection_.close(CloseReason::handshake_failed), false;
    }
    if (connection_.surplus()) {
        respond(503, "text/plain", "too many connections: try again later\n");
        return connection_.close(CloseReason::too_many_connections), false;
    }
    if (parser_->is_header_done() && boost::beast::websocket::is_upgrade(parser_->get())) {
        upgrade(parser_->get());
        return false;
    }
    return parser_->is_done();
}

void Http::upgrade(const Request& request) {
    std::string offered;
    const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
    for (auto line = first; line != last; ++line)
        offered.append(offered.empty() ? "" : ",").append(view(line->value()));
    const std::string local = local_address(connection_);
    const UpgradeRequest wanted{view(request.target()), offered, view(request[http::field::origin]), local,
                                connection_.secure()};
    const UpgradeDecision decision =
        decide_upgrade(wanted, connection_.worker().site(), connection_.listener().settings);
    if (decision.status != 101) {
        keep_open_ = false;
        respond(decision.status, "text/plain", decision.refusal + "\n");
        return connection_.close(CloseReason::handshake_failed);
    }
    const Handshake handshake = answer_handshake(head_, decision.subprotocol.name);
    connection_.send(Frame(SharedBytes(handshake.response)), FrameKind::required);
    if (!handshake.accepted) return connection_.close(CloseReason::handshake_failed);
    connection_.handshake_done(!decision.subprotocol.warp);
    if (decision.subprotocol.warp) {
        connection_.set_peer(make_warp_peer(connection_, *decision.realm));
    } else {
        constexpr auto any_size = std::numeric_limits<std::size_t>::max();
        connection_.set_peer(make_wamp_peer(connection_, decision.subprotocol.form, any_size));
    }
    connection_.switch_to(make_websocket(connection_, decision.subprotocol), std::move(received_));
}

void Http::answer(const Request& request) {
    keep_open_ = request.keep_alive();
    body_wanted_ = request.method() != http::verb::head;
    const std::string_view target = view(request.target());
    const std::string_view path = target.substr(0, target.find_first_of("?#"));
    const ListenerSettings& listener = connection_.listener().settings;
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return respond(405, "text/plain", "only GET and HEAD are answered here\n");
    if (listener.health) {
        if (const auto health = health_answer(path, connection_.worker().site()))
            return respond(health->status, "application/json", health->body);
    }
    if (auto page = find_page(listener, path)) {
        if (page->status == 200) return respond(200, page->content_type, std::move(page->body));
        return respond(page->status, "text/plain", page->status == 301 ? "" : "there is no such page\n",
                       page->location);
    }
    if (path == "/")
        return respond(200, "text/plain; charset=utf-8",
                       "heddle speaks WAMP (subprotocols wamp.2.json, wamp.2.msgpack, wamp.2.cbor; RawSocket) and WARP "
                       "(warp0) on this port.\n");
    respond(404, "text/plain", "there is no such page\n");
}

void Http::respond(unsigned status, std::string_view content_type, std::string body, std::string_view location) {
    Response response;
    response.version(11);
    response.result(status);
    response.set(http::field::content_type, boost::beast::string_view(content_type.data(), content_type.size()));
    response.set("X-Content-Type-Options", "nosniff");
    response.set(http::field::cache_control, "no-cache");
    if (status == 405) response.set(http::field::allow, "GET, HEAD");
    if (!location.empty())
        response.set(http::field::location, boost::beast::string_view(location.data(), location.size()));
    response.keep_alive(keep_open_);
    response.body() = std::move(body);
    response.prepare_payload();
    if (!body_wanted_) response.body().clear();  // HEAD: the length of what GET would bring, and no more
    std::ostringstream text;
    text << response.base() << response.body();
    connection_.send(Frame(SharedBytes(text.str())), FrameKind::required);
}

}  // namespace

std::unique_ptr<Protocol> make_http(Connection& connection) { return std::make_unique<Http>(connection); }

}  // namespace heddle
