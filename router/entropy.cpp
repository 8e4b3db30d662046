#include "router/entropy.hpp"

#include <sys/random.h>

#include <cerrno>
#include <system_error>

namespace heddle {

std::uint64_t KernelEntropy::next() {
    if (used_ == numbers_.size()) {
        auto* bytes = reinterpret_cast<char*>(numbers_.data());
        for (std::size_t got = 0; got < sizeof numbers_;) {
            const ssize_t result = ::getrandom(bytes + got, sizeof numbers_ - got, 0);
            if (result < 0 && errno != EINTR) throw std::system_error(errno, std::system_category(), "getrandom");
            if (result > 0) got += static_cast<std::size_t>(result);
        }
        used_ = 0;
    }
    return numbers_[used_++];
}

}  // namespace heddle
