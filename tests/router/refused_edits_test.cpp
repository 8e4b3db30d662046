#include "router/admin/refused_edits.hpp"

#include <gtest/gtest.h>

#include "router/shortened.hpp"

namespace heddle::admin {
namespace {

using namespace std::chrono_literals;

AuditEntry refusal_of(const std::string& who, std::int64_t at = 1'000, std::string detail = "no") {
    AuditEntry entry;
    entry.who = who;
    entry.at = at;
    entry.operation = "heddle.role.put";
    entry.error = "heddle.error.exists";
    entry.detail = std::move(detail);
    return entry;
}

constexpr RefusedEdits::TimePoint start{};

TEST(RefusedEdits, FirstOnesAreWrittenAndTheRestIsOneSummary) {
    RefusedEdits refused;
    for (std::size_t i = 0; i < RefusedEdits::written_max; ++i) EXPECT_TRUE(refused.admit(refusal_of("ada"), start)) << i;
    EXPECT_FALSE(refused.admit(refusal_of("ada", 61'000, "first folded"), start + 1min));
    EXPECT_FALSE(refused.admit(refusal_of("ada", 62'000, "last folded"), start + 2min));
    EXPECT_TRUE(refused.admit(refusal_of("bo"), start + 2min)) << "every user has a window";
    EXPECT_TRUE(refused.take_due(start + RefusedEdits::window - 1ms).empty());
    const auto summaries = refused.take_due(start + RefusedEdits::window);
    ASSERT_EQ(summaries.size(), 1u);
    EXPECT_EQ(summaries[0].who, "ada");
    EXPECT_EQ(summaries[0].operation, "heddle.role.put");
    EXPECT_EQ(summaries[0].error, "heddle.error.exists");
    EXPECT_EQ(summaries[0].detail,
              "2 more operations were refused since 1970-01-01T00:01:01.000Z and are not listed; the last: last folded");
    EXPECT_TRUE(refused.admit(refusal_of("ada"), start + RefusedEdits::window)) << "a new window";
}

TEST(RefusedEdits, NothingIsLostAtTheEnd) {
    RefusedEdits refused;
    for (std::size_t i = 0; i < RefusedEdits::written_max + 1; ++i) refused.admit(refusal_of("ada"), start);
    ASSERT_EQ(refused.take_all().size(), 1u);
    EXPECT_TRUE(refused.take_all().empty());
}

TEST(RefusedEdits, UsersBeyondTheBoundShareAWindow) {
    RefusedEdits refused;
    std::size_t written = 0;
    for (std::size_t i = 0; i < 10 * RefusedEdits::users_max; ++i)
        written += refused.admit(refusal_of("user" + std::to_string(i)), start);
    EXPECT_EQ(written, RefusedEdits::users_max + RefusedEdits::written_max);
    EXPECT_EQ(refused.take_all().size(), 1u);
}

TEST(RefusedEdits, LongTextsAreShortenedBetweenCharacters) {
    EXPECT_EQ(shortened("as it is", 8), "as it is");
    EXPECT_EQ(shortened(std::string(100, 'x'), 20), "xxxxx... (100 bytes)");
    const std::string umlauts = "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4";
    EXPECT_EQ(shortened(umlauts, 19), "\xc3\xa4\xc3\xa4... (20 bytes)") << "a half character is left out";
    EXPECT_EQ(shortened(std::string(100, 'x'), 3), "... (100 bytes)");
}

}  // namespace
}  // namespace heddle::admin
