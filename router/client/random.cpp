#include "router/client/random.hpp"

#include "router/entropy.hpp"

namespace heddle {

std::string random_bytes(std::size_t count) {
    KernelEntropy entropy;
    std::string bytes;
    while (bytes.size() < count) {
        const std::uint64_t number = entropy.next();
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    bytes.resize(count);
    return bytes;
}

}  // namespace heddle
