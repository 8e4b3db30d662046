#include "realms/pattern_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "realms/uri_set.hpp"

namespace heddle {
namespace {

using Handle = PatternIndex::Handle;

TEST(PatternIndex, SpecificationsExampleOfPrecedence) {
    PatternIndex index;
    index.insert(Match::exact, "a1.b2.c3.d4.e55", 1);
    index.insert(Match::prefix, "a1.b2.c3", 2);
    index.insert(Match::prefix, "a1.b2.c3.d4", 3);
    index.insert(Match::wildcard, "a1.b2..d4.e5", 4);
    index.insert(Match::wildcard, "a1.b2.c33..e5", 5);
    index.insert(Match::wildcard, "a1.b2..d4.e5..g7", 6);
    index.insert(Match::wildcard, "a1.b2..d4..f6.g7", 7);
    EXPECT_EQ(index.best("a1.b2.c3.d4.e55"), 1u);
    EXPECT_EQ(index.best("a1.b2.c3.d98.e74"), 2u);
    EXPECT_EQ(index.best("a1.b2.c3.d4.e325"), 3u);
    EXPECT_EQ(index.best("a1.b2.c55.d4.e5"), 4u);
    EXPECT_EQ(index.best("a1.b2.c33.d4.e5"), 5u);
    EXPECT_EQ(index.best("a1.b2.c88.d4.e5.f6.g7"), 6u);
    EXPECT_EQ(index.best("a2.b2.c2.d2.e2"), PatternIndex::none);
}

TEST(PatternIndex, PrefixBeatsWildcardHoweverSpecific) {
    PatternIndex index;
    index.insert(Match::wildcard, "a.b.c.d.", 1);
    index.insert(Match::prefix, "a", 2);
    EXPECT_EQ(index.best("a.b.c.d.e"), 2u);
}

TEST(PatternIndex, APrefixThatEndsInsideAPartYieldsToWildcardsOnly) {
    PatternIndex index;
    index.insert(Match::prefix, "a.b", 1);
    EXPECT_EQ(index.best("a.bc.d"), 1u);
    index.insert(Match::wildcard, "a..d", 2);
    EXPECT_EQ(index.best("a.bc.d"), 2u);
    EXPECT_EQ(index.best("a.b.d"), 1u);
    EXPECT_EQ(index.best("a.bc.e"), 1u);
    index.insert(Match::prefix, "a", 3);
    EXPECT_EQ(index.best("a.bc.d"), 1u) << "a whole-part prefix fits, so prefixes go first, the longest of them";
}

TEST(PatternIndex, AmongPrefixesOfAsManyPartsTheLongerTextWins) {
    PatternIndex index;
    index.insert(Match::prefix, "a.b", 1);
    index.insert(Match::prefix, "a.bb", 2);
    EXPECT_EQ(index.best("a.bbb"), 2u);
    EXPECT_EQ(index.best("a.bc"), 1u);
}

TEST(PatternIndex, WildcardSearchGoesBackWhenALiteralLeadsNowhere) {
    PatternIndex index;
    index.insert(Match::wildcard, "a.b..x", 1);
    index.insert(Match::wildcard, "a..c.", 2);
    EXPECT_EQ(index.best("a.b.c.d"), 2u);
    EXPECT_EQ(index.best("a.b.c.x"), 1u);
}

TEST(PatternIndex, SameTextUnderEachMatchIsKeptApart) {
    PatternIndex index;
    index.insert(Match::exact, "a.b", 1);
    index.insert(Match::prefix, "a.b", 2);
    index.insert(Match::wildcard, "a.b", 3);
    EXPECT_EQ(index.find(Match::exact, "a.b"), 1u);
    EXPECT_EQ(index.find(Match::prefix, "a.b"), 2u);
    EXPECT_EQ(index.find(Match::wildcard, "a.b"), 3u);
    index.erase(Match::exact, "a.b");
    EXPECT_EQ(index.find(Match::exact, "a.b"), PatternIndex::none);
    EXPECT_EQ(index.best("a.b"), 2u);
    index.erase(Match::prefix, "a.b");
    EXPECT_EQ(index.best("a.b"), 3u);
    EXPECT_EQ(index.size(), 1u);
}

/// The order of WAMP said differently: sort all that fit, and take the first.
Handle best_by_rule(const std::map<std::pair<Match, std::string>, Handle>& patterns, const std::string& uri) {
    std::vector<std::pair<std::string, Handle>> exact, prefixes, wildcards;
    bool whole_part = false;
    for (const auto& [pattern, handle] : patterns) {
        const auto& [match, text] = pattern;
        if (!holds({match, text}, uri)) continue;
        (match == Match::exact ? exact : match == Match::prefix ? prefixes : wildcards).emplace_back(text, handle);
        if (match == Match::prefix && (uri + '.').substr(text.size()).starts_with('.')) whole_part = true;
        if (match == Match::prefix && (text.empty() || text.ends_with('.'))) whole_part = true;
    }
    const auto longer = [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); };
    const auto literal_first = [](const auto& a, const auto& b) {
        UriParts left(a.first), right(b.first);
        while (left.next() && right.next())
            if (left.part.empty() != right.part.empty()) return right.part.empty();
        return false;
    };
    std::sort(prefixes.begin(), prefixes.end(), longer);
    std::sort(wildcards.begin(), wildcards.end(), literal_first);
    if (!exact.empty()) return exact[0].second;
    if (!prefixes.empty() && (whole_part || wildcards.empty())) return prefixes[0].second;
    return wildcards.empty() ? PatternIndex::none : wildcards[0].second;
}

TEST(PatternIndexProperty, AgreesWithAPlainListThroughInsertsAndErases) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        const auto pick = [&](std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); };
        const auto text = [&](bool gaps) {
            std::string made;
            for (std::uint32_t parts = 1 + pick(4); parts > 0; --parts) {
                if (!gaps || pick(3) != 0) made += "abc"[pick(3)];
                if (!made.empty() && made.back() != '.' && pick(4) == 0) made += 'd';
                if (parts > 1) made += '.';
            }
            return made;
        };
        PatternIndex index;
        std::map<std::pair<Match, std::string>, Handle> plain;
        for (Handle step = 0; step < 150; ++step) {
            const auto match = static_cast<Match>(pick(3));
            const std::string pattern = text(match == Match::wildcard);
            if (const auto at = plain.find({match, pattern}); at != plain.end()) {
                ASSERT_EQ(index.find(match, pattern), at->second);
                index.erase(match, pattern);
                plain.erase(at);
            } else {
                ASSERT_EQ(index.find(match, pattern), PatternIndex::none);
                index.insert(match, pattern, step);
                plain[{match, pattern}] = step;
            }
            ASSERT_EQ(index.size(), plain.size());
            const std::string uri = text(false);
            std::vector<Handle> found, wanted;
            index.match(uri, found);
            for (const auto& [key, handle] : plain)
                if (holds({key.first, key.second}, uri)) wanted.push_back(handle);
            std::sort(found.begin(), found.end());
            std::sort(wanted.begin(), wanted.end());
            ASSERT_EQ(found, wanted) << "seed " << seed << " uri " << uri;
            ASSERT_EQ(index.best(uri), best_by_rule(plain, uri)) << "seed " << seed << " uri " << uri;
        }
    }
}

}  // namespace
}  // namespace heddle
