#pragma once
#include <exception>
#include <string>
#include <vector>

namespace heddle {

/// Why a client cannot go on. The one exception of this library: thrown where somebody waits, caught by the command.
class Failure : public std::exception {
 public:
    enum class Kind { usage, no_connection, not_let_in, timeout, refused, bad_config, stale };

    Failure(Kind kind, std::string message, std::vector<std::string> hints = {}, std::string uri = {})
        : kind(kind), message(std::move(message)), hints(std::move(hints)), uri(std::move(uri)) {}
    const char* what() const noexcept override { return message.c_str(); }

    Kind kind;
    std::string message;             // "cannot connect to ws://127.0.0.1:8080: connection refused"
    std::vector<std::string> hints;  // lines below it: where a setting came from, what to try
    std::string uri;                 // of the WAMP error, where there was one
};

}  // namespace heddle
