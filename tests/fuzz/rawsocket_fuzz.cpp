#include <string>
#include <vector>

#include "router/rawsocket_reader.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Octets of any kind to the RawSocket reader. The first byte is how long the pieces are that they come in. Beside not
/// crashing: cut in pieces they are the same frames as in one, none is above the limit, and what is a frame can be
/// written and read again.
namespace {

using namespace heddle;
using fuzzing::demand;

constexpr std::size_t limit = 2048;

struct Received {
    std::vector<std::pair<RawSocketFrame, std::string>> frames;
    std::string broken;
    bool operator==(const Received&) const = default;
};

Received read(const std::string& bytes, std::size_t piece) {
    RawSocketReader reader(limit);
    Received received;
    for (std::size_t at = 0; at < bytes.size();) {
        // Its own block: a byte too far is seen.
        const std::vector<char> part(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                     bytes.begin() + static_cast<std::ptrdiff_t>(std::min(at + piece, bytes.size())));
        std::size_t used = 0;
        const RawSocketReader::Found found = reader.take(part, used);
        demand(used <= part.size(), "no more is used than came");
        if (found == RawSocketReader::Found::broken) {
            received.broken = reader.what();
            demand(!received.broken.empty(), "a refusal has a reason");
            break;
        }
        if (found == RawSocketReader::Found::frame) {
            demand(reader.payload().size() <= limit, "no frame is above the limit");
            received.frames.emplace_back(reader.kind(), reader.payload());
            reader.let_go();
        } else {
            demand(used == part.size(), "what is no frame yet is taken whole");
        }
        at += used;
    }
    return received;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 5) return 0;
    const std::size_t piece = data[0] % 32 + 1u;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const RawSocketHandshake said = read_rawsocket_handshake(std::span<const char, 4>(bytes.data(), 4));
    if (!said.refusal)
        demand(rawsocket_welcome(said.peer_takes, said.encoding) == std::string_view(bytes).substr(0, 4),
               "a handshake that is taken is echoed octet by octet");
    const std::string frames = bytes.substr(4);
    const Received whole = read(frames, frames.size());
    demand(whole == read(frames, piece), "pieces make no difference");
    std::string again;
    for (const auto& [kind, payload] : whole.frames) again.append(rawsocket_frame(kind, payload).view());
    demand(frames.starts_with(again), "what was read is written the same");
    return 0;
}
