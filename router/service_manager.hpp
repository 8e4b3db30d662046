#pragma once
#include <string>
#include <string_view>

namespace heddle {

/// Tells systemd, or whoever set NOTIFY_SOCKET, how we are (sd_notify(3), `Type=notify`). Nobody there: does nothing.
class ServiceManager {
 public:
    /// From the environment of this process.
    ServiceManager();
    /// "/run/systemd/notify" or "@abstract"; empty: nobody.
    explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

    void ready(std::string_view status) const;
    /// With the moment it began, as systemd wants to tell this reload's READY from others'.
    void reloading() const;
    void stopping(std::string_view status) const;

 private:
    void say(const std::string& text) const;
    std::string socket_;
};

}  // namespace heddle
