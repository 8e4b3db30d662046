#include "realms/uri_check.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

bool loose(std::string_view text, Match match = Match::exact) { return valid_uri(text, match, UriCheck::loose, {}); }
bool strict(std::string_view text, Match match = Match::exact) { return valid_uri(text, match, UriCheck::strict, {}); }

TEST(UriCheck, LooseTakesAllButWhiteSpaceAndHash) {
    for (const char* good :
         {"a", "a.b", "com.myapp.get", "A-B.c*d", "a/b.c:d", "\xC3\xA4.\xE2\x82\xAC", "\xE6\x97\xA5.\xF0\x9F\x90\x8D"})
        EXPECT_TRUE(loose(good)) << good;
    for (const char* bad : {"", ".", "a.", ".a", "a..b", "a b", "a\tb", "a\nb", "a#b", "#", "a.b#", " a", "a "})
        EXPECT_FALSE(loose(bad)) << bad;
}

TEST(UriCheck, WhiteSpaceIsUnicodes) {
    for (const char* space : {"\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x8A", "\xE2\x80\xA8",
                              "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", "\x0B", "\x1C"})
        EXPECT_FALSE(loose(std::string("a.b") + space)) << testing::PrintToString(space);
    // Neighbours that share a first byte with white space, and text that ends in the middle.
    for (const char* other : {"\xC2\xA1", "\xE1\x9A\x81", "\xE2\x80\x8B", "\xE2\x80\x90", "\xE2\x81\xA0",
                              "\xE3\x80\x81", "\xE2\x80", "\xE3"})
        EXPECT_TRUE(loose(std::string("a.b") + other)) << testing::PrintToString(other);
}

TEST(UriCheck, StrictTakesLowerCaseDigitsAndUnderscore) {
    for (const char* good : {"a", "com.myapp.get_9", "0._"}) EXPECT_TRUE(strict(good)) << good;
    for (const char* bad : {"A", "a-b", "a*", "\xC3\xA4", "", "a.", "a..b"}) EXPECT_FALSE(strict(bad)) << bad;
}

TEST(UriCheck, EmptyPartsBelongToWildcardsAndAtTheEndToPrefixes) {
    for (const char* pattern : {"", ".", "a.", ".a", "a..b", ".."}) {
        EXPECT_TRUE(loose(pattern, Match::wildcard)) << pattern;
        EXPECT_TRUE(strict(pattern, Match::wildcard)) << pattern;
    }
    for (const char* pattern : {"", "a", "a.", "a.b", "a.b."}) EXPECT_TRUE(loose(pattern, Match::prefix)) << pattern;
    for (const char* pattern : {".", ".a", "a..", "a..b"}) EXPECT_FALSE(loose(pattern, Match::prefix)) << pattern;
    EXPECT_FALSE(loose("a .", Match::wildcard));
    EXPECT_FALSE(loose("a#", Match::prefix));
}

TEST(UriCheck, BytesAndPartsAreLimited) {
    RealmLimits limits;
    limits.uri_bytes_max = 9;
    limits.uri_parts_max = 3;
    for (Match match : {Match::exact, Match::prefix, Match::wildcard}) {
        EXPECT_TRUE(valid_uri("123456789", match, UriCheck::loose, limits));
        EXPECT_FALSE(valid_uri("1234567890", match, UriCheck::loose, limits));
        EXPECT_TRUE(valid_uri("a.b.c", match, UriCheck::loose, limits));
        EXPECT_FALSE(valid_uri("a.b.c.d", match, UriCheck::loose, limits));
    }
    EXPECT_TRUE(loose(std::string(255, 'a')));
    EXPECT_FALSE(loose(std::string(256, 'a')));
}

TEST(UriCheck, TheFirstPartWampIsReserved) {
    for (const char* uri : {"wamp", "wamp.", "wamp.session.on_join"}) EXPECT_TRUE(reserved_uri(uri)) << uri;
    for (const char* uri : {"wam", "wampum", "wampum.a", "a.wamp", ""}) EXPECT_FALSE(reserved_uri(uri)) << uri;
}

}  // namespace
}  // namespace heddle
