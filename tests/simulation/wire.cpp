#include "tests/simulation/wire.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

namespace heddle::sim {
namespace {

/// Bytes that nobody confirms are sent again and again; then the kernel of the router ends the connection.
constexpr std::chrono::seconds kernel_gives_up{2};
constexpr std::size_t segment = 1460;

}  // namespace

/// What the router has instead of a socket of the kernel.
class Wire::RouterEnd final : public ConnectionSocket {
 public:
    explicit RouterEnd(std::shared_ptr<Wire> wire) : ConnectionSocket(-1), wire_(std::move(wire)) {}
    ~RouterEnd() override {
        wire_->router_gone_ = true;
        wire_->waiting_ = {};
        if (reset_) {
            wire_->down_.under_way.clear();
            wire_->world_.after(wire_->shape_.latency, [wire = wire_] {
                wire->reset_by_router_ = true;
                wire->tell_client(wire->on_news);
            });
        } else {
            wire_->down_.closing = true;
            wire_->move(wire_->down_);
        }
    }

    int peek_first_byte() const override {
        const Pipe& up = wire_->up_;
        if (!up.arrived.empty()) return static_cast<unsigned char>(up.arrived.view()[0]);
        return up.ended || wire_->reset_by_client_ ? -1 : -2;
    }
    IoResult read(std::span<char> into) override {
        Pipe& up = wire_->up_;
        if (wire_->reset_by_client_) return {IoStatus::failed, 0};
        if (up.arrived.empty()) return {up.ended ? IoStatus::end : IoStatus::want_read, 0};
        const std::size_t size = std::min(into.size(), up.arrived.size());
        std::memcpy(into.data(), up.arrived.view().data(), size);
        up.arrived.drop(size);
        wire_->move(up);
        return {IoStatus::done, size};
    }
    IoResult write(std::span<const iovec> parts) override {
        Pipe& down = wire_->down_;
        if (wire_->reset_by_client_ || down.closing) return {IoStatus::failed, 0};
        std::size_t size = 0;
        for (const iovec& part : parts) {
            const std::size_t take = std::min(part.iov_len, down.room());
            down.under_way.append({static_cast<const char*>(part.iov_base), take});
            size += take;
        }
        if (size == 0) return {IoStatus::want_write, 0};
        wire_->move(down);
        return {IoStatus::done, size};
    }
    std::size_t unsent() const override { return wire_->down_.under_way.size(); }
    void set_send_buffer(std::size_t bytes) override { wire_->down_.under_way_max = bytes; }
    void reset_on_close() override { reset_ = true; }
    void shutdown_write() override {
        wire_->down_.closing = true;
        wire_->move(wire_->down_);
    }
    void wait(For what, std::shared_ptr<Waiter> who) override {
        (what == For::reading ? wire_->waiting_.reading : wire_->waiting_.writing) = std::move(who);
        wire_->tell_router();
    }
    void release() override {
        wire_->post_ready(wire_->waiting_.reading, For::reading, true);
        wire_->post_ready(wire_->waiting_.writing, For::writing, true);
    }

 private:
    std::shared_ptr<Wire> wire_;
    bool reset_ = false;
};

Wire::Wire(VirtualWorld& world, boost::asio::io_context& router, WireShape shape, Dice dice)
    : world_(world), router_(router), shape_(shape), dice_(dice) {
    up_.under_way_max = shape.client_buffer;
    up_.arrived_max = shape.router_window;
    up_.piece_max = shape.piece_max;
    down_.under_way_max = 128 << 10;
    down_.arrived_max = shape.client_window;
    down_.piece_max = shape.client_window;
}

std::unique_ptr<ConnectionSocket> Wire::router_end() { return std::make_unique<RouterEnd>(shared_from_this()); }

std::size_t Wire::write(std::string_view bytes) {
    if (client_gone_) return 0;
    if (router_gone_) return bytes.size();  // nobody reads it, and the client does not know yet
    const std::size_t size = std::min(bytes.size(), up_.room());
    up_.under_way.append(bytes.substr(0, size));
    move(up_);
    return size;
}

std::string Wire::read(std::size_t bytes_max) {
    std::string bytes(down_.arrived.view().substr(0, bytes_max));
    down_.arrived.drop(bytes.size());
    move(down_);
    return bytes;
}

void Wire::leave(End how) {
    if (client_gone_) return;
    client_gone_ = true;
    on_news = on_room = nullptr;
    if (how == End::cut) {
        cut_ = true;
        world_.after(kernel_gives_up, [wire = shared_from_this()] {
            wire->reset_by_client_ = true;
            wire->tell_router();
        });
    } else if (how == End::closed) {
        up_.closing = true;
        move(up_);
        world_.after(shape_.latency, [wire = shared_from_this()] {  // the client's kernel answers late bytes so
            wire->down_.arrived_max = 1 << 30;
            wire->move(wire->down_);
        });
    } else {
        world_.after(shape_.latency, [wire = shared_from_this()] {
            wire->reset_by_client_ = true;
            wire->tell_router();
        });
    }
}

/// Announces the next piece, if there is one and room for it.
void Wire::move(Pipe& pipe) {
    if (pipe.moving || pipe.ended || cut_) return;
    const bool bytes = !pipe.under_way.empty() && pipe.arrived.size() < pipe.arrived_max;
    if (!bytes && !(pipe.closing && pipe.under_way.empty())) return;
    pipe.moving = true;
    world_.after(shape_.latency, [wire = shared_from_this(), &pipe] { wire->carry(pipe); });
}

void Wire::carry(Pipe& pipe) {
    pipe.moving = false;
    if (cut_) return;
    std::size_t size = std::min(pipe.under_way.size(), pipe.arrived_max - std::min(pipe.arrived_max, pipe.arrived.size()));
    if (size > pipe.piece_max) size = dice_.percent(40) ? 1 + dice_.below(pipe.piece_max) : std::min(size, segment);
    pipe.arrived.append(pipe.under_way.view().substr(0, size));
    pipe.under_way.drop(size);
    if (pipe.closing && pipe.under_way.empty()) pipe.ended = true;
    const bool more = !pipe.ended && !pipe.under_way.empty() && pipe.arrived.size() < pipe.arrived_max;
    if (more) {
        pipe.moving = true;
        world_.after(std::chrono::microseconds(dice_.between(1, 60)), [wire = shared_from_this(), &pipe] { wire->carry(pipe); });
    }
    tell_client(&pipe == &up_ ? on_room : on_news);
    tell_router();
}

void Wire::tell_client(const std::function<void()>& what) {
    if (what) what();
}

void Wire::tell_router() {
    if (waiting_.reading && router_can_read()) post_ready(waiting_.reading, ConnectionSocket::For::reading, false);
    if (waiting_.writing && router_can_write()) post_ready(waiting_.writing, ConnectionSocket::For::writing, false);
}

void Wire::post_ready(std::shared_ptr<ConnectionSocket::Waiter>& who, ConnectionSocket::For what, bool released) {
    if (!who) return;
    world_.stir();
    boost::asio::post(router_, [who = std::exchange(who, nullptr), what, released] { who->on_ready(what, released); });
}

}  // namespace heddle::sim
