// The only file of the uplinks that sees Beast.
#include "router/uplink_connection.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>

#include "router/config/units.hpp"

namespace heddle {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using Socket = asio::generic::stream_protocol::socket;
using TlsStream = asio::ssl::stream<Socket>;

constexpr std::size_t drained_below = 32 << 10;
constexpr std::chrono::seconds farewell_wait_max{1};

std::string words_of(const error_code& error) {
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) return "the server hung up";
    if (error == beast::error::timeout) return "the server does not answer pings";
    if (error == websocket::error::message_too_big) return "the server sent a message above the limit";
    std::string text = error.message();
    return error.category() == asio::error::get_ssl_category() ? text.substr(0, text.find(" (")) : text;
}

template <class Next>
class UplinkSocket final : public UplinkConnection, public std::enable_shared_from_this<UplinkSocket<Next>> {
 public:
    UplinkSocket(asio::io_context& io, Target target, Events events)
        : target_(std::move(target)),
          events_(std::make_shared<const Events>(std::move(events))),
          resolver_(io),
          context_(asio::ssl::context::tls_client),
          tls_trouble_(secure ? prepare_tls() : std::string()),
          stream_(make(io)),
          farewell_(io) {}

    void start() {
        if (!tls_trouble_.empty()) return fail_later(tls_trouble_);
        // A name may take long; an address is none.
        error_code no_address;
        const auto address = asio::ip::make_address(target_.address.host, no_address);
        if (!target_.address.unix_path.empty()) {
            if (target_.address.unix_path.size() > 107) return fail_later("the socket's path is longer than 107 bytes");
            return connect(asio::local::stream_protocol::endpoint(target_.address.unix_path));
        }
        const auto port = static_cast<std::uint16_t>(parse_whole(target_.address.port).value_or(0));
        if (!no_address) return connect(asio::ip::tcp::endpoint(address, port));
        resolver_.async_resolve(target_.address.host, target_.address.port,
                                [self = this->shared_from_this()](error_code error, const auto& found) {
                                    if (self->over_) return;
                                    if (error) return self->end("cannot look up the host: " + words_of(error));
                                    for (const auto& entry : found) self->candidates_.push_back(entry.endpoint());
                                    self->try_next("no address");
                                });
    }

    void send(SharedBytes text) override {
        waiting_ += text.size();
        queue_.push_back(std::move(text));
        if (open_ && queue_.size() == 1) write();
    }
    std::size_t waiting() const override { return waiting_; }

    void pause(bool paused) override {
        paused_ = paused;
        if (!open_ || over_) return;
        set_timeouts();
        if (!reading_) read();
    }

    void close() override {
        if (!open_) return abandon();
        over_ = true;
        events_ = nullptr;
        stream_.async_close(websocket::close_code::normal,
                            [self = this->shared_from_this()](error_code) { self->shut(); });
        farewell_.expires_after(farewell_wait_max);
        farewell_.async_wait([self = this->shared_from_this()](error_code error) {
            if (!error) self->shut();
        });
    }

    void abandon() override {
        over_ = true;
        events_ = nullptr;
        shut();
    }

 private:
    static constexpr bool secure = std::is_same_v<Next, TlsStream>;

    websocket::stream<Next, false> make(asio::io_context& io) {
        if constexpr (secure)
            return websocket::stream<Next, false>(Socket(io), context_);
        else
            return websocket::stream<Next, false>(io);
    }

    std::string prepare_tls() {
        error_code error;
        target_.ca.empty() ? context_.set_default_verify_paths(error) : context_.load_verify_file(target_.ca, error);
        if (error)
            return "cannot read certificates of " + (target_.ca.empty() ? "the system" : target_.ca) + ": " +
                   words_of(error);
        SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_2_VERSION);
        return {};
    }

    template <class Endpoint>
    void connect(const Endpoint& endpoint) {
        beast::get_lowest_layer(stream_).async_connect(
            endpoint, [self = this->shared_from_this()](error_code error) { self->connected(error); });
    }

    void try_next(const std::string& why) {
        if (candidates_.empty()) return end("cannot connect: " + why);
        const auto endpoint = candidates_.front();
        candidates_.pop_front();
        error_code ignored;
        beast::get_lowest_layer(stream_).close(ignored);
        connect(endpoint);
    }

    void connected(error_code error) {
        if (over_) return;
        if (error) return try_next(words_of(error));
        if (target_.address.unix_path.empty())
            beast::get_lowest_layer(stream_).set_option(asio::ip::tcp::no_delay(true), error);
        if constexpr (secure) {
            auto& tls = stream_.next_layer();
            tls.set_verify_mode(asio::ssl::verify_peer);
            tls.set_verify_callback(asio::ssl::host_name_verification(target_.address.host));
            SSL_set_tlsext_host_name(tls.native_handle(), target_.address.host.c_str());
            tls.async_handshake(asio::ssl::stream_base::client, [self = this->shared_from_this()](error_code failed) {
                if (self->over_) return;
                if (failed) return self->end("TLS: " + words_of(failed));
                self->shake_hands();
            });
        } else {
            shake_hands();
        }
    }

    void shake_hands() {
        set_timeouts();
        stream_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
            request.set(beast::http::field::sec_websocket_protocol, "warp0");  // Swim's Rust server wants it
            request.set(beast::http::field::user_agent, "heddle");
        }));
        stream_.read_message_max(target_.message_max);
        stream_.auto_fragment(false);
        stream_.text(true);
        stream_.async_handshake(answer_, target_.address.authority(), target_.address.path,
                                [self = this->shared_from_this()](error_code error) { self->shaken(error); });
    }

    void set_timeouts() {
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = websocket::stream_base::none();  // the owner's deadline
        if (paused_)
            timeouts.idle_timeout = websocket::stream_base::none();
        else
            timeouts.idle_timeout = target_.idle;
        timeouts.keep_alive_pings = true;
        stream_.set_option(timeouts);
    }

    void shaken(error_code error) {
        if (over_) return;
        if (error == websocket::error::upgrade_declined)
            return end("the server answered with HTTP status " + std::to_string(answer_.result_int()));
        if (error) return end("WebSocket handshake: " + words_of(error));
        open_ = true;
        read();
        const auto protocol = answer_[beast::http::field::sec_websocket_protocol];  // Swim's Java server names none
        events_->opened({protocol.data(), protocol.size()});
        if (!over_ && !queue_.empty() && !writing_) write();
    }

    void read() {
        if (paused_) return;
        reading_ = true;
        stream_.async_read(buffer_, [self = this->shared_from_this()](error_code error, std::size_t) {
            self->reading_ = false;
            if (self->over_) return;
            if (error) return self->end(self->why_ended(error));
            const auto bytes = self->buffer_.cdata();
            const auto events = self->events_;  // the owner may end the connection inside the call
            events->text({static_cast<const char*>(bytes.data()), bytes.size()});
            self->buffer_.consume(self->buffer_.size());
            if (!self->over_) self->read();
        });
    }

    void write() {
        writing_ = true;
        const std::string_view text = queue_.front().view();
        stream_.async_write(asio::buffer(text.data(), text.size()),
                            [self = this->shared_from_this()](error_code error, std::size_t) {
                                self->writing_ = false;
                                if (self->over_) return;
                                if (error) return self->end(self->why_ended(error));
                                const bool full = self->waiting_ >= drained_below;
                                self->waiting_ -= self->queue_.front().size();
                                self->queue_.pop_front();
                                if (!self->queue_.empty()) self->write();
                                if (full && self->waiting_ < drained_below) self->events_->drained();
                            });
    }

    std::string why_ended(const error_code& error) const {
        if (error != websocket::error::closed) return words_of(error);
        const auto& reason = stream_.reason();
        std::string why = "the server closed the connection";
        if (reason.code != websocket::close_code::none) why += " (" + std::to_string(reason.code) + ")";
        if (!reason.reason.empty()) why += ": " + std::string(reason.reason.data(), reason.reason.size());
        return why;
    }

    void fail_later(std::string why) {
        asio::post(stream_.get_executor(), [self = this->shared_from_this(), why = std::move(why)] {
            if (!self->over_) self->end(why);
        });
    }

    void end(std::string why) {
        const auto events = events_;
        abandon();
        events->lost(std::move(why));
    }

    void shut() {
        error_code ignored;
        resolver_.cancel();
        farewell_.cancel();
        beast::get_lowest_layer(stream_).close(ignored);
    }

    Target target_;
    std::shared_ptr<const Events> events_;  // null: over
    asio::ip::tcp::resolver resolver_;
    std::deque<asio::ip::tcp::endpoint> candidates_;
    asio::ssl::context context_;
    std::string tls_trouble_;  // made before the stream, which takes over what the context says
    websocket::stream<Next, false> stream_;
    asio::steady_timer farewell_;
    websocket::response_type answer_;
    beast::flat_buffer buffer_;
    std::deque<SharedBytes> queue_;
    std::size_t waiting_ = 0;
    bool open_ = false, reading_ = false, writing_ = false, paused_ = false, over_ = false;
};

template <class Next>
std::shared_ptr<UplinkConnection> start(asio::io_context& io, UplinkConnection::Target target,
                                        UplinkConnection::Events events) {
    auto connection = std::make_shared<UplinkSocket<Next>>(io, std::move(target), std::move(events));
    connection->start();
    return connection;
}

}  // namespace

std::shared_ptr<UplinkConnection> UplinkConnection::open(asio::io_context& io, Target target, Events events) {
    if (target.address.tls) return start<TlsStream>(io, std::move(target), std::move(events));
    return start<Socket>(io, std::move(target), std::move(events));
}

}  // namespace heddle
