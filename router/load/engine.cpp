#include "router/load/engine.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <utility>

namespace heddle::load {

namespace {
constexpr std::size_t read_size = 256 << 10;
constexpr int events_per_turn = 1024;

/// "connection refused", to stand behind a colon.
std::string words_of(int error) {
    std::string words = std::strerror(error);
    words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
    return words;
}
}  // namespace

Nanos now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Engine::Engine(const Target& target, const Dialer& dialer, PeerEvents& events)
    : target_(target), dialer_(dialer), events_(events), epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(read_size) {}

Engine::~Engine() {
    for (auto& peer : peers_) close(*peer);
    ::close(epoll_);
}

void Engine::watch(int operation, Peer& peer) {
    epoll_event event{};
    if (peer.stage == Peer::Stage::connecting || peer.blocked) event.events |= EPOLLOUT;
    if (peer.stage != Peer::Stage::connecting && !peer.stalled) event.events |= EPOLLIN;
    event.data.ptr = &peer;
    epoll_ctl(epoll_, operation, peer.fd, &event);
}

void Engine::touch(Peer& peer) {
    if (!std::exchange(peer.dirty, true)) dirty_.push_back(&peer);
}

void Engine::dial(Encoding encoding, int receive_bytes) {
    auto& peer = *peers_.emplace_back(std::make_unique<Peer>());
    peer.index = peers_.size() - 1;
    peer.encoding = encoding;
    peer.dialled = now();
    peer.fd = dialer_.dial(receive_bytes);
    if (peer.fd < 0) return lose(peer, words_of(errno));
    watch(EPOLL_CTL_ADD, peer);
}

void Engine::connected(Peer& peer) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(peer.fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return lose(peer, words_of(error));
    peer.stage = Peer::Stage::handshake;
    watch(EPOLL_CTL_MOD, peer);
    peer.out = client_handshake(target_.framing, peer.encoding,
                                target_.unix_path.empty() ? target_.place() : "localhost", target_.path);
    touch(peer);
}

void Engine::send(Peer& peer, std::string_view message) {
    append_frame(target_.framing, Side::client, peer.encoding, FrameKind::message, message, peer.out);
    touch(peer);
}

void Engine::close(Peer& peer) {
    if (peer.fd >= 0) ::close(std::exchange(peer.fd, -1));
    peer.stage = Peer::Stage::gone;
    peer.in = peer.out = peer.parts = std::string();
}

void Engine::stall(Peer& peer, bool stalled) {
    if (peer.stage == Peer::Stage::gone || std::exchange(peer.stalled, stalled) == stalled) return;
    watch(EPOLL_CTL_MOD, peer);
}

void Engine::lose(Peer& peer, const std::string& why) {
    close(peer);
    events_.on_lost(peer, why);
}

void Engine::flush(Peer& peer) {
    if (peer.blocked || peer.stage == Peer::Stage::gone) return;
    auto sent = ::send(peer.fd, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return;  // the next read tells why
    peer.out.erase(0, sent < 0 ? 0 : static_cast<std::size_t>(sent));
    if (peer.out.empty()) return;
    peer.blocked = true;
    watch(EPOLL_CTL_MOD, peer);
}

void Engine::flush_dirty() {
    for (Peer* peer : dirty_) {
        peer->dirty = false;
        flush(*peer);
    }
    dirty_.clear();
}

void Engine::turn(Nanos deadline) {
    flush_dirty();
    auto wait = std::max<Nanos>(deadline - now(), 0);
    timespec timeout{static_cast<time_t>(wait / 1'000'000'000), static_cast<long>(wait % 1'000'000'000)};
    epoll_event events[events_per_turn];
    int count = epoll_pwait2(epoll_, events, events_per_turn, &timeout,
                             nullptr);  // its time is in nanoseconds: rates need that
    for (int i = 0; i < count; ++i) {
        auto& peer = *static_cast<Peer*>(events[i].data.ptr);
        if (peer.stage == Peer::Stage::gone) continue;
        if (peer.stage == Peer::Stage::connecting) {
            connected(peer);
            continue;
        }
        if (events[i].events & EPOLLOUT) {
            peer.blocked = false;
            watch(EPOLL_CTL_MOD, peer);
            touch(peer);
        }
        if (events[i].events & ~static_cast<std::uint32_t>(EPOLLOUT)) read(peer);
    }
}

void Engine::read(Peer& peer) {
    auto got = recv(peer.fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) return lose(peer, words_of(errno));
    if (got == 0) return lose(peer, "the router closed the connection");
    auto at = now();
    auto size = static_cast<std::size_t>(got);
    if (peer.in.empty()) {  // nearly always: whole frames, read where they lie
        auto used = consume(peer, buffer_.data(), size, at);
        if (used < size) peer.in.assign(buffer_.data() + used, size - used);
    } else {
        auto in = std::exchange(peer.in, {});  // apart from the peer, which a message may close
        in.append(buffer_.data(), size);
        auto used = consume(peer, in.data(), in.size(), at);
        if (peer.stage != Peer::Stage::gone) peer.in.assign(in, used);
    }
    if (peer.stage == Peer::Stage::gone) peer.in.clear();
}

std::size_t Engine::consume(Peer& peer, char* data, std::size_t size, Nanos at) {
    std::size_t used = 0;
    if (peer.stage == Peer::Stage::handshake) {
        std::string why;
        used = take_server_handshake(target_.framing, peer.encoding, {data, size}, why);
        if (used == broken) return lose(peer, why), size;
        if (used == 0) return 0;
        peer.stage = Peer::Stage::open;
        events_.on_open(peer);
    }
    Frame frame;
    while (peer.stage == Peer::Stage::open) {
        auto took = take_frame(target_.framing, data + used, size - used, frame);
        if (took == broken) return lose(peer, "the router sent a frame nobody can read"), size;
        if (took == 0) break;
        used += took;
        if (frame.kind == FrameKind::message)
            events_.on_message(peer, frame.payload, at);
        else
            take(peer, frame.kind, frame.payload, at);
    }
    return used;
}

// The frames that are no whole message.
void Engine::take(Peer& peer, FrameKind kind, std::string_view payload, Nanos at) {
    if (kind == FrameKind::part) peer.parts.append(payload);
    if (kind == FrameKind::last_part) {
        auto message = std::exchange(peer.parts, {}).append(payload);
        events_.on_message(peer, message, at);
    }
    if (kind == FrameKind::ping) {
        append_frame(target_.framing, Side::client, peer.encoding, FrameKind::pong, payload, peer.out);
        touch(peer);
    }
    if (kind == FrameKind::close) lose(peer, "the router closed the connection");
}

}  // namespace heddle::load
