#include "bridge/map_keys.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "realms/uri_check.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/recon_text.hpp"

/// Keys of map lanes as parts of topics: bridge/README.md, "Names".
namespace heddle {
namespace {

struct Map {
    Match match;
    const char* pattern;
};
constexpr Map below{Match::prefix, "com.car."};
constexpr Map one_gap{Match::wildcard, "com..speed"};
constexpr Map two_gaps{Match::wildcard, ".a."};

std::string key_of(const Map& map, std::string_view topic) {
    ByteBuffer out;
    put_map_key(map.match, map.pattern, topic, out);
    return std::string(out.view());
}

std::optional<std::string> topic_of(const Map& map, std::string_view key) {
    recon::Tape tape;
    recon::Parser parser(tape);
    EXPECT_TRUE(parser.block(key)) << key;
    return topic_of_key(map.match, map.pattern, tape.root());
}

std::string canonical(std::string_view key) {
    recon::Tape tape;
    recon::Parser parser(tape);
    EXPECT_TRUE(parser.block(key)) << key;
    ByteBuffer out;
    put_value(tape.root(), out, recon::Integers::portable);
    return std::string(out.view());
}

TEST(MapKeys, TheKeyIsWhatTheMapDoesNotSay) {
    for (const auto& [map, key, topic] :
         std::initializer_list<std::tuple<Map, const char*, const char*>>{{below, "speed", "com.car.speed"},
                                                                          {below, "\"7.speed\"", "com.car.7.speed"},
                                                                          {{Match::prefix, ""}, "top", "top"},
                                                                          {one_gap, "\"7\"", "com.7.speed"},
                                                                          {two_gaps, "\"x.y\"", "x.a.y"},
                                                                          {{Match::wildcard, ""}, "x", "x"}}) {
        EXPECT_EQ(key_of(map, topic), key);
        EXPECT_EQ(topic_of(map, key), topic);
    }
}

TEST(MapKeys, EveryKindOfKeyComesBackAsItWas) {
    for (const auto& [key, rest] : std::initializer_list<std::pair<const char*, const char*>>{
             {"5", "%n5"},
             {"\"5\"", "5"},
             {"-7", "%n-7"},
             {"7.5", "%n7.5"},
             {"5.0", "%n5.0"},
             {"1e21", "%n1e21"},
             {"0x0000000f", "%n0x0000000f"},
             {"@int(\"9007199254740993\")", "%r@int(\"9007199254740993\")"},
             {"true", "%rtrue"},
             {"\"true\"", "true"},
             {"{a:1}", "%r{a:1}"},
             {"{\"a b\":7.5}", "%r{\"a%20b\":7.5}"},
             {"{1,2}", "%r{1,2}"},
             {"@id(5)", "%r@id(5)"},
             {"%2tnph4aj", "%r%252tnph4aj"},
             {"\"\"", "%r\"\""},
             {"\"a b\"", "a%20b"},
             {"\"50%\"", "50%25"},
             {"\"%n5\"", "%25n5"},
             {"\"a#\\t\"", "a%23%09"},
             {"\".\"", "%2e"},
             {"\"..\"", "%2e%2e"},
             {"\".a\"", "%2ea"},
             {"\"a.\"", "a%2e"},
             {"\"a..b\"", "a.%2eb"},
             {"\"a\xc2\xa0z\"", "a%c2%a0z"},
             {"\"größe 日\"", "größe%20日"}}) {
        const auto topic = topic_of(below, key);
        ASSERT_TRUE(topic) << key;
        EXPECT_EQ(*topic, std::string("com.car.") + rest);
        EXPECT_EQ(key_of(below, *topic), key);
    }
}

TEST(MapKeys, OneValueHasOneTopicHoweverItIsWritten) {
    for (const auto& [a, b] :
         std::initializer_list<std::pair<const char*, const char*>>{{"0xf", "0x0000000F"},
                                                                    {"1e3", "1000.0"},
                                                                    {"{ a : 1 }", "{a:1}"},
                                                                    {"'a b'", "\"a b\""},
                                                                    {"9007199254740993", "@int(\"9007199254740993\")"}})
        EXPECT_EQ(topic_of(below, a), topic_of(below, b)) << a;
}

TEST(MapKeys, WhereAKeyIsOneComponentItsDotsAreWrittenOtherwise) {
    for (const auto& [key, topic] :
         std::initializer_list<std::pair<const char*, const char*>>{{"\"7.8\"", "com.7%2e8.speed"},
                                                                    {"7.5", "com.%n7%2e5.speed"},
                                                                    {"5", "com.%n5.speed"},
                                                                    {"{a:1}", "com.%r{a:1}.speed"}}) {
        EXPECT_EQ(topic_of(one_gap, key), topic);
        EXPECT_EQ(key_of(one_gap, topic), key);
    }
}

TEST(MapKeys, WhatIsNoKeyOfThisMapHasNoTopic) {
    for (const char* key : {"", "()"}) EXPECT_FALSE(topic_of(below, key)) << key;
    for (const char* key : {"x", "\"x.y.z\"", "5", "\"x\""}) EXPECT_FALSE(topic_of(two_gaps, key)) << key;
}

// A topic that no key becomes, published by a WAMP client, must neither hide behind another's key nor be lost.
TEST(MapKeys, ARestThatIsNoKeyIsToldAsItIs) {
    for (const char* rest :
         {"50%", "%41", "a%2eb", "%2E", "%n", "%nabc", "%n05", "%r", "%r\"x\"", "%r5", "%r{", "%ff", "%r{\"a\":1}"}) {
        const std::string topic = std::string("com.car.") + rest;
        const std::string key = key_of(below, topic);
        EXPECT_TRUE(key.starts_with("@topic(")) << key;
        EXPECT_EQ(topic_of(below, key), topic) << key;
    }
    EXPECT_EQ(topic_of(below, "@topic(a)"), "com.car.%r@topic(a)");  // the key of this topic is the text
    EXPECT_EQ(topic_of(below, "@topic(\"a%20b\")"), "com.car.%r@topic(\"a%2520b\")");
    EXPECT_EQ(topic_of(below, "@topic(\"a b%\")"), "com.car.%r@topic(\"a%20b%25\")");
    EXPECT_EQ(topic_of(below, "@topic(\".%\")"), "com.car.%r@topic(\".%25\")");
}

class Random {
 public:
    std::string text() {
        static const char* const pieces[] = {"a",       "7",      ".",   "..", " ",  "%", "%41",      "%n5",
                                             "%r{a:1}", "#",      "\\n", "é",  "日", "😀", "\xc2\xa0", "\xe2\x80\xa8",
                                             "/",       "@topic", "*",   "~",  "'",  "{", "\\\"",     "true"};
        std::string out;
        for (auto count = next(5); count-- > 0;) out += pieces[next(std::size(pieces))];
        return out;
    }
    std::string key(int depth = 2) {
        switch (next(depth > 0 ? 9 : 6)) {
            case 0:
                return std::to_string(static_cast<int>(next(2000)) - 1000);
            case 1:
                return std::to_string(static_cast<double>(next(1000)) / 8);
            case 2:
                return next(2) ? "true" : "false";
            case 3:
                return "%2tnph4aj";
            case 6:
                return "{" + key(depth - 1) + "," + key(depth - 1) + "}";
            case 7:
                return "{\"" + text() + "\":" + key(depth - 1) + "}";
            case 8:
                return "@topic(" + key(depth - 1) + ")";
            default:
                return "\"" + text() + "\"";
        }
    }
    /// What a WAMP client may put behind a prefix, or into a gap.
    std::string rest(bool dots) {
        static const char* const pieces[] = {"a", "7",   "%", "%n", "%r",  "5",   "2",   "e",
                                             "{", "a:1", "}", "\"", "%2e", "%20", "%25", "."};
        std::string out;
        for (auto count = next(5) + 1; count-- > 0;) {
            const std::string_view piece = pieces[next(std::size(pieces))];
            if (piece != ".")
                out += piece;
            else if (dots && !out.empty() && out.back() != '.')
                out += piece;
        }
        if (out.empty() || out.back() == '.') out += 'z';
        return out;
    }
    std::size_t next(std::size_t count) { return random_() % count; }

 private:
    std::mt19937 random_{7};
};

TEST(MapKeys, AnyKeyBecomesATopicOfItsMapThatLeadsBackToIt) {
    Random random;
    RealmLimits limits;
    limits.uri_bytes_max = 1 << 16;
    limits.uri_parts_max = 1 << 16;
    for (const Map& map : {below, one_gap}) {
        std::map<std::string, std::string> topics;
        for (int round = 0; round < 20'000; ++round) {
            const std::string key = canonical(random.key());
            const auto topic = topic_of(map, key);
            ASSERT_TRUE(topic) << key;
            ASSERT_TRUE(valid_uri(*topic, Match::exact, UriCheck::loose, limits)) << *topic;
            if (map.match == Match::prefix)
                ASSERT_TRUE(topic->starts_with(map.pattern) && topic->size() > std::string_view(map.pattern).size());
            else
                ASSERT_TRUE(topic->starts_with("com.") && topic->ends_with(".speed") &&
                            std::count(topic->begin(), topic->end(), '.') == 2)
                    << *topic;
            ASSERT_EQ(key_of(map, *topic), key) << *topic;
            const auto [known, first] = topics.emplace(*topic, key);
            ASSERT_EQ(known->second, key) << "two keys, one topic " << *topic;
        }
        EXPECT_GT(topics.size(), 5'000u);
    }
}

TEST(MapKeys, AnyTopicHasAKeyOfItsOwnThatLeadsBackToIt) {
    Random random;
    std::size_t as_they_are = 0;
    for (const Map& map : {below, one_gap}) {
        std::map<std::string, std::string> keys;
        for (int round = 0; round < 20'000; ++round) {
            const bool prefix = map.match == Match::prefix;
            const std::string topic = prefix ? map.pattern + random.rest(true) : "com." + random.rest(false) + ".speed";
            const std::string key = key_of(map, topic);
            as_they_are += key.starts_with("@topic(");
            ASSERT_EQ(topic_of(map, key), topic) << key;
            const auto [known, first] = keys.emplace(key, topic);
            ASSERT_EQ(known->second, topic) << "two topics, one key " << key;
        }
    }
    EXPECT_GT(as_they_are, 1'000u);
}

}  // namespace
}  // namespace heddle
