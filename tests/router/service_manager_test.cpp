// What systemd learns of us, over a socket as it makes one.
#include "router/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace heddle {
namespace {

class Manager {
 public:
    /// A name without a file, of this process alone.
    explicit Manager(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        name.copy(address.sun_path, name.size());
        address.sun_path[0] = '\0';
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0) << std::strerror(errno);
    }
    ~Manager() { ::close(socket_); }
    std::string receive() {
        std::string text(1000, '\0');
        const ssize_t size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
        return size < 0 ? "" : text.substr(0, static_cast<std::size_t>(size));
    }

 private:
    int socket_;
};

TEST(ServiceManager, ReceivesTheStateOfTheRouter) {
    const std::string name = "@heddle-test-" + std::to_string(::getpid());
    Manager manager(name);
    const ServiceManager told(name);
    told.ready("serving 2 realms");
    EXPECT_EQ(manager.receive(), "READY=1\nSTATUS=serving 2 realms");
    told.ready("reload failed: heddle.toml:3:1: no\nEXTEND_TIMEOUT_USEC=1");
    EXPECT_EQ(manager.receive(), "READY=1\nSTATUS=reload failed: heddle.toml:3:1: no") << "one line, whatever is in it";
    timespec before{};
    ::clock_gettime(CLOCK_MONOTONIC, &before);
    told.reloading();
    const std::string reloading = manager.receive();
    const std::string start = "RELOADING=1\nMONOTONIC_USEC=";
    ASSERT_EQ(reloading.substr(0, start.size()), start);
    EXPECT_GE(std::stoll(reloading.substr(start.size())), before.tv_sec * 1'000'000LL);
    told.stopping("Terminated");
    EXPECT_EQ(manager.receive(), "STOPPING=1\nSTATUS=Terminated");
}

TEST(ServiceManager, NobodyThereIsNoTrouble) {
    ServiceManager("").ready("fine");
    ServiceManager("/nowhere/at/all").ready("fine");
    ServiceManager(std::string(200, 'x')).ready("fine");
}

}  // namespace
}  // namespace heddle
