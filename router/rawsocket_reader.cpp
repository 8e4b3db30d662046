#include "router/rawsocket_reader.hpp"

#include <algorithm>
#include <utility>

namespace heddle {
namespace {

constexpr char magic = 0x7F;

std::size_t octet(char byte) { return static_cast<unsigned char>(byte); }

unsigned length_nibble(std::size_t limit) {
    unsigned nibble = 0;
    while (nibble < 15 && (std::size_t{512} << (nibble + 1)) <= limit) ++nibble;
    return nibble;
}

}  // namespace

std::size_t rawsocket_limit(std::size_t message_max) { return std::size_t{512} << length_nibble(message_max); }

RawSocketHandshake read_rawsocket_handshake(std::span<const char, rawsocket_handshake_size> octets) {
    RawSocketHandshake said;
    const std::size_t serializer = octet(octets[1]) & 0x0F;
    said.peer_takes = std::size_t{512} << (octet(octets[1]) >> 4);
    if (octets[2] != 0 || octets[3] != 0) {
        said.refusal = RawSocketRefusal::reserved_bits;
    } else if (octets[0] != magic || serializer < 1 || serializer > 3) {
        said.refusal = RawSocketRefusal::serializer_unsupported;
    } else {
        said.encoding = static_cast<Encoding>(serializer - 1);
    }
    return said;
}

std::string rawsocket_welcome(std::size_t limit, Encoding encoding) {
    const auto serializer = static_cast<unsigned>(encoding) + 1;
    return {magic, static_cast<char>(length_nibble(limit) << 4 | serializer), 0, 0};
}

std::string rawsocket_refusal(RawSocketRefusal refusal) {
    return {magic, static_cast<char>(static_cast<unsigned>(refusal) << 4), 0, 0};
}

RawSocketReader::Found RawSocketReader::take(std::span<const char> bytes, std::size_t& used) {
    if (!what_.empty()) return Found::broken;
    std::size_t at = 0;
    if (header_got_ < rawsocket_header_size) {
        at = std::min(bytes.size(), rawsocket_header_size - header_got_);
        std::copy_n(bytes.begin(), at, header_ + header_got_);
        header_got_ += at;
        if (header_got_ < rawsocket_header_size || !begin_frame()) {
            used += at;
            return what_.empty() ? Found::more : Found::broken;
        }
    }
    const std::span<const char> rest = bytes.subspan(at);
    if (partial_.empty() && rest.size() >= size_) {
        used += at + size_;
        header_got_ = 0;
        payload_ = {rest.data(), size_};
        return Found::frame;
    }
    const std::size_t take = std::min(rest.size(), size_ - partial_.size());
    partial_.append(rest.data(), take);
    used += at + take;
    if (partial_.size() < size_) return Found::more;
    header_got_ = 0;
    whole_ = std::exchange(partial_, {});
    payload_ = whole_;
    return Found::frame;
}

/// The header is complete: `RRRRXTTT` and 24 bits of length. The limit is checked before anything is kept.
bool RawSocketReader::begin_frame() {
    size_ = octet(header_[1]) << 16 | octet(header_[2]) << 8 | octet(header_[3]);
    const std::size_t first = octet(header_[0]), kind = first & 0x07;
    if (first & 0x08) {
        if (size_ != 0) return fail(CloseReason::protocol_violation, "RawSocket length bit X with a length");
        size_ = std::size_t{1} << 24;
    }
    if ((first & 0xF0) != 0 || kind > 2)
        return fail(CloseReason::protocol_violation, "RawSocket frame of a reserved type");
    kind_ = static_cast<RawSocketFrame>(kind);
    if (size_ > message_max_)
        return fail(CloseReason::message_too_big,
                    "message above the limit of " + std::to_string(message_max_) + " bytes");
    return true;
}

bool RawSocketReader::fail(CloseReason why, std::string what) {
    why_ = why;
    what_ = std::move(what);
    return false;
}

}  // namespace heddle
