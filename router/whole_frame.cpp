#include "router/whole_frame.hpp"

#include <cstdint>
#include <cstring>

namespace heddle {
namespace {

void unmask(char* bytes, std::size_t size, const char* key) {
    std::uint64_t key8 = 0;
    std::memcpy(&key8, key, 4);
    std::memcpy(reinterpret_cast<char*>(&key8) + 4, key, 4);
    std::size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        std::uint64_t part = 0;
        std::memcpy(&part, bytes + i, 8);
        part ^= key8;
        std::memcpy(bytes + i, &part, 8);
    }
    for (; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ key[i % 4]);
}

}  // namespace

std::optional<WholeFrame> take_whole_frame(std::span<char> bytes, std::size_t payload_max) {
    constexpr unsigned final_text = 0x81, final_binary = 0x82, masked = 0x80;
    if (bytes.size() < 6) return std::nullopt;
    const auto octet = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i])); };
    if ((octet(0) != final_text && octet(0) != final_binary) || !(octet(1) & masked)) return std::nullopt;
    std::size_t payload = octet(1) & 0x7F, header = 6;
    if (payload == 126) {
        payload = octet(2) << 8 | octet(3);
        header = 8;
        if (payload < 126) return std::nullopt;
    } else if (payload == 127) {
        return std::nullopt;
    }
    if (payload > payload_max || bytes.size() < header + payload) return std::nullopt;
    unmask(bytes.data() + header, payload, bytes.data() + header - 4);
    return WholeFrame{{bytes.data() + header, payload}, header + payload, octet(0) == final_text};
}

}  // namespace heddle
