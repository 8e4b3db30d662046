#include "router/subprotocol.hpp"

#include <algorithm>
#include <iterator>

namespace heddle {
namespace {

constexpr Subprotocol subprotocols[] = {
    {"wamp.2.json", {Encoding::json, Framing::websocket}, false},
    {"wamp.2.msgpack", {Encoding::msgpack, Framing::websocket}, false},
    {"wamp.2.cbor", {Encoding::cbor, Framing::websocket}, false},
    {"wamp.2.json.batched", {Encoding::json, Framing::batched}, false},
    {"wamp.2.msgpack.batched", {Encoding::msgpack, Framing::batched}, false},
    {"wamp.2.cbor.batched", {Encoding::cbor, Framing::batched}, false},
    {"warp0", {Encoding::recon, Framing::websocket}, true},
};

}  // namespace

std::optional<Subprotocol> find_subprotocol(std::string_view name) {
    const auto* found = std::find_if(std::begin(subprotocols), std::end(subprotocols),
                                     [&](const Subprotocol& s) { return s.name == name; });
    if (found == std::end(subprotocols)) return std::nullopt;
    return *found;
}

}  // namespace heddle
