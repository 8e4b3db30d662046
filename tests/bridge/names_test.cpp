#include "bridge/names.hpp"

#include <gtest/gtest.h>

#include <random>

#include "serializers/recon_text.hpp"

/// docs/warp.md 6.1.
namespace heddle {
namespace {

TEST(Names, ATopicIsSplitAtItsLastDot) {
    for (const auto& [topic, node, lane] : std::initializer_list<std::array<const char*, 3>>{
             {"com.example.vehicle.7.speed", "/com/example/vehicle/7", "speed"},
             {"speed", "/", "speed"},
             {"a.b", "/a", "b"},
             {"com.größe.é", "/com/gr%c3%b6%c3%9fe", "%c3%a9"},
             {"a%b.c|\"d", "/a%25b", "c%7c%22d"},
             {"a.b/c", "/a", "b%2fc"},
             {"a.*.b", "/a/%2a", "b"},
             {"a.topics", "/a", "%74opics"},
             {"a.~", "/a", "%7e"},
             {"a.b?c.d", "/a/b%3fc", "d"},
             {"a-_~!$&'()*+,;=:@.b", "/a-_~!$&'()*+,;=:@", "b"}}) {
        const auto name = lane_of(topic);
        ASSERT_TRUE(name) << topic;
        EXPECT_EQ(name->node, node) << topic;
        EXPECT_EQ(name->lane, lane) << topic;
        const TopicName back = topic_of(node, lane);
        ASSERT_TRUE(back) << topic;
        EXPECT_EQ(back.match, Match::exact);
        EXPECT_EQ(back.uri, topic);
    }
}

TEST(Names, SomeTopicsHaveNoLane) {
    for (const char* topic : {"", ".", "a.", ".a", "a..b", "a/b.c", "a b", "a.b#"})
        EXPECT_FALSE(lane_of(topic)) << topic;
}

TEST(Names, ANodeMayComeInOtherSpellings) {
    for (const char* node : {"/com/a", "com/a", "/com/%61", "/%63om/a", "com/%61"})
        EXPECT_EQ(topic_of(node, "b").uri, "com.a.b") << node;
    EXPECT_EQ(topic_of("/Größe", "%C3%A9").uri, "Größe.é");  // raw, and hex in upper case
    EXPECT_EQ(topic_of("/a:b/c", "d").uri, "a:b.c.d");
    EXPECT_EQ(topic_of("/a", "b/c").uri, "a.b/c");
}

TEST(Names, WhatNamesNothingIsRefusedByItsFault) {
    for (const char* node : {"",           "//",    "/a/",  "/a//b", "a/",    "/a?b",   "/a#b", "swim:meta:node",
                             "warp://h/a", "a:b/c", "/a.b", "/./a",  "/../a", "/a%2Eb", "/a b", "/a%20b",
                             "/a%2Fb",     "/a%",   "/a%2", "/a%2g", "/%FF",  "/a%23"})
        EXPECT_EQ(topic_of(node, "lane").refusal, "nodeNotFound") << node;
    EXPECT_EQ(topic_of("/a", "").refusal, "laneNotFound");
    for (const char* lane : {"a.b", "a b", "a#b", "%", "%2e", "\xff"})
        EXPECT_EQ(topic_of("/a", lane).refusal, "nodeNotFound") << lane;
}

TEST(Names, PrefixesAndWildcardsAreMapLanes) {
    for (const char* lane : {"topics", "~"}) {
        const TopicName name = topic_of("/com/example", lane);
        EXPECT_EQ(name.match, Match::prefix);
        EXPECT_EQ(name.uri, "com.example.");
        EXPECT_EQ(topic_of("/", lane).uri, "");
        EXPECT_FALSE(topic_of("/com/*", lane));
    }
    for (const auto& [node, lane, uri] :
         std::initializer_list<std::array<const char*, 3>>{{"/com/*", "speed", "com..speed"},
                                                           {"/*/a", "*", ".a."},
                                                           {"/", "*", ""},
                                                           {"/*/*", "a", "..a"},
                                                           {"/com", "*", "com."}}) {
        EXPECT_EQ(topic_of(node, lane).match, Match::wildcard) << node;
        EXPECT_EQ(topic_of(node, lane).uri, uri) << node;
    }
    EXPECT_EQ(topic_of("/com/%2a", "speed").match, Match::exact);
    EXPECT_EQ(topic_of("/com", "%74opics").uri, "com.topics");
}

// Whatever a topic is made of: it has one lane, that lane is safe to send to a Swim client, and leads back to the
// topic.
TEST(Names, EveryTopicWithALaneComesBackFromIt) {
    std::mt19937 random(7);
    const char* const pieces[] = {"a", "Z",  "0", "-", "_",    "~",    "*",  "topics", "%", "%41",
                                  "é", "日", "😀", "/", "?",    "|",    "\"", "\\",     "'", ":",
                                  "@", "$",  "{", "`", "\x01", "\x7f", "+",  "swim:"};
    int with_lane = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string topic;
        for (auto components = random() % 4 + 1; components-- > 0;) {
            if (!topic.empty()) topic += '.';
            for (auto count = random() % 3 + 1; count-- > 0;) topic += pieces[random() % std::size(pieces)];
        }
        const auto name = lane_of(topic);
        if (!name) {
            EXPECT_NE(topic.find('/'), std::string::npos) << topic;
            continue;
        }
        ++with_lane;
        const TopicName back = topic_of(name->node, name->lane);
        ASSERT_EQ(back.uri, topic) << name->node << " " << name->lane << " " << back.refusal;
        ASSERT_EQ(back.match, Match::exact) << topic;
        for (const char c : name->node + name->lane) {
            ASSERT_TRUE(c > 0x20 && c < 0x7f && c != '"' && c != '|' && c != '\\') << topic;
            ASSERT_FALSE(c >= 'A' && c <= 'F' && topic.find(c) == std::string::npos)
                << "hex in upper case: " << name->node;
        }
    }
    EXPECT_GT(with_lane, 10'000);
}

}  // namespace
}  // namespace heddle
