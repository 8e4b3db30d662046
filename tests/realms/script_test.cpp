// The fixture itself: a transcript that does not come true must fail.
#include "tests/realms/script.hpp"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace heddle::test {
namespace {

TEST(ScriptFixture, FailsOnAWrongLine) {
    EXPECT_NONFATAL_FAILURE(
        {
            Script s;
            s.join("ann").send("ann", subscribe(1, "a.b")).expect("ann", subscribed(1, 2));
        },
        "SUBSCRIBED 1 subscription=2");
}

TEST(ScriptFixture, FailsOnALineThatNobodyExpects) {
    EXPECT_NONFATAL_FAILURE(
        {
            Script s;
            s.join("ann").send("ann", subscribe(1, "a.b"));
        },
        "ann got SUBSCRIBED 1 subscription=1");
}

TEST(ScriptFixture, FailsOnMissingLines) {
    EXPECT_NONFATAL_FAILURE(
        {
            Script s;
            s.join("ann").expect("ann", subscribed(1, 1));
        },
        "SUBSCRIBED 1 subscription=1");
}

}  // namespace
}  // namespace heddle::test
