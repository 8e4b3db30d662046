#include "router/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <ctime>

namespace heddle {
namespace {

std::string from_environment() {
    const char* socket = std::getenv("NOTIFY_SOCKET");
    return socket ? socket : "";
}

/// A line of its own: what follows a line break would be another assignment.
std::string status_line(std::string_view status) {
    return "\nSTATUS=" + std::string(status.substr(0, status.find('\n')));
}

}  // namespace

ServiceManager::ServiceManager() : ServiceManager(from_environment()) {}

void ServiceManager::ready(std::string_view status) const { say("READY=1" + status_line(status)); }

void ServiceManager::reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1'000;
    say("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::stopping(std::string_view status) const { say("STOPPING=1" + status_line(status)); }

/// Best effort: whether the manager listens is its business.
void ServiceManager::say(const std::string& text) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
    socket_.copy(address.sun_path, socket_.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return;
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    ::sendto(socket, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), size);
    ::close(socket);
}

}  // namespace heddle
