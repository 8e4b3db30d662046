#include "realms/uri_set.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heddle {
namespace {

UriSet prefix(std::string_view uri) { return {Match::prefix, uri}; }
UriSet wildcard(std::string_view uri) { return {Match::wildcard, uri}; }

TEST(UriSet, PrefixIsPlainTextNotParts) {
    for (const char* uri : {"a.b", "a.b.c", "a.b-x", "a.bx"}) EXPECT_TRUE(holds(prefix("a.b"), uri)) << uri;
    for (const char* uri : {"a", "a.", "a.c", "xa.b"}) EXPECT_FALSE(holds(prefix("a.b"), uri)) << uri;
    EXPECT_TRUE(holds(prefix(""), "anything"));
}

TEST(UriSet, WildcardFitsPartByPart) {
    EXPECT_TRUE(holds(wildcard("a..c"), "a.b.c"));
    EXPECT_TRUE(holds(wildcard("."), "a.b"));
    EXPECT_TRUE(holds(wildcard(""), "a"));
    EXPECT_FALSE(holds(wildcard(""), "a.b"));
    EXPECT_FALSE(holds(wildcard("a..c"), "a.b.c.d"));
    EXPECT_FALSE(holds(wildcard("a..c"), "a.b"));
    EXPECT_FALSE(holds(wildcard("a..c"), "a.b.d"));
    EXPECT_TRUE(holds(wildcard("*.b"), "*.b"));
    EXPECT_FALSE(holds(wildcard("*.b"), "a.b"));
}

TEST(UriSet, TheTrapOfRegistrationOrder) {
    // The prefix does not contain the wildcard's whole set, and neither the other way round: they only meet.
    EXPECT_TRUE(contains(prefix("com.plant."), wildcard("com.plant.valve..set")));
    EXPECT_FALSE(contains(wildcard("com.plant.valve..set"), prefix("com.plant.")));
    EXPECT_FALSE(contains(prefix("com.plant.valve.7"), wildcard("com.plant.valve..set")));
    EXPECT_TRUE(intersects(prefix("com.plant.valve.7"), wildcard("com.plant.valve..set")));
}

/// All concrete URIs over {a, b, .} of at most `bytes` bytes.
std::vector<std::string> all_uris(std::size_t bytes) {
    std::vector<std::string> all, last{""};
    for (std::size_t length = 1; length <= bytes; ++length) {
        std::vector<std::string> next;
        for (const std::string& text : last)
            for (char byte : {'a', 'b', '.'})
                if (byte != '.' || (!text.empty() && text.back() != '.')) next.push_back(text + byte);
        for (const std::string& text : next)
            if (text.back() != '.') all.push_back(text);
        last = std::move(next);
    }
    return all;
}

/// All patterns of at most `bytes` bytes that may stand in a request or a rule.
std::vector<std::pair<Match, std::string>> all_patterns(std::size_t bytes) {
    std::vector<std::pair<Match, std::string>> all;
    for (const std::string& uri : all_uris(bytes)) all.emplace_back(Match::exact, uri);
    std::vector<std::string> texts{""};
    for (std::size_t at = 0; at < texts.size(); ++at)
        if (texts[at].size() < bytes)
            for (char byte : {'a', 'b', '.'}) texts.push_back(texts[at] + byte);
    for (const std::string& text : texts) {
        all.emplace_back(Match::wildcard, text);
        const bool gap = text.starts_with('.') || text.find("..") != std::string::npos;
        if (!gap) all.emplace_back(Match::prefix, text);
    }
    return all;
}

/// Against counting: patterns of 3 bytes can be told apart by URIs of 9 ("aaa" and four parts).
TEST(UriSetProperty, ContainsAndIntersectsAgreeWithBruteForce) {
    const std::vector<std::string> uris = all_uris(9);
    const auto patterns = all_patterns(3);
    std::vector<std::vector<bool>> member(patterns.size());
    for (std::size_t p = 0; p < patterns.size(); ++p)
        for (const std::string& uri : uris) member[p].push_back(holds({patterns[p].first, patterns[p].second}, uri));
    for (std::size_t a = 0; a < patterns.size(); ++a)
        for (std::size_t b = 0; b < patterns.size(); ++b) {
            bool inside = true, meet = false;
            for (std::size_t u = 0; u < uris.size(); ++u) {
                if (member[b][u] && !member[a][u]) inside = false;
                if (member[a][u] && member[b][u]) meet = true;
            }
            const UriSet left{patterns[a].first, patterns[a].second}, right{patterns[b].first, patterns[b].second};
            ASSERT_EQ(contains(left, right), inside) << static_cast<int>(left.match) << " '" << left.uri << "' "
                                                     << static_cast<int>(right.match) << " '" << right.uri << "'";
            ASSERT_EQ(intersects(left, right), meet) << static_cast<int>(left.match) << " '" << left.uri << "' "
                                                     << static_cast<int>(right.match) << " '" << right.uri << "'";
        }
}

}  // namespace
}  // namespace heddle
