#include "router/frame.hpp"

#include <cstring>
#include <utility>

namespace heddle {
namespace {

void put_big_endian(char* to, std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) to[i] = static_cast<char>(value >> (8 * (bytes - 1 - i)));
}

/// Bytes of an unmasked header beyond its first two.
std::size_t extra_length(std::size_t size) { return size < 126 ? 0 : size < 65536 ? 2 : 8; }

/// Writes an unmasked header so that it ends at `end`; returns where it begins.
char* websocket_header(char* end, std::uint8_t opcode, std::size_t size) {
    const std::size_t extra = extra_length(size);
    char* begin = end - 2 - extra;
    begin[0] = static_cast<char>(0x80 | opcode);
    begin[1] = static_cast<char>(extra == 0 ? size : extra == 2 ? 126 : 127);
    if (extra != 0) put_big_endian(begin + 2, size, extra);
    return begin;
}

void rawsocket_header(char* to, RawSocketFrame kind, std::size_t size) {
    const bool whole = size == std::size_t{1} << 24;  // 2^24 does not fit in 24 bits: bit X says it
    to[0] = static_cast<char>(static_cast<unsigned>(kind) | (whole ? 8u : 0u));
    put_big_endian(to + 1, whole ? 0 : size, 3);
}

constexpr std::uint8_t opcode_text = 0x1, opcode_binary = 0x2;

std::uint8_t opcode_for(Encoding encoding) {
    return encoding == Encoding::json || encoding == Encoding::recon ? opcode_text : opcode_binary;
}

template <std::uint8_t opcode>
Frame batch_header(std::size_t size) {
    ByteBuffer buffer(16);
    const std::size_t header = 2 + extra_length(size);
    char* begin = buffer.extend(header);
    websocket_header(begin + header, opcode, size);
    return Frame(buffer.freeze());
}

}  // namespace

BatchHeader websocket_batch_header(Encoding encoding) {
    return opcode_for(encoding) == opcode_text ? batch_header<opcode_text> : batch_header<opcode_binary>;
}

FrameBuilder::FrameBuilder(WireForm form, std::size_t body_size_hint)
    : form_(form), buffer_(headroom + body_size_hint + 1) {
    buffer_.extend(headroom);
}

Frame FrameBuilder::finish() {
    const std::size_t size = body_size();
    char* begin = buffer_.data() + headroom;
    switch (form_.framing) {
        case Framing::rawsocket:
            begin -= 4;
            rawsocket_header(begin, RawSocketFrame::message, size);
            break;
        case Framing::bare:
            break;
        case Framing::batched:
            if (form_.encoding == Encoding::json) {
                buffer_.push_back('\x1e');
                begin = buffer_.data() + headroom;
            } else {
                begin -= 4;
                put_big_endian(begin, size, 4);
            }
            break;
        case Framing::websocket:
            begin = websocket_header(begin, opcode_for(form_.encoding), size);
            break;
    }
    const auto offset = static_cast<std::size_t>(begin - buffer_.data());
    return Frame(buffer_.freeze(), offset);
}

void put_websocket_text(std::string_view text, ByteBuffer& out) {
    const std::size_t header = 2 + extra_length(text.size());
    char* begin = out.extend(header + text.size());
    websocket_header(begin + header, opcode_text, text.size());
    std::memcpy(begin + header, text.data(), text.size());
}

Frame websocket_control(ControlFrame kind, std::string_view payload) {
    ByteBuffer buffer(2 + payload.size());
    char* header = buffer.extend(2);
    websocket_header(header + 2, static_cast<std::uint8_t>(kind), payload.size());
    buffer.append(payload);
    return Frame(buffer.freeze());
}

Frame rawsocket_frame(RawSocketFrame kind, std::string_view payload) {
    ByteBuffer buffer(4 + payload.size());
    rawsocket_header(buffer.extend(4), kind, payload.size());
    buffer.append(payload);
    return Frame(buffer.freeze());
}

}  // namespace heddle
