#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "serializers/bytes.hpp"

/// Big-endian numbers, as MessagePack and CBOR write them.
namespace heddle::binary {

template <class T>
T swapped(T value) {
    if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) return value;
    if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
    if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
    if constexpr (sizeof(T) == 8) return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

template <class T>
T load(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return swapped(value);
}

/// An unsigned number of 1, 2, 4 or 8 bytes.
inline std::uint64_t load_sized(const char* at, std::size_t size) {
    switch (size) {
        case 1:
            return load<std::uint8_t>(at);
        case 2:
            return load<std::uint16_t>(at);
        case 4:
            return load<std::uint32_t>(at);
        default:
            return load<std::uint64_t>(at);
    }
}

template <class T>
void store(char* at, T value) {
    value = swapped(value);
    std::memcpy(at, &value, sizeof value);
}

/// A type byte and a number after it.
template <class T>
void put(ByteBuffer& out, unsigned head, T value) {
    char* at = out.extend(1 + sizeof value);
    at[0] = static_cast<char>(head);
    store(at + 1, value);
}

/// IEEE 754 half precision (CBOR), exactly.
inline double half_to_double(std::uint16_t half) {
    const std::uint64_t sign = std::uint64_t{half & 0x8000u} << 48;
    const std::uint64_t exponent = half >> 10 & 31, mantissa = half & 1023;
    if (exponent == 0) {
        const double size = static_cast<double>(mantissa) * 0x1p-24;
        return sign ? -size : size;
    }
    const std::uint64_t wide = exponent == 31 ? 2047 : exponent - 15 + 1023;
    return std::bit_cast<double>(sign | wide << 52 | mantissa << 42);
}

}  // namespace heddle::binary
