#include <cassert>

#include "serializers/cbor_writer.hpp"
#include "serializers/codec.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/write_messages.hpp"

namespace heddle {
namespace {

/// Most messages fit: ids, short Details, one URI.
constexpr std::size_t envelope_guess = 128;

template <class M>
void encode_one(const M& message, Encoding encoding, ByteBuffer& out) {
    std::size_t guess = envelope_guess;
    if constexpr (requires { message.payload; }) guess += message.payload.args.size() + message.payload.kwargs.size();
    out.reserve(guess);
    const auto with = [&](auto writer) { put(writer, message); };
    switch (encoding) {
        case Encoding::json:
            return with(detail::Out<JsonWriter>(encoding, out));
        case Encoding::msgpack:
            return with(detail::Out<MsgpackWriter>(encoding, out));
        case Encoding::cbor:
            return with(detail::Out<CborWriter>(encoding, out));
        case Encoding::recon:
            break;
    }
    assert(false && "WAMP messages have no Recon form");
}

}  // namespace

void encode(const Message& message, Encoding encoding, ByteBuffer& out) {
    std::visit([&](const auto& m) { encode_one(m, encoding, out); }, message);
}

void encode(const Event& event, Encoding encoding, ByteBuffer& out) { encode_one(event, encoding, out); }

}  // namespace heddle
