#include <string>

#include "serializers/cbor_reader.hpp"
#include "serializers/codec.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/msgpack_reader.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Bytes of any kind into the decoder. The first byte chooses the encoding, the rest is the frame. Beside not crashing:
/// what is a message can be said in every encoding and is then a fixed point, and the two ways through a value (scan
/// and step) agree.
namespace {

using namespace heddle;
using fuzzing::demand;

constexpr Encoding encodings[] = {Encoding::json, Encoding::msgpack, Encoding::cbor};

std::string encoded(const Message& message, Encoding encoding) {
    ByteBuffer out;
    encode(message, encoding, out);
    return std::string(out.view());
}

template <class Reader>
void scan_and_step(std::string_view bytes) {
    Reader scanner(bytes);
    const bool scanned = scanner.skip_value() && scanner.next().kind == Token::Kind::end;
    Reader stepper(bytes);
    Token::Kind kind = Token::Kind::null;
    while (kind != Token::Kind::end && kind != Token::Kind::error) kind = stepper.next().kind;
    demand(scanned == (kind == Token::Kind::end), "scanner and stepper agree");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const Encoding encoding = encodings[data[0] % std::size(encodings)];
    const std::string frame(reinterpret_cast<const char*>(data) + 1,
                            size - 1);  // its own block: a byte too far is seen
    if (encoding == Encoding::json)
        scan_and_step<JsonReader>(frame);
    else if (encoding == Encoding::msgpack)
        scan_and_step<MsgpackReader>(frame);
    else
        scan_and_step<CborReader>(frame);

    const auto message = decode(encoding, frame);
    const std::uint64_t code = peek_code(encoding, frame);
    if (!message) return demand(!message.error().what.empty(), "a refusal has a reason"), 0;
    demand(code != 0, "a message's code can be peeked");
    std::string forms[std::size(encodings)];
    for (std::size_t i = 0; i < std::size(encodings); ++i) forms[i] = encoded(*message, encodings[i]);
    for (std::size_t i = 0; i < std::size(encodings); ++i) {
        const auto again = decode(encodings[i], forms[i]);
        demand(bool(again), "what we encode we decode");
        demand(again->index() == message->index(), "it stays the same message");
        demand(encoded(*again, encodings[i]) == forms[i], "and a fixed point");
    }
    return 0;
}
