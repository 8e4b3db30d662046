// What one user may have in the lists of a realm: entries count for who set them last.
#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

constexpr auto full = "heddle.error.limit_exceeded";

Message put(std::uint64_t request, std::string_view args, std::string_view kwargs, PublishOptions options = acknowledge()) {
    return Publish{{request}, options, "todo", payload(args, kwargs)};
}
RealmSettings realm_with_a_list() {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::exact, "todo", LaneKind::list}};
    return settings;
}
/// Where one user may have `entries` entries like `[1]` under a key of one letter, and `more` bytes.
RealmSettings room_for(std::size_t entries, std::size_t more = 0) {
    Play play(realm_with_a_list());
    play.connect("ann");
    play.send("ann", hello());
    play.send("ann", put(1, "[1]", R"({"$key":"a"})"));
    RealmSettings settings = realm_with_a_list();
    settings.limits.user_list_bytes_max = entries * play.counts().list_bytes + more;
    return settings;
}
auto refused(std::uint64_t times) {
    return [times](Play& play) {
        EXPECT_EQ(play.realm().tallies().refusals[Refusal::user_lists], times);
        EXPECT_EQ(play.realm().tallies().refusals[Refusal::lists], 0u);
    };
}
Script& gather(Script& s) {
    return s.admit("ann", "ann", all_roles()).admit("too", "ann", all_roles()).admit("bob", "bob", all_roles());
}

TEST(ListShare, AUserFillsItsShareAndLeavesTheRestToOthers) {
    Script s{room_for(1)};
    gather(s).send("ann", put(1, "[1]", R"({"$key":"a"})")).expect("ann", published(1, 1)).check(refused(0));
    s.send("ann", put(2, "[1]", R"({"$key":"b"})")).expect("ann", error(16, 2, full)).check(refused(1));
    s.send("too", put(1, "[1]", R"({"$key":"b"})")).expect("too", error(16, 1, full)).check(refused(2));
    s.send("too", put(2, "[1]", R"({"$key":"b"})", {})).expect_silence("too").check(refused(3));
    s.send("bob", put(1, "[1]", R"({"$key":"b"})")).expect("bob", published(1, 2)).check(refused(3));
}

TEST(ListShare, WhatIsRemovedIsFreeAgain) {
    Script s{room_for(1)};
    gather(s).send("ann", put(1, "[1]", R"({"$key":"a"})")).expect("ann", published(1, 1));
    s.send("bob", put(1, {}, R"({"$removed":true,"$key":"a"})")).expect("bob", published(1, 2));
    s.send("ann", put(2, "[1]", R"({"$key":"b"})")).expect("ann", published(2, 3));
    s.send("bob", put(2, {}, R"({"$removed":true})")).expect("bob", published(2, 4));
    s.send("too", put(1, "[1]", R"({"$key":"c"})")).expect("too", published(1, 5)).check(refused(0));
}

TEST(ListShare, AnEntryCountsForWhoSetItLast) {
    Script s{room_for(1)};
    gather(s).send("ann", put(1, "[1]", R"({"$key":"a"})")).expect("ann", published(1, 1));
    s.send("bob", put(1, "[2]", R"({"$key":"a"})")).expect("bob", published(1, 2));
    s.send("ann", put(2, "[1]", R"({"$key":"b"})")).expect("ann", published(2, 3));
    s.send("ann", put(3, "[3]", R"({"$key":"a"})")).expect("ann", error(16, 3, full));
    s.send("bob", put(2, "[1]", R"({"$key":"c"})")).expect("bob", error(16, 2, full)).check(refused(2));
}

TEST(ListShare, OwnEntriesMayBeReplacedUpToTheVeryByte) {
    Script s{room_for(1, 1)};
    gather(s).send("ann", put(1, "[1]", R"({"$key":"a"})")).expect("ann", published(1, 1));
    s.send("ann", put(2, R"(["x"])", R"({"$key":"a"})")).expect("ann", published(2, 2));
    s.send("ann", put(3, R"(["xy"])", R"({"$key":"a"})")).expect("ann", error(16, 3, full)).check(refused(1));
}

TEST(ListShare, WhatIsThereStaysWhenTheShareBecomesLessAndMayBeReplacedByWhatIsNotMore) {
    Script s{room_for(2)};
    gather(s).send("ann", put(1, "[1]", R"({"$key":"a"})")).expect("ann", published(1, 1));
    s.send("ann", put(2, "[1]", R"({"$key":"b"})")).expect("ann", published(2, 2)).apply(room_for(1), "nothing");
    s.send("ann", put(3, "[2]", R"({"$key":"b"})")).expect("ann", published(3, 3));
    s.send("ann", put(4, R"(["x"])", R"({"$key":"b"})")).expect("ann", error(16, 4, full));
    s.check([](Play& play) { EXPECT_EQ(play.counts().list_entries, 2u); });
}

}  // namespace
}  // namespace heddle::test
