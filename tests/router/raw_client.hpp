#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

namespace heddle {

/// A WAMP client of few words: JSON over RawSocket, blocking, on loopback.
class RawClient {
 public:
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            ::close(socket_);
            throw std::runtime_error("nobody listens");
        }
        write(std::string("\x7F\xF1\0\0", 4));  // up to 16 MiB, JSON
        std::array<char, 4> welcome{};
        read(welcome.data(), welcome.size());
        if ((welcome[1] & 0x0F) == 0) throw std::runtime_error("the handshake is refused");
    }
    ~RawClient() { ::close(socket_); }
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void say(const nlohmann::json& message) {
        const std::string text = message.dump();
        std::string frame(4, '\0');
        for (int i = 0; i < 3; ++i) frame[static_cast<std::size_t>(3 - i)] = static_cast<char>(text.size() >> 8 * i);
        write(frame + text);
    }
    void hello(const std::string& realm) {
        say({1, realm, {{"roles", {{"publisher", nlohmann::json::object()}, {"subscriber", nlohmann::json::object()}}}}});
    }
    /// HELLO, and what came of it: [2, ..] or [3, ..].
    nlohmann::json join(const std::string& realm) {
        hello(realm);
        return receive();
    }

    /// The next message; throws when the connection ends first, or nothing comes for ten seconds.
    nlohmann::json receive() {
        std::array<unsigned char, 4> header{};
        for (;;) {
            read(reinterpret_cast<char*>(header.data()), header.size());
            std::string text(std::size_t{header[1]} << 16 | std::size_t{header[2]} << 8 | header[3], '\0');
            read(text.data(), text.size());
            if (header[0] == 1) write(std::string("\x02", 1) + std::string(reinterpret_cast<char*>(&header[1]), 3) + text);
            if (header[0] == 0) return nlohmann::json::parse(text);
        }
    }
    /// What has come already; nothing where that is nothing.
    std::optional<nlohmann::json> received() {
        pollfd ready{socket_, POLLIN, 0};
        if (::poll(&ready, 1, 0) != 1) return std::nullopt;
        return receive();
    }
    bool over() {
        try {
            for (;;) receive();
        } catch (const std::runtime_error&) {
            return true;
        }
    }

 private:
    void write(const std::string& bytes) {
        if (::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
            throw std::runtime_error("the connection is over");
    }
    void read(char* into, std::size_t size) {
        for (std::size_t got = 0; got < size;) {
            pollfd ready{socket_, POLLIN, 0};
            if (::poll(&ready, 1, 10'000) != 1) throw std::runtime_error("nothing came");
            const ssize_t count = ::recv(socket_, into + got, size - got, 0);
            if (count <= 0) throw std::runtime_error("the connection is over");
            got += static_cast<std::size_t>(count);
        }
    }
    int socket_;
};

}  // namespace heddle
