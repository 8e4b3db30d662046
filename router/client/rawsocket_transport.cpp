// WAMP over RawSocket (wamp specification, "RawSocket ClientTransport"), the client's side.
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "router/client/connect.hpp"
#include "router/client/keep_going.hpp"

namespace heddle {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr unsigned char magic = 0x7F;
constexpr unsigned char length_any = 15;  // 2^(9 + 15) = 16 MiB
enum class FrameType : unsigned char { message = 0, ping = 1, pong = 2 };

unsigned char serializer_id(Encoding encoding) {
    constexpr unsigned char ids[] = {1, 2, 3};  // JSON, MessagePack, CBOR
    return ids[static_cast<std::size_t>(encoding)];
}

std::string refusal(unsigned code) {
    switch (code) {
        case 1:
            return "it does not speak this serializer";
        case 2:
            return "it does not take messages of 16 MiB";
        case 3:
            return "it refuses the reserved bits of the handshake";
        case 4:
            return "it has too many connections";
        default:
            return "it refuses the RawSocket handshake (" + std::to_string(code) + ")";
    }
}

template <class Stream>
class RawSocketConnection : public std::enable_shared_from_this<RawSocketConnection<Stream>> {
 public:
    explicit RawSocketConnection(Stream stream) : stream_(std::move(stream)), timer_(stream_.get_executor()) {}

    void shake_hands(Loop& loop, const DialOptions& options) {
        auto self = this->shared_from_this();
        header_ = {magic, static_cast<unsigned char>(length_any << 4 | serializer_id(options.encoding)), 0, 0};
        connect_step(loop, options, "RawSocket handshake", [&](auto done) {
            asio::async_write(stream_, asio::buffer(header_),
                              [self, done](error_code error, std::size_t) { done(error); });
        });
        connect_step(loop, options, "RawSocket handshake", [&](auto done) {
            asio::async_read(stream_, asio::buffer(header_),
                             [self, done](error_code error, std::size_t) { done(error); });
        });
        if (header_[0] != magic) cannot_connect(options, "it does not speak RawSocket");
        unsigned low = header_[1] & 0x0Fu, high = header_[1] >> 4u;
        if (low == 0) cannot_connect(options, refusal(high));
        if (low != serializer_id(options.encoding)) cannot_connect(options, "it answered with another serializer");
        peer_takes_ = std::size_t{1} << (9 + high);
    }

    void start(ClientTransport::Events events) {
        events_.set(std::move(events));
        read_header();
        keep_alive();
    }

    void send(std::string message) {
        if (message.size() > peer_takes_ || message.size() > message_bytes_max - 1) {
            return events_.end("a message of " + std::to_string(message.size()) +
                               " bytes is more than the router takes");
        }
        enqueue(FrameType::message, message);
    }
    std::size_t waiting() const { return waiting_; }
    Stream& carrier() { return stream_; }

    void close() {
        closing_ = true;
        if (queue_.empty()) finish();
    }

    void abandon() {
        events_.forget();
        shut();
    }

 private:
    void shut() {
        error_code ignored;
        stream_.lowest_layer().close(ignored);
        timer_.cancel();
    }
    void finish() {
        shut();
        events_.end("closed");
    }

    void enqueue(FrameType type, std::string_view body) {
        std::string frame{static_cast<char>(type), static_cast<char>(body.size() >> 16),
                          static_cast<char>(body.size() >> 8), static_cast<char>(body.size())};
        frame += body;
        waiting_ += frame.size();
        queue_.push_back(std::move(frame));
        if (queue_.size() == 1) write();
    }

    void write() {
        asio::async_write(stream_, asio::buffer(queue_.front()),
                          [self = this->shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->events_.end(words_of(error));
                              self->waiting_ -= self->queue_.front().size();
                              self->queue_.pop_front();
                              if (!self->queue_.empty()) return self->write();
                              if (self->closing_) self->finish();
                          });
    }

    void read_header() {
        asio::async_read(
            stream_, asio::buffer(header_), [self = this->shared_from_this()](error_code error, std::size_t) {
                if (error) return self->events_.end(words_of(error));
                const auto& h = self->header_;
                if (h[0] > 2) return self->events_.end("the router sent a frame of an unknown kind");
                self->body_.resize(static_cast<std::size_t>(h[1]) << 16 | static_cast<std::size_t>(h[2]) << 8 | h[3]);
                self->read_body(static_cast<FrameType>(h[0]));
            });
    }

    void read_body(FrameType type) {
        asio::async_read(stream_, asio::buffer(body_),
                         [self = this->shared_from_this(), type](error_code error, std::size_t) {
                             if (error) return self->events_.end(words_of(error));
                             self->heard_ = true;
                             if (type == FrameType::message) self->events_.message(self->body_);
                             if (type == FrameType::ping) self->enqueue(FrameType::pong, self->body_);
                             if (!self->events_.over()) self->read_header();
                         });
    }

    /// A ping each interval in which nothing came; a second such interval ends the connection.
    void keep_alive() {
        timer_.expires_after(ping_interval);
        timer_.async_wait([self = this->shared_from_this()](error_code error) {
            if (error || self->events_.over()) return;
            if (!self->heard_ && self->pinged_) {
                self->shut();
                return self->events_.end("the router does not answer pings");
            }
            self->pinged_ = !self->heard_;
            if (self->pinged_) self->enqueue(FrameType::ping, "heddle");
            self->heard_ = false;
            self->keep_alive();
        });
    }

    Stream stream_;
    asio::steady_timer timer_;
    std::array<unsigned char, 4> header_{};
    std::string body_;
    EventSlot events_;
    std::deque<std::string> queue_;
    std::size_t waiting_ = 0, peer_takes_ = 0;
    bool closing_ = false, heard_ = true, pinged_ = false;
};

template <class Stream>
class RawSocketTransport : public ClientTransport {
 public:
    explicit RawSocketTransport(std::shared_ptr<RawSocketConnection<Stream>> connection) : connection_(std::move(connection)) {}
    ~RawSocketTransport() override { connection_->abandon(); }
    void start(Events events) override { connection_->start(std::move(events)); }
    void send(std::string message) override { connection_->send(std::move(message)); }
    std::size_t waiting() const override { return connection_->waiting(); }
    std::optional<std::string> channel_id(std::string_view type) override {
        return heddle::channel_id(tls_of(connection_->carrier()), type);
    }
    void close() override { connection_->close(); }

 private:
    std::shared_ptr<RawSocketConnection<Stream>> connection_;
};

template <class Stream>
std::unique_ptr<ClientTransport> open_rawsocket_over(Stream stream, Loop& loop, const DialOptions& options) {
    auto connection = std::make_shared<RawSocketConnection<Stream>>(std::move(stream));
    connection->shake_hands(loop, options);
    return std::make_unique<RawSocketTransport<Stream>>(std::move(connection));
}

}  // namespace

std::unique_ptr<ClientTransport> dial_rawsocket(Loop& loop, const DialOptions& options) {
    if (options.address.tls) return open_rawsocket_over(connect_tls(loop, options), loop, options);
    return open_rawsocket_over(connect_socket(loop, options), loop, options);
}

}  // namespace heddle
