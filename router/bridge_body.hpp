#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "router/settings.hpp"
#include "serializers/bytes.hpp"
#include "serializers/encoding.hpp"

/// Bodies of the HTTP bridge: {procedure or topic, args, kwargs, options} in, {args, kwargs} or an error out. Payloads
/// pass as bytes. Knows no socket: tests and the fuzzer feed it.
namespace heddle {

/// A request's body as the message that it stands for, or what is wrong with it.
struct BridgeMessage {
    SharedBytes message;    // CALL or PUBLISH with request id 1, which decode() takes
    bool progressive = false;  // its options ask for progressive results
    bool malformed = false;  // the body is no value of its encoding; otherwise one, but not what belongs here
    std::string pointer;    // RFC 6901: which part of the body; empty: the whole
    std::string fault;      // empty: there is none
};
BridgeMessage read_bridge_body(BridgeKind kind, Encoding encoding, std::string_view body);

/// What a refusal says. `status` 0: error, args and kwargs alone, as Crossbar has it.
struct BridgeError {
    std::string_view error, args, kwargs;  // the latter as values in the answer's encoding
    std::string_view detail, pointer;
    std::string_view type, title;
    unsigned status = 0;
};

std::string write_bridge_result(Encoding encoding, std::string_view args, std::string_view kwargs, bool progress);
std::string write_bridge_published(Encoding encoding, std::uint64_t publication);
/// `error`, `args` and `kwargs` are always there. Without args, `detail` is the first of them.
std::string write_bridge_error(Encoding encoding, const BridgeError& error);

}  // namespace heddle
