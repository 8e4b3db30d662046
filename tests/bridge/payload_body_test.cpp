#include "bridge/payload_body.hpp"

#include <gtest/gtest.h>

#include <span>

#include "serializers/removal.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/transcode.hpp"

/// Payloads as bodies and back: docs/warp.md 6.3, and what bridge/README.md changes of it.
namespace heddle {
namespace {

std::string body_of(std::string_view args, std::string_view kwargs = {}) {
    ByteBuffer out;
    put_body({Encoding::json, args, kwargs}, out);
    return std::string(out.view());
}

std::string json_of(const Payload& payload) {
    const auto json = [&](std::string_view value, std::string_view none) {
        ByteBuffer out;
        if (value.empty()) return std::string(none);
        EXPECT_TRUE(transcode(payload.origin, value, Encoding::json, out));
        return std::string(out.view());
    };
    return json(payload.args, "[]") + json(payload.kwargs, "");
}

std::string payload_of(const std::string& body) {
    const std::string frame = "@event(node:n,lane:l)" + body;
    recon::Tape tape;
    recon::Parser parser(tape);
    std::string_view rest;
    if (!parser.leading_attribute(frame, rest) || !parser.body(rest)) return "malformed: " + parser.error().what;
    BodyPayload payload;
    return payload.read(items_of(tape.root())) ? json_of(payload.view()) : "too deep";
}

struct Case {
    const char *args, *kwargs, *body;
};

constexpr Case plain_ones[] = {
    {"[]", "", ""},
    {"[5]", "", " 5"},
    {"[-1.5]", "", " -1.5"},
    {"[1.0]", "", " 1.0"},
    {"[true]", "", " true"},
    {"[\"on\"]", "", " on"},
    {"[\"\"]", "", "\"\""},
    {"[\"true\"]", "", "\"true\""},
    {"[\"two words\"]", "", "\"two words\""},
    {"[\"\\u0000AAEC\"]", "", "%AAEC"},
    {"[9223372036854775807]", "", "@int(\"9223372036854775807\")"},
    {"[{\"a\":1}]", "", "{a:1}"},
    {"[{\"a\":null,\"b\":{},\"c\":[]}]", "", "{a:@null,b:@dict,c:{}}"},
    {"[[1,\"x\"]]", "", "{1,x}"},
    {"[[\"x\",1]]", "", "{x,1}"},
    {"[[5]]", "", "{{5}}"},
    {"[[[5]]]", "", "{{{5}}}"},
    {"[[null]]", "", "{{@null}}"},
    {"[[[]]]", "", "{{{}}}"},
    {"[[{\"a\":1}]]", "", "{{{a:1}}}"},
    {"[[null,null]]", "", "{@null,@null}"},
    {"[{\"$recon\":\"@a 1\"}]", "", "@a 1"},
    {"[{\"$int\":\"99999999999999999999\"}]", "", "@int(\"99999999999999999999\")"},
};
constexpr Case wrapped_ones[] = {
    {"[null]", "", "@wamp(args:{@null})"},
    {"[{}]", "", "@wamp(args:{@dict})"},
    {"[[]]", "", "@wamp(args:{{}})"},
    {"[1,2]", "", "@wamp(args:{1,2})"},
    {"[\"x\",1]", "", "@wamp(args:{x,1})"},
    {"[]", "{\"a\":1}", "@wamp(kwargs:{a:1})"},
    {"[5]", "{\"a\":[5]}", "@wamp(args:{5},kwargs:{a:{5}})"},
    {"[[],{}]", "{\"\":{}}", "@wamp(args:{{},@dict},kwargs:{\"\":@dict})"},
    {"[5,{\"a\":1}]", "", "@wamp(args:{5,{a:1}})"},
    {"[{\"a\":1},5]", "", "@wamp(args:{{a:1},5})"},
    {"[]", "{\"$recon\":\"x\"}", "@wamp(kwargs:{\"$recon\":x})"},
    {"[]", "{\"$removed\":true}", "@wamp(kwargs:{\"$removed\":true})"},
};

TEST(PayloadBody, OneValueStandsForItself) {
    for (const Case& c : plain_ones) EXPECT_EQ(body_of(c.args, c.kwargs), c.body) << c.args;
    EXPECT_EQ(body_of("[5]", "{}"), " 5");
    EXPECT_EQ(body_of("", ""), "");
    EXPECT_EQ(body_of(" [ 5 ] ", " { } "), " 5");
}

TEST(PayloadBody, EverythingElseIsWrapped) {
    for (const Case& c : wrapped_ones) EXPECT_EQ(body_of(c.args, c.kwargs), c.body) << c.args;
}

TEST(PayloadBody, NothingIsLostOnTheWayThereAndBack) {
    for (const auto& list : {std::span<const Case>(plain_ones), std::span<const Case>(wrapped_ones)})
        for (const Case& c : list) EXPECT_EQ(payload_of(c.body), std::string(c.args) + c.kwargs) << c.body;
}

TEST(PayloadBody, TheBodyIsTheSameForAllEncodings) {
    for (const auto& list : {std::span<const Case>(plain_ones), std::span<const Case>(wrapped_ones)})
        for (const Case& c : list)
            for (const Encoding encoding : {Encoding::msgpack, Encoding::cbor}) {
                ByteBuffer args, kwargs, out;
                ASSERT_TRUE(transcode(Encoding::json, c.args, encoding, args));
                ASSERT_TRUE(!*c.kwargs || transcode(Encoding::json, c.kwargs, encoding, kwargs));
                put_body({encoding, args.view(), kwargs.view()}, out);
                EXPECT_EQ(out.view(), c.body);
            }
}

TEST(PayloadBody, BodiesOfSwimClientsAreValues) {
    for (const auto& [body, payload] : std::initializer_list<std::pair<const char*, const char*>>{
             {"{}", "[]"},
             {"()", "[]"},
             {" {5}", "[5]"},
             {"{{}}", "[[]]"},
             {"{1,2}", "[[1,2]]"},
             {"[x{1}]", "[[\"x\",1]]"},
             {"{a:1,b:{1,2},c:}", "[{\"a\":1,\"b\":[1,2],\"c\":null}]"},
             {"{1,,2}", "[[1,null,2]]"},
             {"0xff", "[255]"},
             {"`raw`", "[\"raw\"]"},
             {" @null", "[null]"},
             {"@dict", "[{}]"},
             {"@a 1", "[{\"$recon\":\"@a 1\"}]"},
             {" 1@a", "[{\"$recon\":\"1@a\"}]"},
             {"{a:1,a:2}", "[{\"$recon\":\"{a:1,a:2}\"}]"},
             {"@wamp", "[]"},
             {"@wamp(args:,kwargs:)", "[]"},
             {"@wamp(kwargs:@dict)", "[]{}"},
             {"@wamp(args:[x{1}])", "[\"x\",1]"}}) {
        EXPECT_EQ(payload_of(body), payload) << body;
    }
}

TEST(PayloadBody, WhatOnlyLooksWrappedIsAValue) {
    for (const char* body : {"@wamp(5)", "@wamp(args:5)", "@wamp(args:{a:1})", "@wamp(args:@null)",
                             "@wamp(args:{1},more:2)", "@wamp(kwargs:{1})", "@wamp(kwargs:{1:2})",
                             "@wamp(args:{1},args:{2})", "@wamp(args:{1}){2}", "@wamp(args:{1}) 2"}) {
        const std::string payload = payload_of(body);
        EXPECT_TRUE(payload.starts_with("[{\"$recon\":\"@wamp(")) << body << " " << payload;
    }
}

TEST(PayloadBody, DepthIsThatOfAPayload) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '{') + "1" + std::string(depth, '}'); };
    EXPECT_NE(payload_of(nested(depth_max)),
              "too deep");  // one pair of braces melts away, and the arguments are a list
    EXPECT_EQ(payload_of(nested(depth_max + 1)), "too deep");
    EXPECT_NE(payload_of("@wamp(args:" + nested(depth_max) + ")"), "too deep");
    EXPECT_EQ(payload_of("@wamp(args:" + nested(depth_max + 1) + ")"), "too deep");
    EXPECT_TRUE(payload_of("@wamp(kwargs:{a:" + nested(depth_max) + "})") == "too deep");
    EXPECT_TRUE(payload_of(nested(1000)).starts_with("malformed"));
}

TEST(PayloadBody, ARemovalIsKnownInEveryEncoding) {
    EXPECT_TRUE(is_removal(removal()));
    for (const Encoding encoding : {Encoding::msgpack, Encoding::cbor}) {
        ByteBuffer args, kwargs;
        ASSERT_TRUE(transcode(Encoding::json, removal().args, encoding, args));
        ASSERT_TRUE(transcode(Encoding::json, removal().kwargs, encoding, kwargs));
        EXPECT_TRUE(is_removal({encoding, args.view(), kwargs.view()}));
    }
    for (const char* kwargs :
         {"", "{}", R"({"$removed":false})", R"({"$removed":1})", R"({"$removed":true,"x":1})", R"({"removed":true})"})
        EXPECT_FALSE(is_removal({Encoding::json, "[]", kwargs})) << kwargs;
    EXPECT_FALSE(is_removal({Encoding::json, "[1]", R"({"$removed":true})"}));
}

}  // namespace
}  // namespace heddle
