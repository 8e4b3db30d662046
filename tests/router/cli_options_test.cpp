#include "router/cli/options.hpp"

#include <gtest/gtest.h>

#include "router/client/failure.hpp"

namespace heddle::cli {
namespace {

template <class Read>
std::string complaint(Read read, const std::string& flag) {
    try {
        read({flag});
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind, Failure::Kind::usage);
        return failure.message + " | " + failure.hints.at(0);
    }
    return "none";
}

TEST(WampOptionFlags, AreReadByTheirNamesInTheSpecification) {
    CallOptions call = read_call_options({"timeout=500", "disclose_me=true"});
    EXPECT_EQ(call.timeout_ms, 500u);
    EXPECT_TRUE(call.disclose_me);
    SubscribeOptions subscribe = read_subscribe_options({"match=wildcard", "get_retained=true"});
    EXPECT_EQ(subscribe.match, Match::wildcard);
    EXPECT_TRUE(subscribe.get_retained);
    RegisterOptions enroll = read_register_options({"match=prefix", "invoke=roundrobin", "disclose_caller=true"});
    EXPECT_EQ(enroll.match, Match::prefix);
    EXPECT_EQ(enroll.invoke, Invoke::roundrobin);
    EXPECT_TRUE(enroll.disclose_caller);
}

TEST(WampOptionFlags, ListsOfReceiversLiveAsLongAsTheFlags) {
    PublishFlags flags = read_publish_options(
        {"exclude_me=false", "retain=true", "eligible=[5,6]", "exclude=[]", "eligible_authrole=[\"a\",\"b\"]"});
    EXPECT_FALSE(flags.options.exclude_me);
    EXPECT_TRUE(flags.options.retain);
    ASSERT_TRUE(flags.options.lists);
    EXPECT_EQ(flags.options.lists->eligible, (std::vector<std::uint64_t>{5, 6}));
    EXPECT_EQ(flags.options.lists->exclude, (std::vector<std::uint64_t>{}));
    EXPECT_EQ(flags.options.lists->eligible_authrole, (std::vector<std::string_view>{"a", "b"}));
    EXPECT_FALSE(flags.options.lists->exclude_authid);
    EXPECT_FALSE(read_publish_options({}).options.lists);
}

TEST(WampOptionFlags, UnknownOnesNameTheNearest) {
    EXPECT_EQ(complaint(read_call_options, "timout=1"),
              "unknown option \"timout\" | did you mean \"timeout\"? all: timeout, disclose_me, receive_progress");
    EXPECT_EQ(complaint(read_register_options, "invoke=robin"),
              "unknown value \"robin\" for invoke | all: single, first, last, roundrobin, random");
    EXPECT_EQ(complaint(read_subscribe_options, "match=prefx"),
              "unknown value \"prefx\" for match | did you mean \"prefix\"? all: exact, prefix, wildcard");
}

TEST(WampOptionFlags, ValuesOfTheWrongKindAreRefused) {
    EXPECT_EQ(complaint(read_call_options, "timeout=5s"), "timeout is a whole number, not 5s | like -O timeout=1000");
    EXPECT_EQ(complaint(read_call_options, "timeout=-5"), "timeout is a whole number, not -5 | like -O timeout=1000");
    EXPECT_EQ(complaint(read_call_options, "disclose_me=yes"),
              "disclose_me is true or false, not yes | like -O disclose_me=true");
    EXPECT_EQ(complaint(read_publish_options, "eligible=5"),
              "eligible is a list of session ids | like -O 'eligible=[12345]'");
    EXPECT_EQ(complaint(read_publish_options, "exclude_authid=[1]"),
              "exclude_authid is a list of texts | like -O 'exclude_authid=[\"kim\"]'");
    EXPECT_EQ(complaint(read_call_options, "timeout"), "-O takes OPT=VALUE: timeout | all: timeout, disclose_me, receive_progress");
}

TEST(WampOptionFlags, WhatTheRouterDoesNotAnnounceIsRefusedRatherThanIgnored) {
    Roles router;
    router.add(Role::broker, Feature::event_retention);
    EXPECT_NO_THROW(require_features(CallOptions{}, router));
    EXPECT_THROW(require_features(read_call_options({"timeout=5"}), router), Failure);
    EXPECT_THROW(require_features(read_call_options({"disclose_me=true"}), router), Failure);
    EXPECT_NO_THROW(require_features(read_publish_options({"retain=true"}).options, router));
    EXPECT_THROW(require_features(read_publish_options({"eligible=[1]"}).options, router), Failure);
    EXPECT_NO_THROW(require_features(read_subscribe_options({"get_retained=true"}), router));
    EXPECT_THROW(require_features(read_subscribe_options({"match=prefix"}), router), Failure);
    EXPECT_THROW(require_features(read_register_options({"invoke=last"}), router), Failure);
    router.add(Role::dealer, Feature::call_timeout);
    EXPECT_NO_THROW(require_features(read_call_options({"timeout=5"}), router));
}

}  // namespace
}  // namespace heddle::cli
