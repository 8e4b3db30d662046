#include "router/bridge_body.hpp"

#include <gtest/gtest.h>

#include "serializers/codec.hpp"
#include "serializers/transcode.hpp"

namespace heddle {
namespace {

BridgeMessage read(std::string_view body, BridgeKind kind = BridgeKind::call) {
    return read_bridge_body(kind, Encoding::json, body);
}

std::string in(Encoding encoding, std::string_view json) {
    ByteBuffer out;
    EXPECT_TRUE(transcode(Encoding::json, json, encoding, out));
    return std::string(out.view());
}

TEST(BridgeBody, BecomesACall) {
    EXPECT_EQ(read(R"({"procedure":"com.add"})").message.view(), R"([48,1,{},"com.add"])");
    EXPECT_EQ(read(R"( {"options":{"timeout": 500}, "args" : [2, 3.50], "procedure":"com.add"} )").message.view(),
              R"([48,1,{"timeout": 500},"com.add",[2, 3.50]])")
        << "what is not ours is not touched";
    EXPECT_EQ(read(R"({"procedure":"com.add","kwargs":{"a":1}})").message.view(), R"([48,1,{},"com.add",[],{"a":1}])");
    EXPECT_TRUE(read(R"({"procedure":"com.add","options":{"receive_progress":true}})").progressive);
    EXPECT_FALSE(read(R"({"procedure":"com.add"})").progressive);
    EXPECT_EQ(read(R"({"procedure":"com.add","args":null,"kwargs":null,"options":null})").message.view(), R"([48,1,{},"com.add"])");
}

TEST(BridgeBody, BecomesAPublication) {
    EXPECT_EQ(read(R"({"topic":"com.a","args":[1],"options":{"retain":true,"exclude":[7]}})", BridgeKind::publish).message.view(),
              R"([16,1,{"retain":true,"exclude":[7]},"com.a",[1]])");
}

TEST(BridgeBody, TheSameInEveryEncoding) {
    for (const Encoding encoding : {Encoding::json, Encoding::msgpack, Encoding::cbor}) {
        const BridgeMessage read = read_bridge_body(
            BridgeKind::call, encoding,
            in(encoding, R"({"procedure":"com.add","args":[2,"\u0000AAE="],"kwargs":{"x":[]},"options":{"timeout":5,"_mine":{"a":1}}})"));
        ASSERT_EQ(read.fault, "") << name_of(encoding);
        const auto message = decode(encoding, read.message.view());
        ASSERT_TRUE(message);
        const Call& call = *std::get_if<Call>(&*message);
        EXPECT_EQ(call.procedure, "com.add");
        EXPECT_EQ(call.options.timeout_ms, 5u);
        ASSERT_TRUE(call.options.extras);
        ByteBuffer args;
        ASSERT_TRUE(transcode(encoding, call.payload.args, Encoding::json, args));
        EXPECT_EQ(args.view(), R"([2,"\u0000AAE="])");
    }
}

TEST(BridgeBody, AllPublishOptionsAreKnown) {
    const BridgeMessage message = read(
        R"({"topic":"a","options":{"acknowledge":true,"exclude_me":true,"disclose_me":true,"retain":true,"exclude":[1],)"
        R"("exclude_authid":["a"],"exclude_authrole":["a"],"eligible":[1],"eligible_authid":["a"],"eligible_authrole":["a"],)"
        R"("ppt_scheme":"wamp","ppt_serializer":"cbor","ppt_cipher":"x","ppt_keyid":"y","_own":1,"x_own":2}})",
        BridgeKind::publish);
    EXPECT_EQ(message.fault, "");
}

struct Wrong {
    std::string_view body, pointer, fault;
};

TEST(BridgeBody, WhatIsWrongIsNamed) {
    const Wrong all[] = {
        {R"([])", "", "the body must be a map: {procedure, args, kwargs, options}"},
        {R"({})", "/procedure", "member \"procedure\" is missing"},
        {R"({"procedure":null})", "/procedure", "member \"procedure\" is missing"},
        {R"({"procedure":7})", "/procedure", "procedure must be a string"},
        {R"({"procedure":"a","procedure":"b"})", "/procedure", "member \"procedure\" is there twice"},
        {R"({"procedur":"a"})", "/procedur", "unknown member \"procedur\"; did you mean \"procedure\"?"},
        {R"({"a/b~":"a"})", "/a~1b~0", "unknown member \"a/b~\"; there are procedure args kwargs options"},
        {R"({"procedure":"a","args":{}})", "/args", "args must be a list"},
        {R"({"procedure":"a","kwargs":[]})", "/kwargs", "kwargs must be a map"},
        {R"({"procedure":"a","options":[]})", "/options", "options must be a map"},
        {R"({"procedure":"a","options":{"timout":1}})", "/options/timout", "unknown option \"timout\"; did you mean \"timeout\"?"},
        {R"({"procedure":"a","options":{"progress":true}})", "/options/progress",
         "one request is one call: progressive calls need a session"},
        {R"({"procedure":"a","options":{"timeout":"1"}})", "/options/timeout", "options.timeout must be"},
        {R"({"procedure":"a","options":{"disclose_me":1}})", "/options/disclose_me", "options.disclose_me must be"},
    };
    for (const Wrong& wrong : all) {
        const BridgeMessage message = read(wrong.body);
        EXPECT_FALSE(message.malformed) << wrong.body;
        EXPECT_EQ(message.pointer, wrong.pointer) << wrong.body;
        EXPECT_TRUE(message.fault.starts_with(wrong.fault)) << wrong.body << ": " << message.fault;
    }
}

TEST(BridgeBody, WhatIsNoValueIsMalformed) {
    for (const std::string_view body : {"", "{", "nope", R"({"procedure":"a"}x)", R"({"procedure":"a","args":[1,]})", "\x80"}) {
        const BridgeMessage message = read(body);
        EXPECT_TRUE(message.malformed) << body;
        EXPECT_TRUE(message.fault.starts_with("the body is not JSON")) << message.fault;
    }
    EXPECT_TRUE(read_bridge_body(BridgeKind::call, Encoding::msgpack, "\xc1").fault.starts_with("the body is not MessagePack"));
    EXPECT_TRUE(read_bridge_body(BridgeKind::call, Encoding::cbor, "\xff").fault.starts_with("the body is not CBOR"));
    std::string deep = R"({"procedure":"a","args":)" + std::string(200, '[') + std::string(200, ']') + "}";
    EXPECT_FALSE(read(deep).fault.empty());
}

TEST(BridgeBody, AnswersAreWritten) {
    EXPECT_EQ(write_bridge_result(Encoding::json, "[5]", "", false), R"({"args":[5]})");
    EXPECT_EQ(write_bridge_result(Encoding::json, "", R"({"a":1})", true), R"({"progress":true,"args":[],"kwargs":{"a":1}})");
    EXPECT_EQ(write_bridge_published(Encoding::json, 9007199254740992), R"({"id":9007199254740992})");
    EXPECT_EQ(write_bridge_error(Encoding::json, {"com.e", "[1]", "", "", "", "t", "T", 422}),
              R"({"error":"com.e","args":[1],"kwargs":{},"status":422,"title":"T","type":"t"})");
    EXPECT_EQ(write_bridge_error(Encoding::json, {"com.e", "", "", "why", "", "", "", 0}),
              R"({"error":"com.e","args":["why"],"kwargs":{}})");
    EXPECT_EQ(in(Encoding::cbor, write_bridge_result(Encoding::json, "[5]", "", false)).size(), 8u);
}

}  // namespace
}  // namespace heddle
