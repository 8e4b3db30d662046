#pragma once
#include <cstddef>
#include <string>

#include "realms/egress.hpp"

namespace heddle {

/// For nonces, challenges and keys.
inline std::string random_bytes(Entropy& entropy, std::size_t count) {
    std::string bytes;
    bytes.reserve(count + 8);
    while (bytes.size() < count)
        for (std::uint64_t bits = entropy.next(), left = 8; left > 0; --left, bits >>= 8)
            bytes.push_back(static_cast<char>(bits & 0xff));
    bytes.resize(count);
    return bytes;
}

/// For those who have no name of their own.
inline std::string random_authid(Entropy& entropy) {
    constexpr char digits[] = "abcdefghijkmnpqrstuvwxyz23456789";  // none that looks like another
    std::string authid;
    std::uint64_t bits = 0;
    for (int count = 0; count < 20; ++count, bits >>= 5) {
        if (count % 12 == 0) bits = entropy.next();
        authid += digits[bits & 31];
    }
    return authid;
}

}  // namespace heddle
