#include "router/load/framing.hpp"

#include <cstring>

namespace heddle::load {

namespace {

constexpr char mask_key[4] = {0x37, 0x5a, 0x12, 0x6c};

void apply_mask(char* data, std::size_t size, const char* key) {
    std::uint32_t word;
    std::memcpy(&word, key, 4);
    std::uint64_t wide = std::uint64_t{word} << 32 | word;
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        std::uint64_t chunk;
        std::memcpy(&chunk, data + i, 8);
        chunk ^= wide;
        std::memcpy(data + i, &chunk, 8);
    }
    for (; i < size; ++i) data[i] = static_cast<char>(data[i] ^ key[i & 3]);
}

unsigned websocket_opcode(FrameKind kind, Encoding encoding) {
    switch (kind) {
        case FrameKind::ping:
            return 9;
        case FrameKind::pong:
            return 10;
        case FrameKind::close:
            return 8;
        default:
            return encoding == Encoding::json || encoding == Encoding::recon ? 1 : 2;
    }
}

std::uint64_t big_endian(const char* data, std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(data[i]);
    return value;
}

std::size_t take_websocket(char* data, std::size_t size, Frame& frame) {
    if (size < 2) return 0;
    auto first = static_cast<unsigned char>(data[0]), second = static_cast<unsigned char>(data[1]);
    bool masked = second & 0x80u, last = first & 0x80u;
    std::size_t header = 2, length = second & 0x7fu;
    if (length == 126) header += 2;
    if (length == 127) header += 8;
    if (size < header + (masked ? 4 : 0)) return 0;
    if (length >= 126) length = big_endian(data + 2, header - 2);
    if (length > (std::size_t{1} << 30)) return broken;
    char* payload = data + header + (masked ? 4 : 0);
    std::size_t total = static_cast<std::size_t>(payload - data) + length;
    if (size < total) return 0;
    if (masked) apply_mask(payload, length, data + header);
    frame.payload = {payload, length};
    switch (first & 0x0fu) {
        case 0:
            frame.kind = last ? FrameKind::last_part : FrameKind::part;
            return total;
        case 1:
        case 2:
            frame.kind = last ? FrameKind::message : FrameKind::part;
            return total;
        case 8:
            frame.kind = FrameKind::close;
            return total;
        case 9:
            frame.kind = FrameKind::ping;
            return total;
        case 10:
            frame.kind = FrameKind::pong;
            return total;
        default:
            return broken;
    }
}

std::size_t take_rawsocket(char* data, std::size_t size, Frame& frame) {
    if (size < 4) return 0;
    unsigned type = static_cast<unsigned char>(data[0]);
    std::size_t length = (type & 8u) ? std::size_t{1} << 24 : big_endian(data + 1, 3);
    if ((type & 7u) > 2) return broken;
    if (size < 4 + length) return 0;
    frame.kind = (type & 7u) == 0 ? FrameKind::message : (type & 7u) == 1 ? FrameKind::ping : FrameKind::pong;
    frame.payload = {data + 4, length};
    return 4 + length;
}

}  // namespace

void append_frame(Framing framing, Side side, Encoding encoding, FrameKind kind, std::string_view payload,
                  std::string& out) {
    char header[14];
    std::size_t length = payload.size(), count = 0;
    auto put = [&](std::uint64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i) header[count++] = static_cast<char>(value >> (8 * i));
    };
    if (framing == Framing::rawsocket) {
        if (kind == FrameKind::close) return;  // RawSocket has none
        put(kind == FrameKind::ping ? 1 : kind == FrameKind::pong ? 2 : 0, 1);
        put(length, 3);
    } else {
        unsigned mask_bit = side == Side::client ? 0x80 : 0;
        put(0x80u | websocket_opcode(kind, encoding), 1);
        put(mask_bit | (length < 126 ? length : length <= 0xffff ? 126 : 127), 1);
        if (length >= 126) put(length, length <= 0xffff ? 2 : 8);
        if (mask_bit) {
            std::memcpy(header + count, mask_key, 4);
            count += 4;
        }
    }
    out.append(header, count);
    out.append(payload);
    if (framing == Framing::websocket && side == Side::client)
        apply_mask(out.data() + out.size() - length, length, mask_key);
}

std::size_t take_frame(Framing framing, char* data, std::size_t size, Frame& frame) {
    return framing == Framing::websocket ? take_websocket(data, size, frame) : take_rawsocket(data, size, frame);
}

std::string client_handshake(Framing framing, Encoding encoding, std::string_view host, std::string_view path) {
    if (framing == Framing::rawsocket)
        return {'\x7f', static_cast<char>(0xf0 | (static_cast<unsigned>(encoding) + 1)), '\0', '\0'};
    std::string request = "GET ";
    request.append(path.empty() ? "/" : path).append(" HTTP/1.1\r\nHost: ").append(host);
    request.append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
    request.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ");
    request.append(encoding == Encoding::recon ? "warp0" : "wamp.2.");
    if (encoding != Encoding::recon) request.append(name_of(encoding));
    return request.append("\r\n\r\n");
}

std::size_t take_server_handshake(Framing framing, Encoding encoding, std::string_view bytes, std::string& why) {
    if (framing == Framing::rawsocket) {
        if (bytes.size() < 4) return 0;
        auto second = static_cast<unsigned char>(bytes[1]);
        if (bytes[0] == '\x7f' && (second & 15u) == static_cast<unsigned>(encoding) + 1) return 4;
        why = bytes[0] == '\x7f' ? "RawSocket handshake refused, error " + std::to_string(second >> 4)
                                 : "does not speak RawSocket";
        return broken;
    }
    auto end = bytes.find("\r\n\r\n");
    if (end == bytes.npos) return bytes.size() > 16384 ? (why = "does not speak WebSocket", broken) : 0;
    if (bytes.substr(0, bytes.find("\r\n")).find(" 101") != bytes.npos) return end + 4;
    why = "WebSocket upgrade refused: " + std::string(bytes.substr(0, bytes.find("\r\n")));
    return broken;
}

}  // namespace heddle::load
