// The realm against a plain model of it (model.hpp), over random programs: sessions that come, go and are lost, topics
// and procedures with every match, lists, retention, policies, progress both ways, cancels, timeouts and re-routing.
// Who receives what, in which order, that each call ends once, and that nothing is left behind.
//
//   HEDDLE_SEED=4711 realms_tests --gtest_filter='ModelProperty.*'    plays this seed alone and shows its transcript
//
// A program that fails is made smaller before it is shown.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "tests/realms/model_program.hpp"

namespace heddle::test {
namespace {

constexpr unsigned shards = 8;  // so that several cores may share them
// A sanitizer takes ten times as long. So few programs do each thing at least once; all together often.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned seeds = 1'000, at_least = 1;
#else
constexpr unsigned seeds = 10'000, at_least = seeds / shards / 50 + 1;
#endif

std::vector<Op> program_of(unsigned seed) {
    std::mt19937 random(seed);
    std::vector<Op> ops(40 + random() % 240);
    for (Op& op : ops) op = {random(), random(), random(), random(), random()};
    return ops;
}

/// What went wrong, if anything; failures that the play itself notices count.
std::string trouble_with(const std::vector<Op>& ops, Tally& tally, std::string* transcript = nullptr) {
    testing::TestPartResultArray noticed;
    std::string trouble;
    {
        testing::ScopedFakeTestPartResultReporter reporter(
            testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &noticed);
        ProgramRun run(tally);
        trouble = run.play(ops);
        if (transcript) *transcript = run.transcript();
    }
    if (trouble.empty() && noticed.size() > 0) trouble = noticed.GetTestPartResult(0).message();
    return trouble;
}

/// Without every operation that the failure does not need.
std::vector<Op> shrunk(std::vector<Op> ops) {
    for (std::size_t chunk = ops.size(); chunk > 0; chunk /= 2)
        for (std::size_t at = 0; at < ops.size();) {
            std::vector<Op> less = ops;
            less.erase(less.begin() + static_cast<std::ptrdiff_t>(at),
                       less.begin() + static_cast<std::ptrdiff_t>(std::min(at + chunk, less.size())));
            Tally ignored;
            if (trouble_with(less, ignored).empty())
                at += chunk;
            else
                ops = std::move(less);
        }
    return ops;
}

void play_seed(unsigned seed, Tally& tally) {
    const std::vector<Op> ops = program_of(seed);
    if (trouble_with(ops, tally).empty()) return;
    Tally ignored;
    std::string transcript;
    const std::string trouble = trouble_with(shrunk(ops), ignored, &transcript);
    ADD_FAILURE() << "HEDDLE_SEED=" << seed << "\n" << transcript << trouble;
}

class ModelProperty : public testing::TestWithParam<unsigned> {};

TEST_P(ModelProperty, RealmDoesWhatThePlainModelDoes) {
    Tally tally;
    if (const char* chosen = std::getenv("HEDDLE_SEED")) {
        if (GetParam() != 0) return;
        std::string transcript;
        const auto seed = static_cast<unsigned>(std::strtoul(chosen, nullptr, 10));
        trouble_with(program_of(seed), tally, &transcript);
        std::printf("%s", transcript.c_str());
        return play_seed(seed, tally);
    }
    for (unsigned seed = GetParam(); seed < seeds && !HasFailure(); seed += shards) play_seed(seed, tally);
    if (HasFailure()) return;
    // Programs that never get that far would prove little.
    for (const char* kind : {"EVENT",
                             "EVENT retained",
                             "EVENT topic",
                             "RESULT",
                             "RESULT progress",
                             "ERROR",
                             "INTERRUPT",
                             "INVOCATION",
                             "INVOCATION progress",
                             "INVOCATION receive_progress",
                             "INVOCATION procedure",
                             "INVOCATION timeout",
                             "ABORT",
                             "DETACHED",
                             "timeout",
                             "no_available_callee",
                             "canceled",
                             "feature_not_supported",
                             "limit_exceeded",
                             "no_such_procedure",
                             "procedure_already_exists",
                             "moved",
                             "continued",
                             "edited",
                             "revoked",
                             "not_authorized",
                             "lost"})
        EXPECT_GE(tally[kind], at_least) << kind;
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelProperty, testing::Range(0u, shards));

}  // namespace
}  // namespace heddle::test
