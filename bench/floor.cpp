// floor - the physical limit that a router is measured against: one thread, one epoll, no validation, no permissions,
// no limits. It understands the load's own messages (router/load) and makes the same deliveries a router would: events
// to all subscribers but their publisher, calls through the callee and back. Frames are built once per publication,
// writes go out once per turn and connection, as in the best of servers. Never expose it. Long because it stands alone:
// what the limit consists of can be read on this page.      usage: floor [--port N] [--unix PATH]
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/listen.hpp"
#include "router/load/framing.hpp"
#include "router/load/wire.hpp"

namespace {
using namespace heddle;
using namespace heddle::load;

struct Connection {
    int fd = -1;
    enum class Stage : std::uint8_t { fresh, open } stage = Stage::fresh;
    Framing framing = Framing::websocket;
    Encoding encoding = Encoding::json;
    bool dirty = false, waits = false,
         ended = false;  // has output; waits for EPOLLOUT; to be closed at the end of the turn
    bool named = false;  // some topic or procedure knows it
    std::string newest;  // a value that waits for room in the socket
    std::uint64_t session = 0;
    std::uint64_t invocations = 0;
    std::string in, out;
};

struct Topic {
    std::uint64_t id = 0;
    std::vector<Connection*> subscribers;
};
struct Lane {
    std::vector<Connection*> links;
    std::string entries;  // of a map lane: the frames that a sync gives
};
struct Invocation {
    int caller = -1;  // descriptor, with the session that had it then
    std::uint64_t session = 0, request = 0;
};
struct Procedure {
    std::uint64_t id = 0;
    Connection* callee = nullptr;
};

constexpr std::size_t open_calls_max =
    1 << 16;  // power of two; a callee's invocation ids are sequential, so this is a ring

class Floor {
 public:
    Floor() : epoll_(epoll_create1(0)), buffer_(1 << 18) {}
    void add_listener(int fd) {
        listeners_.push_back(fd);
        watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
    [[noreturn]] void run();

 private:
    void watch(int operation, int fd, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.fd = fd;
        epoll_ctl(epoll_, operation, fd, &event);
    }
    void accept_all(int listener);
    void read(Connection& from);
    std::size_t consume(Connection& from, char* data, std::size_t size);
    std::size_t handshake(Connection& from, std::string_view bytes);
    void handle(Connection& from, std::string_view message);
    void warp(Connection& from, std::string_view frame);
    void rebroadcast(Lane& lane, std::string_view header, std::string_view body);
    void publish(Connection& from, Reader& in, std::size_t count);
    void call(Connection& from, Reader& in, std::size_t count);
    void yield(Connection& from, Reader& in, std::size_t count);
    void send(Connection& to, std::string_view message) {
        append_frame(to.framing, Side::server, to.encoding, FrameKind::message, message, to.out);
        touch(to);
    }
    void touch(Connection& to) {
        if (!std::exchange(to.dirty, true)) dirty_.push_back(&to);
    }
    void flush(Connection& to);
    void close_ended();
    /// Names are per wire form: the load speaks one form per run, so nothing is ever transcoded.
    std::string& name(const Connection& from, std::string_view uri) {
        name_.assign(1, static_cast<char>(static_cast<int>(from.framing) * 4 + static_cast<int>(from.encoding)));
        return name_.append(uri);
    }

    int epoll_;
    std::vector<int> listeners_;
    std::vector<char> buffer_;
    std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
    std::vector<Connection*> dirty_, ended_;
    std::unordered_map<std::string, Topic> topics_;
    std::unordered_map<std::string, Procedure> procedures_;
    std::unordered_map<std::string, Lane> lanes_;  // by `(node:..,lane:..)`, as the load spells it
    std::unordered_map<Connection*, std::vector<Invocation>> open_calls_;  // by callee
    std::uint64_t last_session_ = 0, last_name_ = 0, last_publication_ = 0;
    std::string name_, message_, frame_;
};

void Floor::accept_all(int listener) {
    for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails on Unix sockets, which need none
        auto index = static_cast<std::size_t>(fd);
        if (connections_.size() <= index) connections_.resize(index + 1);
        connections_[index] = std::make_unique<Connection>();
        connections_[index]->fd = fd;
        connections_[index]->session = ++last_session_;
        watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
}

void Floor::read(Connection& from) {
    auto got = recv(from.fd, buffer_.data(), buffer_.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
        if (!std::exchange(from.ended, true)) ended_.push_back(&from);
        return;
    }
    if (got < 0) return;
    auto size = static_cast<std::size_t>(got);
    if (from.in.empty()) {  // nearly always: whole frames, read where they lie
        auto used = consume(from, buffer_.data(), size);
        from.in.assign(buffer_.data() + used, size - used);
    } else {
        from.in.append(buffer_.data(), size);
        from.in.erase(0, consume(from, from.in.data(), from.in.size()));
    }
    if (from.in.empty()) std::string().swap(from.in);
}

std::size_t Floor::consume(Connection& from, char* data, std::size_t size) {
    std::size_t used = from.stage == Connection::Stage::fresh ? handshake(from, {data, size}) : 0;
    if (from.stage == Connection::Stage::fresh) return used;
    Frame frame;
    while (auto took = take_frame(from.framing, data + used, size - used, frame)) {
        if (took == broken) {
            if (!std::exchange(from.ended, true)) ended_.push_back(&from);
            return size;
        }
        used += took;
        if (frame.kind == FrameKind::message) handle(from, frame.payload);
        if (frame.kind != FrameKind::ping && frame.kind != FrameKind::close) continue;
        auto answer = frame.kind == FrameKind::ping ? FrameKind::pong : FrameKind::close;
        append_frame(from.framing, Side::server, from.encoding, answer, frame.payload, from.out);
        touch(from);
    }
    return used;
}

std::size_t Floor::handshake(Connection& from, std::string_view bytes) {
    if (bytes[0] == '\x7f') {
        if (bytes.size() < 4) return 0;
        from.framing = Framing::rawsocket;
        from.encoding = static_cast<Encoding>((bytes[1] & 15) - 1);
        from.out.assign({'\x7f', bytes[1], 0, 0});
        from.stage = Connection::Stage::open;
        touch(from);
        return 4;
    }
    auto end = bytes.find("\r\n\r\n"), key_at = bytes.find("Sec-WebSocket-Key: ");
    if (end == bytes.npos || key_at == bytes.npos) return 0;
    key_at += 19;
    auto key =
        std::string(bytes.substr(key_at, bytes.find('\r', key_at) - key_at)) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[20], accept[29];
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
    EVP_EncodeBlock(accept, digest, 20);
    from.encoding = bytes.find("warp0") != bytes.npos            ? Encoding::recon
                    : bytes.find("wamp.2.msgpack") != bytes.npos ? Encoding::msgpack
                    : bytes.find("wamp.2.cbor") != bytes.npos    ? Encoding::cbor
                                                                 : Encoding::json;
    from.out =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
    from.out.append(reinterpret_cast<char*>(accept)).append("\r\nSec-WebSocket-Protocol: ");
    from.out.append(from.encoding == Encoding::recon ? "warp0" : "wamp.2.");
    if (from.encoding != Encoding::recon) from.out.append(name_of(from.encoding));
    from.out.append("\r\n\r\n");
    from.stage = Connection::Stage::open;
    touch(from);
    return end + 4;
}

void Floor::handle(Connection& from, std::string_view message) {
    if (from.encoding == Encoding::recon) return warp(from, message);
    Reader in(from.encoding, message);
    auto count = in.list();
    auto code = in.uint();
    if (code == 16) return publish(from, in, count);
    if (code == 48) return call(from, in, count);
    if (code == 70) return yield(from, in, count);
    message_.clear();
    Writer out(from.encoding, message_);
    out.list(3);
    if (code == 1) {
        out.uint(2), out.uint(from.session), out.map(1), out.key("roles"), out.map(2);
        out.key("broker"), out.map(0), out.end_map(), out.key("dealer"), out.map(0), out.end_map();
        out.end_map(), out.end_map();
    } else if (code == 6) {
        out.uint(6), out.map(0), out.end_map(), out.text("wamp.close.goodbye_and_out");
    } else if (code == 32 || code == 64) {
        auto request = in.uint();
        in.skip();
        auto& named = name(from, in.text());
        auto& id = code == 32 ? topics_[named].id : procedures_[named].id;
        if (id == 0) id = ++last_name_;
        from.named = true;
        if (code == 32) topics_[named].subscribers.push_back(&from);
        if (code == 64) procedures_[named].callee = &from, open_calls_[&from].resize(open_calls_max);
        out.uint(code + 1), out.uint(request), out.uint(id);
    } else {
        return;
    }
    out.end_list();
    send(from, message_);
}

// @command(node,lane)body -> @event(node,lane)body to all links of that lane. The load's commands are Recon as a server
// would write it, and its names have no parentheses.
void Floor::warp(Connection& from, std::string_view frame) {
    auto open = frame.find('('), close = frame.find(')');
    if (open == frame.npos || close == frame.npos) return;
    auto kind = frame.substr(0, open), header = frame.substr(open, close + 1 - open);
    name_.assign(header);
    if (kind == "@command") {
        auto lane = lanes_.find(name_);
        return rebroadcast(lane == lanes_.end() ? lanes_[name_] : lane->second, header, frame.substr(close + 1));
    }
    if (kind != "@link" && kind != "@sync") return;
    auto& lane = lanes_[name_];
    lane.links.push_back(&from);
    from.named = true;
    send(from, message_.assign("@linked").append(header));
    if (kind == "@link") return;
    from.out.append(lane.entries);
    send(from, message_.assign("@synced").append(header));
}

void Floor::rebroadcast(Lane& lane, std::string_view header, std::string_view body) {
    message_.assign("@event").append(header).append(body);
    frame_.clear();
    append_frame(Framing::websocket, Side::server, Encoding::recon, FrameKind::message, message_, frame_);
    if (body.starts_with("@update(")) lane.entries.append(frame_);  // the load sets each key once
    bool value = header.ends_with("lane:value)");
    for (Connection* to : lane.links) {
        if (value && to->waits) {
            to->newest = frame_;
            continue;
        }
        to->out.append(frame_);
        touch(*to);
    }
}

// [16, request, options, topic, args..] -> [36, subscription, publication, details, args..]
void Floor::publish(Connection& from, Reader& in, std::size_t count) {
    in.uint(), in.skip();
    auto topic = topics_.find(name(from, in.text()));
    if (topic == topics_.end()) return;
    auto payload = in.rest(count, 4);
    message_.clear();
    Writer out(from.encoding, message_);
    out.list(4 + payload.count), out.uint(36), out.uint(topic->second.id), out.uint(++last_publication_);
    out.map(0), out.end_map(), out.raw(payload.bytes), out.end_list();
    frame_.clear();
    append_frame(from.framing, Side::server, from.encoding, FrameKind::message, message_, frame_);
    for (Connection* to : topic->second.subscribers) {
        if (to == &from) continue;
        to->out.append(frame_);
        touch(*to);
    }
}

// [48, request, options, procedure, args..] -> [68, invocation, registration, details, args..]
void Floor::call(Connection& from, Reader& in, std::size_t count) {
    auto request = in.uint();
    in.skip();
    auto found = procedures_.find(name(from, in.text()));
    if (found == procedures_.end() || !found->second.callee) return;
    auto& callee = *found->second.callee;
    auto invocation = ++callee.invocations;
    open_calls_.find(&callee)->second[invocation & (open_calls_max - 1)] = {from.fd, from.session, request};
    auto payload = in.rest(count, 4);
    message_.clear();
    Writer out(callee.encoding, message_);
    out.list(4 + payload.count), out.uint(68), out.uint(invocation), out.uint(found->second.id);
    out.map(0), out.end_map(), out.raw(payload.bytes), out.end_list();
    send(callee, message_);
}

// [70, invocation, options, args..] -> [50, request, details, args..]
void Floor::yield(Connection& from, Reader& in, std::size_t count) {
    auto calls = open_calls_.find(&from);
    if (calls == open_calls_.end()) return;
    auto invocation = calls->second[in.uint() & (open_calls_max - 1)];
    in.skip();
    auto payload = in.rest(count, 3);
    auto& caller = connections_[static_cast<std::size_t>(invocation.caller)];
    if (!caller || caller->session != invocation.session) return;  // left meanwhile
    message_.clear();
    Writer out(caller->encoding, message_);
    out.list(3 + payload.count), out.uint(50), out.uint(invocation.request);
    out.map(0), out.end_map(), out.raw(payload.bytes), out.end_list();
    send(*caller, message_);
}

void Floor::flush(Connection& to) {
    if (to.waits || to.ended) return;
    auto sent = ::send(to.fd, to.out.data(), to.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return;  // the next read tells why
    to.out.erase(0, sent < 0 ? 0 : static_cast<std::size_t>(sent));
    if (to.out.empty()) to.out.swap(to.newest);
    if (to.out.empty()) return;  // keeps its capacity: the next turn needs it again
    to.waits = true;
    watch(EPOLL_CTL_MOD, to.fd, EPOLLIN | EPOLLOUT);
}

void Floor::close_ended() {
    for (Connection* gone : ended_) {
        if (gone->named) {
            for (auto& [_, topic] : topics_) std::erase(topic.subscribers, gone);
            for (auto& [_, lane] : lanes_) std::erase(lane.links, gone);
            for (auto& [_, procedure] : procedures_)
                if (procedure.callee == gone) procedure.callee = nullptr;
            open_calls_.erase(gone);
        }
        close(gone->fd);
        connections_[static_cast<std::size_t>(gone->fd)].reset();
    }
    ended_.clear();
}

void Floor::run() {
    epoll_event events[512];
    for (;;) {
        int count = epoll_wait(epoll_, events, 512, -1);
        for (int i = 0; i < count; ++i) {
            int fd = events[i].data.fd;
            if (fd == listeners_[0] || fd == listeners_.back()) {
                accept_all(fd);
                continue;
            }
            auto& connection = *connections_[static_cast<std::size_t>(fd)];
            if (events[i].events & EPOLLOUT) {
                connection.waits = false;
                watch(EPOLL_CTL_MOD, fd, EPOLLIN);
                touch(connection);
            }
            if (events[i].events & ~static_cast<std::uint32_t>(EPOLLOUT)) read(connection);
        }
        for (Connection* to : dirty_) {
            to->dirty = false;
            flush(*to);
        }
        dirty_.clear();
        close_ended();
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::uint16_t port = 0;
    const char* unix_path = nullptr;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--port") == 0) port = static_cast<std::uint16_t>(std::atoi(argv[i + 1]));
        if (std::strcmp(argv[i], "--unix") == 0) unix_path = argv[i + 1];
    }
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Floor floor;
    floor.add_listener(bench::listen_tcp(port));
    std::printf("listening on 127.0.0.1:%d\n", port);
    if (unix_path) floor.add_listener(bench::listen_unix(unix_path));
    std::fflush(stdout);
    floor.run();
}
