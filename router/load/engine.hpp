#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/load/target.hpp"

namespace heddle::load {

using Nanos = std::int64_t;  // steady clock
Nanos now();

/// One connection of the load.
struct Peer {
    enum class Stage : std::uint8_t { connecting, handshake, open, gone };
    std::size_t index = 0;  // in the order of `Engine::dial`
    int fd = -1;
    Stage stage = Stage::connecting;
    Encoding encoding = Encoding::msgpack;  // Recon: it speaks WARP
    bool dirty = false;                     // has output that this turn writes
    bool blocked = false;                   // the socket is full: waits for it
    bool stalled = false;                   // does not read
    Nanos dialled = 0;
    std::string in, out, parts;
};

/// What a load does with its connections. Called from `Engine::turn`; may send, dial and close.
class PeerEvents {
 public:
    virtual ~PeerEvents() = default;
    virtual void on_open(Peer& peer) = 0;
    /// `at`: when the bytes were read, the same for all messages of one read.
    virtual void on_message(Peer& peer, std::string_view message, Nanos at) = 0;
    virtual void on_lost(Peer& peer, const std::string& why) = 0;
};

/// The connections of a load on one thread and one epoll. Output gathers during a turn and goes out in one write per
/// connection.
class Engine {
 public:
    Engine(const Target& target, const Dialer& dialer, PeerEvents& events);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// `receive_bytes`: of the socket's receive buffer; 0: as the system has it.
    void dial(Encoding encoding, int receive_bytes = 0);
    void send(Peer& peer, std::string_view message);
    void close(Peer& peer);
    /// Stops reading, or goes on.
    void stall(Peer& peer, bool stalled);
    /// Writes what was sent, then waits for input until `deadline` at most and hands it out.
    void turn(Nanos deadline);
    const std::vector<std::unique_ptr<Peer>>& peers() const { return peers_; }

 private:
    void watch(int operation, Peer& peer);
    void touch(Peer& peer);
    void flush(Peer& peer);
    void flush_dirty();
    void connected(Peer& peer);
    void read(Peer& peer);
    std::size_t consume(Peer& peer, char* data, std::size_t size, Nanos at);
    void take(Peer& peer, FrameKind kind, std::string_view payload, Nanos at);
    void lose(Peer& peer, const std::string& why);

    const Target& target_;
    const Dialer& dialer_;
    PeerEvents& events_;
    int epoll_;
    std::vector<std::unique_ptr<Peer>> peers_;
    std::vector<Peer*> dirty_;
    std::vector<char> buffer_;
};

}  // namespace heddle::load
