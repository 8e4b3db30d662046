// simulation --seed N [--trace], or simulation COUNT [FIRST_SEED]: for replaying a seed, and for tools/simulate.
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

#include "tests/simulation/runs.hpp"

namespace {

constexpr const char* usage =
    "usage: simulation --seed N [--trace]\n"
    "       simulation COUNT [FIRST_SEED]\n";

bool number(std::string_view text, std::uint64_t& into) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), into);
    return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t seed = 0, count = 0, first = 1;
    const bool replay = argc >= 3 && std::strcmp(argv[1], "--seed") == 0 && number(argv[2], seed);
    if (replay && (argc == 3 || (argc == 4 && std::strcmp(argv[3], "--trace") == 0)))
        return heddle::sim::replay(seed, argc == 4) ? 0 : 1;
    if (replay || argc < 2 || argc > 3 || !number(argv[1], count) || (argc == 3 && !number(argv[2], first))) {
        std::fputs(usage, stderr);
        return 2;
    }
    const auto failed = heddle::sim::run_seeds(first, count, stdout);
    std::printf("%llu seeds, %llu failed\n", static_cast<unsigned long long>(count), static_cast<unsigned long long>(failed));
    return failed == 0 ? 0 : 1;
}
