// Names of meta lanes, the permissions they need, and lanes of patterns.
#include <gtest/gtest.h>

#include "bridge/meta_names.hpp"

namespace heddle {
namespace {

using Scope = MetaLane::Scope;

std::string permission(std::string_view node, std::string_view lane) {
    const MetaLane found = meta_lane_of(node, lane);
    return found ? found.permission : std::string(found.refusal);
}

TEST(MetaNames, SayWhatTheyAreAbout) {
    const MetaLane nodes = meta_lane_of("swim:meta:host", "nodes");
    EXPECT_EQ(nodes.scope, Scope::host);
    EXPECT_TRUE(nodes.is_map());
    const MetaLane lanes = meta_lane_of("swim:meta:node/%2fcom%2fcar", "lanes");
    EXPECT_EQ(lanes.scope, Scope::node);
    EXPECT_EQ(lanes.node, "/com/car");
    const MetaLane pulse = meta_lane_of("swim:meta:node/%2fcom%2fcar/lane/speed", "pulse");
    EXPECT_EQ(pulse.scope, Scope::lane);
    EXPECT_EQ(pulse.topic.uri, "com.car.speed");
    EXPECT_FALSE(pulse.is_map());
}

TEST(MetaNames, ADifferentSpellingIsTheSameLane) {
    const std::string key = meta_lane_of("swim:meta:node/%2fcom%2fcar", "lanes").key();
    for (const char* node : {"swim:meta:node/%2Fcom%2Fcar", "swim:meta:node/com%2fcar",
                             "swimos:meta:node/%2fcom%2fc%61r", "swim:meta:node/%2fcom%2fc%2561r"})
        EXPECT_EQ(meta_lane_of(node, "lanes").key(), key) << node;
    EXPECT_NE(meta_lane_of("swim:meta:node/%2fcom%2fbus", "lanes").key(), key);
    EXPECT_EQ(meta_lane_of("swim:meta:mesh", "nodes").key(), meta_lane_of("swim:meta:host", "nodes").key());
    EXPECT_NE(meta_lane_of("swim:meta:host", "nodes#/").key(), meta_lane_of("swim:meta:host", "nodes").key());
    EXPECT_EQ(meta_lane_of("swim:meta:host", "nodes#/com").key(), meta_lane_of("swim:meta:host", "nodes#/com/").key());
}

TEST(MetaNames, NeedAPermissionOfTheirOwn) {
    EXPECT_EQ(permission("swim:meta:host", "nodes"), "swim.meta.host.nodes");
    EXPECT_EQ(permission("swim:meta:host", "nodes?q=car"), "swim.meta.host.nodes");
    EXPECT_EQ(permission("swim:meta:node/%2fcom%2fcar", "lanes"), "swim.meta.node.com.car.lanes");
    EXPECT_EQ(permission("swim:meta:node/%2f", "lanes"), "swim.meta.node.lanes");
    EXPECT_EQ(permission("swim:meta:node/%2fcom%2f*", "lanes"), "swim.meta.node.com.*.lanes");
    EXPECT_EQ(permission("swim:meta:node/%2fcom%2fcar/lane/speed", "uplinks"), "swim.meta.lane.com.car.speed.uplinks");
    EXPECT_EQ(permission("swim:meta:node/%2fcom%2fcar/lane/~", "uplinks"), "swim.meta.lane.com.car.topics.uplinks");
    EXPECT_EQ(permission("swim:meta:node/%2fcom%2f*/lane/speed", "pulse"), "swim.meta.lane.com.*.speed.pulse");
}

TEST(MetaNames, UnknownOnesAreRefusedLikeOtherLanes) {
    for (const char* node : {"swim:meta:", "swim:meta:edge", "swim:meta:host/x", "swim:meta:node", "swim:meta:node/",
                             "swim:meta:node/%2fa%2f%2fb", "swim:meta:node/%2fa/lane", "swim:meta:node/%2fa/lane/",
                             "swim:meta:node/%2fa/lane/b/uplink", "swim:meta:node/%2fa/other/b", "swim:meta:node/%zz"})
        EXPECT_EQ(permission(node, "pulse"), "nodeNotFound") << node;
    for (const char* lane : {"", "lanes", "node", "traceLog", "nodes#x", "nodes?x=1", "uplinks#/", "nodes?q=%z"})
        EXPECT_EQ(permission("swim:meta:host", lane), "laneNotFound") << lane;
    EXPECT_EQ(permission("swim:meta:node/%2fa", "nodes"), "laneNotFound");
    EXPECT_EQ(permission("swim:meta:node/%2fa/lane/b", "lanes"), "laneNotFound");
    EXPECT_FALSE(is_meta_node("/swim:meta:host"));
    EXPECT_FALSE(is_meta_node("swim:meta"));
    EXPECT_TRUE(is_meta_node("swim:meta:host"));
}

std::string spelled(Match match, std::string_view uri) {
    const auto name = lane_of(match, uri);
    return name ? name->node + " " + name->lane : "none";
}

TEST(MetaNames, PatternsAreLanes) {
    EXPECT_EQ(spelled(Match::exact, "com.car.speed"), "/com/car speed");
    EXPECT_EQ(spelled(Match::prefix, "com.car."), "/com/car topics");
    EXPECT_EQ(spelled(Match::prefix, ""), "/ topics");
    EXPECT_EQ(spelled(Match::prefix, "com.ca"), "none") << "no node ends inside a component";
    EXPECT_EQ(spelled(Match::wildcard, "com..speed"), "/com/* speed");
    EXPECT_EQ(spelled(Match::wildcard, "com.car."), "/com/car *");
    EXPECT_EQ(spelled(Match::wildcard, ".x"), "/* x");
    EXPECT_EQ(spelled(Match::wildcard, "com..a/b"), "/com/* a%2fb");
    EXPECT_EQ(spelled(Match::wildcard, "a/b..x"), "none");
    EXPECT_EQ(spelled(Match::wildcard, "com.*."), "/com/%2a *");
}

TEST(MetaNames, TheLaneOfAPatternNamesThePattern) {
    const std::pair<Match, std::string_view> patterns[] = {{Match::exact, "a"},        {Match::exact, "a.b/c"},
                                                           {Match::prefix, ""},        {Match::prefix, "a.b."},
                                                           {Match::wildcard, "a..c"},  {Match::wildcard, ".b."},
                                                           {Match::wildcard, "a.~."},  {Match::wildcard, "..topics"},
                                                           {Match::exact, "a.topics"}, {Match::exact, "a.b%20c.*"}};
    for (const auto& [match, uri] : patterns) {
        const auto name = lane_of(match, uri);
        ASSERT_TRUE(name) << uri;
        const TopicName back = topic_of(name->node, name->lane);
        EXPECT_EQ(back.uri, uri);
        EXPECT_EQ(back.match, match) << uri;
    }
}

}  // namespace
}  // namespace heddle
