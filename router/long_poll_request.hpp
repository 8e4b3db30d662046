#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "router/outlet.hpp"
#include "router/subprotocol.hpp"

/// The words of the long-poll transport (WAMP, "HTTP Longpoll Transport"): its paths, ids and the body of `open`.
namespace heddle {

/// `<base>/open` or `<base>/<id>/receive|send|close`.
struct LongPollTarget {
    enum class What : std::uint8_t { open, receive, send, close, unknown };
    What what = What::unknown;
    ConnectionRef transport;  // where the id says that it lives: believed only with the secret
    std::string_view secret;
};

/// Nothing where `path` (without query) is not below `base`. An empty base is below nothing.
std::optional<LongPollTarget> long_poll_target(std::string_view base, std::string_view path);

/// The id of a transport: its place, which is no secret, and 128 bits that are.
std::string long_poll_id(ConnectionRef transport, std::string_view secret);
std::string long_poll_secret(std::uint64_t high, std::uint64_t low);

/// Compares without telling by its time how much was right.
bool same_secret(std::string_view a, std::string_view b);

/// The body of `open`: the first of its protocols that the router speaks, or the sentence that says what is wrong.
struct LongPollOffer {
    std::optional<Subprotocol> protocol;
    std::string_view refusal;
};
LongPollOffer read_long_poll_offer(std::string_view body);

}  // namespace heddle
