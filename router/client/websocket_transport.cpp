// The only file of the client that sees Beast.
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "router/client/connect.hpp"
#include "router/client/keep_going.hpp"

namespace heddle {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

/// The connection itself; its handlers keep it alive until the last of them has run.
template <class Next>
class WebSocketConnection : public std::enable_shared_from_this<WebSocketConnection<Next>> {
 public:
    explicit WebSocketConnection(Next next) : stream_(std::move(next)), farewell_(stream_.get_executor()) {}

    void shake_hands(Loop& loop, const DialOptions& options) {
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = websocket::stream_base::none();  // the step's deadline
        timeouts.idle_timeout = 2 * ping_interval;                    // beast pings at half of it
        timeouts.keep_alive_pings = true;
        stream_.set_option(timeouts);
        stream_.set_option(
            websocket::stream_base::decorator([protocol = options.subprotocol](websocket::request_type& request) {
                request.set(beast::http::field::sec_websocket_protocol, protocol);
                request.set(beast::http::field::user_agent, "heddle");
            }));
        stream_.read_message_max(message_bytes_max);
        stream_.binary(options.encoding != Encoding::json);
        auto answer = std::make_shared<websocket::response_type>();
        auto self = this->shared_from_this();
        try {
            connect_step(loop, options, "WebSocket handshake", [&](auto done) {
                stream_.async_handshake(*answer, options.address.authority(), options.address.path,
                                        [self, answer, done](error_code error) { done(error); });
            });
        } catch (Failure& failure) {
            int status = static_cast<int>(answer->result_int());
            if (failure.kind == Failure::Kind::no_connection && status >= 300)
                cannot_connect(options, "it answered with HTTP status " + std::to_string(status));
            throw;
        }
        auto protocol = (*answer)[beast::http::field::sec_websocket_protocol];
        bool warp = options.subprotocol == "warp0";  // Swim servers may answer without
        if (!warp && protocol != options.subprotocol)
            cannot_connect(options, "it does not speak " + options.subprotocol);
    }

    void start(ClientTransport::Events events) {
        events_.set(std::move(events));
        read();
    }

    void send(std::string message) {
        waiting_ += message.size();
        queue_.push_back(std::move(message));
        if (queue_.size() == 1) write();
    }
    std::size_t waiting() const { return waiting_; }
    Next& carrier() { return stream_.next_layer(); }

    void close() {
        closing_ = true;
        if (queue_.empty()) say_farewell();
    }

    /// The owner is gone: nobody hears about anything any more.
    void abandon() {
        events_.forget();
        error_code ignored;
        beast::get_lowest_layer(stream_).close(ignored);
        farewell_.cancel();
    }

 private:
    void read() {
        stream_.async_read(buffer_, [self = this->shared_from_this()](error_code error, std::size_t) {
            if (error) return self->end(error);
            auto bytes = self->buffer_.cdata();
            self->events_.message({static_cast<const char*>(bytes.data()), bytes.size()});
            self->buffer_.consume(self->buffer_.size());
            if (!self->events_.over()) self->read();
        });
    }

    void write() {
        stream_.async_write(asio::buffer(queue_.front()),
                            [self = this->shared_from_this()](error_code error, std::size_t) {
                                if (error) return self->end(error);
                                self->waiting_ -= self->queue_.front().size();
                                self->queue_.pop_front();
                                if (!self->queue_.empty()) return self->write();
                                if (self->closing_) self->say_farewell();
                            });
    }

    void say_farewell() {
        stream_.async_close(websocket::close_code::normal,
                            [self = this->shared_from_this()](error_code) { self->farewell_.cancel(); });
        farewell_.expires_after(farewell_wait_max);
        farewell_.async_wait([self = this->shared_from_this()](error_code error) {
            error_code ignored;
            if (!error) beast::get_lowest_layer(self->stream_).close(ignored);
        });
    }

    void end(const error_code& error) {
        std::string why = words_of(error);
        // Whoever says why it closes may be gone before our own close frame: what it said counts, not that ours failed.
        const auto& reason = stream_.reason();
        if (error == websocket::error::closed || reason) {
            why = "the router closed the connection";
            if (!reason.reason.empty())
                why += ": " + std::string(reason.reason.data(), reason.reason.size());
            else if (reason.code > websocket::close_code::normal)
                why += " (code " + std::to_string(static_cast<unsigned>(reason.code)) + ")";
        } else if (error == beast::error::timeout) {
            why = "the router does not answer pings";
        }
        events_.end(why);
    }

    websocket::stream<Next, false> stream_;  // without compression: the router does not offer it
    asio::steady_timer farewell_;
    beast::flat_buffer buffer_;
    EventSlot events_;
    std::deque<std::string> queue_;
    std::size_t waiting_ = 0;
    bool closing_ = false;
};

template <class Next>
class WebSocketTransport : public ClientTransport {
 public:
    explicit WebSocketTransport(std::shared_ptr<WebSocketConnection<Next>> connection) : connection_(std::move(connection)) {}
    ~WebSocketTransport() override { connection_->abandon(); }
    void start(Events events) override { connection_->start(std::move(events)); }
    void send(std::string message) override { connection_->send(std::move(message)); }
    std::size_t waiting() const override { return connection_->waiting(); }
    std::optional<std::string> channel_id(std::string_view type) override {
        return heddle::channel_id(tls_of(connection_->carrier()), type);
    }
    void close() override { connection_->close(); }

 private:
    std::shared_ptr<WebSocketConnection<Next>> connection_;
};

template <class Next>
std::unique_ptr<ClientTransport> open_websocket_over(Next next, Loop& loop, const DialOptions& options) {
    auto connection = std::make_shared<WebSocketConnection<Next>>(std::move(next));
    connection->shake_hands(loop, options);
    return std::make_unique<WebSocketTransport<Next>>(std::move(connection));
}

}  // namespace

std::unique_ptr<ClientTransport> dial_websocket(Loop& loop, const DialOptions& options) {
    if (options.address.tls) return open_websocket_over(connect_tls(loop, options), loop, options);
    return open_websocket_over(connect_socket(loop, options), loop, options);
}

}  // namespace heddle
