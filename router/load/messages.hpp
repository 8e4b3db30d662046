#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "router/load/wire.hpp"

namespace heddle::load {

/// WAMP message codes that a load sends or meets.
enum class Code : std::uint8_t {
    none = 0,
    hello = 1,
    welcome = 2,
    abort = 3,
    goodbye = 6,
    error = 8,
    publish = 16,
    subscribe = 32,
    subscribed = 33,
    event = 36,
    call = 48,
    result = 50,
    register_ = 64,
    registered = 65,
    invocation = 68,
    yield = 70,
};

/// The messages a load sends. What stays the same is encoded once; views are good until the next call.
/// The payload is one text of `size` bytes; that of PUBLISH ends in the intended send time, 16 hexadecimal digits, so
/// an event tells by itself how late it is and to which window it belongs, whatever else was lost or overtaken.
class Messages {
 public:
    static constexpr std::size_t stamp_size = 16;

    Messages(Encoding encoding, std::size_t size);
    std::string_view hello(std::string_view realm);
    std::string_view goodbye();
    std::string_view subscribe(std::uint64_t request, std::string_view topic);
    std::string_view register_procedure(std::uint64_t request, std::string_view procedure);
    std::string_view yield(std::uint64_t invocation);

    /// Topic and payload of one PUBLISH, or procedure and payload of one CALL: all that follows the request id.
    std::string tail(std::string_view uri) const;
    std::string_view publish(std::uint64_t request, std::string_view tail, std::uint64_t stamp);
    std::string_view call(std::uint64_t request, std::string_view tail);

 private:
    std::string_view request_of_uri(Code code, std::uint64_t request, std::string_view uri);
    std::string_view with_tail(Code code, std::size_t count, std::uint64_t request, std::string_view tail);

    Encoding encoding_;
    std::string payload_, yield_tail_, out_;
};

/// A stamp, 16 hexadecimal digits: read where `text` is one, written right before `end`.
std::optional<std::uint64_t> read_stamp(std::string_view text);
void write_stamp(std::uint64_t stamp, char* end);

/// What a load reads of any message: its code, and the id after it (request, subscription, session).
struct Head {
    Code code = Code::none;
    std::uint64_t id = 0;
};
Head head_of(Encoding encoding, std::string_view message);
/// The stamp of an EVENT's payload; nothing where the payload is not ours.
std::optional<std::uint64_t> stamp_of(Encoding encoding, std::string_view event);
/// For ABORT and ERROR: the URI, and a text that explains it where there is one.
std::string reason_of(Encoding encoding, std::string_view message);

}  // namespace heddle::load
