#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "realms/egress.hpp"

namespace heddle {

/// Random numbers from the kernel's generator, fetched a page at a time. One thread.
class KernelEntropy final : public Entropy {
 public:
    std::uint64_t next() override;

 private:
    std::array<std::uint64_t, 512> numbers_{};
    std::size_t used_ = numbers_.size();
};

}  // namespace heddle
