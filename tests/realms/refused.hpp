#pragma once
#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {

/// A check of a script: how often this realm has refused something at a limit.
inline auto refused(Refusal limit, std::uint64_t times) {
    return [limit, times](Play& play) { EXPECT_EQ(play.realm().tallies().refusals[limit], times) << name_of(limit); };
}

}  // namespace heddle::test
