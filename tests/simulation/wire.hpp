#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/connection_socket.hpp"
#include "tests/simulation/byte_queue.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/virtual_world.hpp"

namespace heddle::sim {

/// How a connection behaves. Sizes in bytes.
struct WireShape {
    std::chrono::microseconds latency{500};
    std::size_t piece_max = 1460;      // of what the client sends: now and then no more arrives at once
    std::size_t client_window = 4096;  // what the client's kernel takes before the client reads
    std::size_t router_window = 8192;  // the same on the other side
    std::size_t client_buffer = 8192;  // what the client's kernel takes from it before that has arrived
};

/// One direction: what was written waits (`under_way`) until there is room where it is read (`arrived`).
struct Pipe {
    ByteQueue under_way, arrived;
    std::size_t under_way_max = 0, arrived_max = 0, piece_max = 0;
    bool closing = false;  // the writer is done: the end follows the bytes
    bool ended = false;    // the end has arrived
    bool moving = false;   // the next piece is announced
    std::size_t room() const { return under_way.size() >= under_way_max ? 0 : under_way_max - under_way.size(); }
};

/// A connection between a client and the router, without a kernel. Lives as long as somebody refers to it.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
    enum class End : std::uint8_t { closed, reset, cut };  // cut: nobody is told

    Wire(VirtualWorld& world, boost::asio::io_context& router, WireShape shape, Dice dice);

    // The client's side.
    std::size_t write(std::string_view bytes);  // how many were taken
    std::string read(std::size_t bytes_max);
    std::size_t readable() const { return down_.arrived.size(); }
    /// The router has closed, and all that it sent was read; or it has reset the connection.
    bool over() const { return reset_by_router_ || (down_.ended && down_.arrived.empty()); }
    void leave(End how);
    std::function<void()> on_news;  // bytes or the end have arrived
    std::function<void()> on_room;  // what was written is on its way

    // The router's side.
    std::unique_ptr<ConnectionSocket> router_end();

 private:
    class RouterEnd;
    struct Waiting {
        std::shared_ptr<ConnectionSocket::Waiter> reading, writing;
    };

    void move(Pipe& pipe);
    void carry(Pipe& pipe);
    void tell_client(const std::function<void()>& what);
    void tell_router();
    void post_ready(std::shared_ptr<ConnectionSocket::Waiter>& who, ConnectionSocket::For what, bool released);
    bool router_can_read() const { return !up_.arrived.empty() || up_.ended || reset_by_client_; }
    bool router_can_write() const { return reset_by_client_ || down_.room() > down_.under_way_max / 3; }

    VirtualWorld& world_;
    boost::asio::io_context& router_;
    const WireShape shape_;
    Dice dice_;
    Pipe up_, down_;
    Waiting waiting_;
    bool client_gone_ = false, cut_ = false, router_gone_ = false;
    bool reset_by_client_ = false, reset_by_router_ = false;
};

}  // namespace heddle::sim
