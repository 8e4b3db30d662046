#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "bridge/envelope.hpp"
#include "serializers/recon_text.hpp"

/// Reads Recon from standard input, a frame a line, and says for each what our codec takes for it, in nanoseconds:
/// parse <tab> envelope <tab> write <tab> what was written. `bench/recon_compare` sets it beside @swim/recon.
namespace {

using namespace heddle;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 40;
constexpr auto round_time = std::chrono::milliseconds(5);

/// The best of many short rounds: what other programs on the machine took is in the others.
template <class F>
double best_ns(F&& once) {
    double best = 1e18;
    std::size_t count = 64;
    for (int round = 0; round < rounds;) {
        const auto begin = Clock::now();
        for (std::size_t i = 0; i < count; ++i) once();
        const auto took = Clock::now() - begin;
        if (took < round_time && round == 0) {
            count *= 2;
            continue;
        }
        ++round;
        best = std::min(best, std::chrono::duration<double, std::nano>(took).count() / static_cast<double>(count));
    }
    return best;
}

}  // namespace

int main() {
    for (std::string frame; std::getline(std::cin, frame);) {
        recon::Tape tape;
        recon::Parser parser(tape);
        EnvelopeReader reader;
        if (!parser.block(frame) || reader.read(frame) != EnvelopeReader::Found::envelope) return 1;
        // Nothing here can be left out by the compiler: all of it is behind calls into other files.
        const double parse = best_ns([&] { parser.block(frame); });
        const double envelope = best_ns([&] { reader.read(frame); });
        const double write = best_ns([&] {
            ByteBuffer out;  // a buffer for each frame, as the router has it
            recon::put_block(tape.root(), out);
            SharedBytes done = out.freeze();
        });
        ByteBuffer out;
        recon::put_block(tape.root(), out);
        std::printf("%.1f\t%.1f\t%.1f\t%.*s\n", parse, envelope, write, static_cast<int>(out.size()), out.data());
    }
}
