// Long because it is a list: each rule of the wire is one short test.
#include "serializers/codec.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "serializers/rules.hpp"
#include "serializers/transcode.hpp"
#include "tests/serializers/golden_messages.hpp"
#include "tests/serializers/hex.hpp"

namespace heddle::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr Encoding encodings[] = {Encoding::json, Encoding::msgpack, Encoding::cbor};

std::string encoded(const Message& message, Encoding encoding) {
    ByteBuffer out;
    encode(message, encoding, out);
    return std::string(out.view());
}

std::string transcoded(std::string_view json, Encoding to) {
    ByteBuffer out;
    EXPECT_TRUE(transcode(Encoding::json, json, to, out)) << json;
    return std::string(out.view());
}

/// Why the message was refused, the same in every encoding; empty if it was not.
std::string refusal(std::string_view json) {
    std::string what;
    for (const Encoding encoding : encodings) {
        const auto message = decode(encoding, transcoded(json, encoding));
        const std::string now = message ? "" : message.error().what;
        if (encoding == Encoding::json) what = now;
        EXPECT_EQ(now, what) << name_of(encoding) << ": " << json;
    }
    return what;
}

TEST(Codec, EveryMessageSurvivesEveryEncoding) {
    ASSERT_EQ(std::size(full_messages), std::variant_size_v<Message>);
    ASSERT_EQ(std::size(short_messages), std::variant_size_v<Message>);
    for (const auto& messages : {full_messages, short_messages}) {
        for (std::size_t i = 0; i < std::variant_size_v<Message>; ++i) {
            const std::string_view json = messages[i];
            for (const Encoding encoding : encodings) {
                const std::string bytes = transcoded(json, encoding);
                const auto message = decode(encoding, bytes);
                ASSERT_TRUE(message) << json << ": " << message.error().what;
                EXPECT_EQ(message->index(), i) << json;
                EXPECT_EQ(peek_code(encoding, bytes), message_rules[i].code);
                EXPECT_EQ(encoded(*message, encoding), bytes) << json;
                for (const Encoding other : encodings)
                    EXPECT_EQ(encoded(*message, other), transcoded(json, other)) << json;
            }
        }
    }
}

TEST(Codec, PublishIsUnderstood) {
    const auto message = decode(Encoding::json, full_messages[7]);
    const auto& publish = std::get<Publish>(*message);
    EXPECT_EQ(publish.request.value, 1u);
    EXPECT_TRUE(publish.options.acknowledge && publish.options.disclose_me && publish.options.retain);
    EXPECT_FALSE(publish.options.exclude_me);
    const ReceiverLists& lists = *publish.options.lists;
    EXPECT_EQ(*lists.exclude, (std::vector<std::uint64_t>{1, 2}));
    EXPECT_TRUE(lists.eligible && lists.eligible->empty()) << "present and empty: nobody";
    EXPECT_EQ(*lists.eligible_authrole, (std::vector<std::string_view>{"d", "e"}));
    EXPECT_EQ(publish.topic, "a.b");
    EXPECT_EQ(publish.payload.args, "[1]");
    EXPECT_EQ(publish.payload.kwargs, R"({"k":"v"})");
    EXPECT_EQ(std::get<Publish>(*decode(Encoding::json, short_messages[7])).options.lists, nullptr);
}

TEST(Codec, HelloIsUnderstood) {
    const auto message =
        decode(Encoding::json, R"([1,"r",{"authmethods":["b","a"],"x":{},"agent":null,"authid":"joe","roles":
        {"caller":{"features":{"call_cancelling":true,"caller_identification":false,"sprockets":1}},"subscriber":{},"wizard":7}}])");
    ASSERT_TRUE(message) << message.error().what;
    const auto& details = std::get<Hello>(*message).details;
    EXPECT_EQ(details.authmethods, (std::vector<std::string_view>{"b", "a"}));
    EXPECT_EQ(details.agent, "");
    EXPECT_EQ(details.authid, "joe");
    EXPECT_TRUE(details.roles.has(Role::caller, Feature::call_canceling)) << "spelt either way";
    EXPECT_FALSE(details.roles.has(Role::caller, Feature::caller_identification)) << "announced as false";
    EXPECT_TRUE(details.roles.has(Role::subscriber));
    EXPECT_FALSE(details.roles.has(Role::publisher));
    EXPECT_TRUE(decode(Encoding::json, R"([1,"r",{}])")) << "a realm decides what it thinks of no roles";
}

TEST(Codec, RevocationsAreUnderstood) {
    const auto unsubscribed = decode(Encoding::json, full_messages[12]);
    EXPECT_FALSE(std::get<Unsubscribed>(*unsubscribed).request);
    EXPECT_EQ(std::get<Unsubscribed>(*unsubscribed).revoked.value, 5512315355u);
    EXPECT_EQ(refusal("[35,0]"), "UNSUBSCRIBED.Details is missing: 2 elements where at least 3 belong");
    EXPECT_EQ(refusal("[67,0,{}]"), "UNREGISTERED.Details must be a map that names what was revoked");
    EXPECT_EQ(refusal(R"([67,4,{"registration":1}])"),
              "UNREGISTERED.Details is for revocations, where the request is 0");
    EXPECT_EQ(refusal(R"([67,0,{"registration":0}])"), "UNREGISTERED.Details.registration must be an id (1 to 2^53)");
}

TEST(Codec, PayloadBytesAreCarriedAsTheyCame) {
    const std::string json = "[16,1,{},\"a\", [ 1e2 , \"\\u0041\" ] ,{\"b\" : 1, \"a\":2.50, \"b\":3}\n] ";
    const auto publish = decode(Encoding::json, json);
    ASSERT_TRUE(publish);
    Event event;  // member by member: g++ 12 takes a list here for a use before initialisation
    event.subscription = {1};
    event.publication = {2};
    event.payload = std::get<Publish>(*publish).payload;
    EXPECT_EQ(encoded(event, Encoding::json), "[36,1,2,{},[ 1e2 , \"\\u0041\" ],{\"b\" : 1, \"a\":2.50, \"b\":3}]");

    // [16, 1, {}, "a", [uint64 1, array16 of 1, {nil: ext}], {"k": str8 "x"}], nothing of it in its shortest form
    const std::string args = from_hex("93cf0000000000000001dc0001c081c0d4052a"), kwargs = from_hex("de0001a16bd90178");
    const std::string packed_frame = from_hex("96100180a161") + args + kwargs;
    const auto packed = decode(Encoding::msgpack, packed_frame);
    ASSERT_TRUE(packed) << packed.error().what;
    event.payload = std::get<Publish>(*packed).payload;
    EXPECT_EQ(encoded(event, Encoding::msgpack), from_hex("9624010280") + args + kwargs);

    // the same with indefinite lengths and a tag in CBOR
    const std::string list = from_hex("9fc1187bff"), map = from_hex("bf616b5f4101ffff");
    const std::string concise_frame = from_hex("861001a06161") + list + map;
    const auto concise = decode(Encoding::cbor, concise_frame);
    ASSERT_TRUE(concise) << concise.error().what;
    event.payload = std::get<Publish>(*concise).payload;
    EXPECT_EQ(encoded(event, Encoding::cbor), from_hex("86182401"
                                                       "02a0") +
                                                  list + map);
    EXPECT_EQ(encoded(event, Encoding::json), R"([36,1,2,{},[123],{"k":"\u0000AQ=="}])");
}

TEST(Codec, EmptyPayloadsAreLeftOut) {
    for (const char* json :
         {R"([48,1,{},"p"])", R"([48,1,{},"p",[]])", R"([48,1,{},"p",[ ],{ }])", R"([48,1,{},"p",[],{}])"}) {
        for (const Encoding encoding : encodings) {
            const auto call = decode(encoding, transcoded(json, encoding));
            ASSERT_TRUE(call) << json;
            EXPECT_TRUE(std::get<Call>(*call).payload.empty()) << json;
        }
    }
    EXPECT_EQ(encoded(*decode(Encoding::json, R"([48,1,{},"p",[1],{}])"), Encoding::json), R"([48,1,{},"p",[1]])");
    EXPECT_EQ(encoded(*decode(Encoding::json, R"([48,1,{},"p",[],{"k":1}])"), Encoding::json),
              R"([48,1,{},"p",[],{"k":1}])");
    Yield yield{{1}, false, {Encoding::json, "", R"({"k":1})"}};
    EXPECT_EQ(encoded(yield, Encoding::json), R"([70,1,{},[],{"k":1}])") << "kwargs keep their place";
    EXPECT_EQ(encoded(yield, Encoding::msgpack), from_hex("9546018090"
                                                          "81a16b01"));
    const auto indefinite = decode(Encoding::cbor, from_hex("86183001a061709fffbfff"));
    ASSERT_TRUE(indefinite) << indefinite.error().what;
    EXPECT_TRUE(std::get<Call>(*indefinite).payload.empty());
}

TEST(Codec, IdsGoFromOneToTwoToThe53) {
    EXPECT_TRUE(decode(Encoding::json, R"([48,9007199254740992,{},"p"])"));
    for (const char* id : {"0", "-1", "9007199254740993", "18446744073709551615", "18446744073709551616", "1.5", "-0.5",
                           "1e300", "\"1\"", "null", "true", "[]"})
        EXPECT_EQ(refusal("[48," + std::string(id) + R"(,{},"p"])"), "CALL.Request must be an id (1 to 2^53)") << id;
}

TEST(Codec, WholeFloatsAreGoodIds) {
    EXPECT_EQ(std::get<Subscribed>(*decode(Encoding::json, "[33,4294967296.0,1e3]")).subscription.value, 1000u);
    const auto packed = decode(Encoding::msgpack, from_hex("9321cb41f0000000000000ca447a0000"));
    ASSERT_TRUE(packed) << packed.error().what;
    EXPECT_EQ(std::get<Subscribed>(*packed).request.value, 4294967296u);
    EXPECT_EQ(std::get<Subscribed>(*packed).subscription.value, 1000u);
    EXPECT_TRUE(decode(Encoding::cbor, from_hex("831821fb4340000000000000f93c00"))) << "2^53 and half-precision 1";
    EXPECT_FALSE(decode(Encoding::cbor, from_hex("831821fb4340000000000001f93c00"))) << "2^53 + 2";
}

TEST(Codec, EscapedTextsLiveUntilTheNextDecode) {
    const std::string json = R"([32,1,{"m\u0061tch":"prefi\u0078"},"caf\u00e9.\ud83d\ude97"])";
    const auto message = decode(Encoding::json, json);
    ASSERT_TRUE(message) << message.error().what;
    EXPECT_EQ(std::get<Subscribe>(*message).options.match, Match::prefix);
    EXPECT_EQ(std::get<Subscribe>(*message).topic, "caf\xC3\xA9.\xF0\x9F\x9A\x97");
    const auto hello = decode(Encoding::json,
                              R"([1,"\u0061",{"agent":"\u0062","authmethods":["\u0063","\u0064"],"authid":"\u0065"}])");
    const Hello& h = std::get<Hello>(*hello);
    EXPECT_EQ(std::string(h.realm) + std::string(h.details.agent) + std::string(h.details.authid), "abe");
    EXPECT_EQ(h.details.authmethods, (std::vector<std::string_view>{"c", "d"}));
}

TEST(Codec, KwargsHaveTextKeysAndWhatLiesDeeperNeedNot) {
    EXPECT_EQ(decode(Encoding::msgpack, from_hex("96300180a1709081"
                                                 "01c0"))
                  .error()
                  .what,
              "CALL.ArgumentsKw must be a map with text keys");
    EXPECT_EQ(decode(Encoding::cbor, from_hex("86183001a0617080a1"
                                              "f6f6"))
                  .error()
                  .what,
              "CALL.ArgumentsKw must be a map with text keys");
    EXPECT_TRUE(decode(Encoding::msgpack, from_hex("95300180a17091"
                                                   "8101c0")));
}

TEST(Codec, OptionsNestToTheirLimitAndNotDeeper) {
    const auto nested = [](std::size_t depth) {  // Options themselves are the first
        return R"([49,1,{"x":)" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}]";
    };
    EXPECT_EQ(refusal(nested(32)), "");
    EXPECT_EQ(refusal(nested(33)), "CANCEL: nested too deep");
    EXPECT_EQ(refusal(R"([4,"m",{"x":)" + std::string(31, '[') + std::string(31, ']') + "}]"), "");
    EXPECT_EQ(refusal(R"([4,"m",{"x":)" + std::string(32, '[') + std::string(32, ']') + "}]"),
              "CHALLENGE: nested too deep");
}

TEST(Codec, PayloadNestsToItsLimitAndNotDeeper) {
    const auto with = [](std::size_t depth) {
        return R"([48,1,{},"p",)" + std::string(depth, '[') + std::string(depth, ']') + "]";
    };
    EXPECT_TRUE(decode(Encoding::json, with(depth_max)));
    EXPECT_EQ(decode(Encoding::json, with(depth_max + 1)).error().what, "CALL: nested too deep");
    for (const Encoding encoding : encodings) {
        const std::string json = with(depth_max);
        const std::string bytes = encoded(*decode(Encoding::json, json), encoding);
        EXPECT_TRUE(decode(encoding, bytes)) << "the deepest payload passes on in " << name_of(encoding);
    }
}

TEST(Codec, NothingFollowsAMessage) {
    EXPECT_TRUE(decode(Encoding::json, " [35,1] \r\n\t"));
    for (const char* json : {"[35,1] x", "[35,1][35,1]", "[35,1],", "[35,1]\x1E"})
        EXPECT_EQ(decode(Encoding::json, json).error().what, "UNSUBSCRIBED: something follows the value") << json;
    EXPECT_FALSE(decode(Encoding::msgpack, from_hex("922301c0")));
    EXPECT_FALSE(decode(Encoding::cbor, from_hex("82182301f6")));
}

/// wampy writes what was not given as undefined: null in CBOR, an ext of type 0 in MessagePack.
TEST(Codec, NullOptionsAreAsGoodAsNone) {
    const auto is_plain = [](Encoding encoding, std::string_view bytes) {
        const auto message = decode(encoding, bytes);
        if (!message) return ::testing::AssertionFailure() << message.error().what;
        const auto& options = std::get<Subscribe>(*message).options;
        return options.match == Match::exact && !options.get_retained
                   ? ::testing::AssertionSuccess()
                   : ::testing::AssertionFailure() << "options were set";
    };
    EXPECT_TRUE(is_plain(Encoding::json, R"([32,5,{"match": null,"get_retained":null},"a.b"])"));
    EXPECT_TRUE(is_plain(Encoding::cbor, from_hex("84182005b90002656d61746368f76c6765745f72657461696e6564f763612e62")));
    EXPECT_TRUE(is_plain(Encoding::msgpack,
                         from_hex("942005de0002a56d61746368d40000ac6765745f72657461696e6564d40000a3612e62")));
    EXPECT_EQ(std::get<Publish>(*decode(Encoding::json, R"([16,1,{"eligible":null},"a"])")).options.lists, nullptr);
    EXPECT_FALSE(decode(Encoding::json, R"([32,5,{"match":nul},"a.b"])"));
    EXPECT_FALSE(decode(Encoding::json, R"([32,5,{"match":null)"));
}

TEST(Codec, WhatIsNoMessageIsRefused) {
    EXPECT_EQ(refusal("{}"), "a message must be a list");
    EXPECT_EQ(refusal("[]"), "a message must begin with its code");
    for (const char* code : {"\"48\"", "null", "48.0", "[48]", "18446744073709551615"})
        EXPECT_EQ(refusal("[" + std::string(code) + R"(,1,{},"p"])"), "a message must begin with its code") << code;
    for (const char* code : {"0", "7", "-1", "37", "71", "127", "128", "256", "337", "9223372036854775807"})
        EXPECT_EQ(refusal("[" + std::string(code) + ",1]"), "no message has the code " + std::string(code));
    EXPECT_FALSE(decode(Encoding::json, ""));
    EXPECT_FALSE(decode(Encoding::recon, "[1]"));
    EXPECT_EQ(peek_code(Encoding::json, "[48"), 48u);
    for (const char* json : {"", "[", "[]", "48", "{\"48\":1}", "[\"48\"]", "[-1]", "[0]"})
        EXPECT_EQ(peek_code(Encoding::json, json), 0u) << json;
}

TEST(Codec, InvalidUtf8IsRefusedWhereverItStands) {
    for (const char* json : {"[48,1,{},\"\xFF\"]", "[48,1,{\"\xFF\":1},\"p\"]", "[48,1,{\"x\":\"\xFF\"},\"p\"]",
                             "[48,1,{},\"p\",[\"\xFF\"]]", "[48,1,{},\"p\",[],{\"\xFF\":1}]"})
        EXPECT_EQ(decode(Encoding::json, json).error().what, "CALL: text is not UTF-8") << json;
    EXPECT_EQ(decode(Encoding::msgpack, from_hex("95300180a17091a1ff")).error().what, "CALL: text is not UTF-8");
    EXPECT_EQ(decode(Encoding::cbor, from_hex("85183001a0617081"
                                              "61ff"))
                  .error()
                  .what,
              "CALL: text is not UTF-8");
}

TEST(Codec, BinaryIsNoTextWhereTextBelongs) {
    EXPECT_EQ(refusal(R"([48,1,{},"\u0000QUI="])"), "CALL.Procedure must be a string");
    EXPECT_EQ(refusal(R"([48,1,{},"\u0000no base64"])"), "CALL.Procedure must be a string");
    const std::string text_with_nul = from_hex("94300180a500") + "QUI=";  // text here, bytes to any JSON peer
    EXPECT_EQ(decode(Encoding::msgpack, text_with_nul).error().what, "CALL.Procedure must be a string");
    EXPECT_EQ(std::get<Call>(*decode(Encoding::json, R"([48,1,{},"a\u0000"])")).procedure, std::string_view("a\0", 2));
}

TEST(Codec, WhatIsMeantForSubscribersGoesThroughPublishAndEvent) {
    const auto message = decode(Encoding::json, R"([16,1,{"ppt_scheme":"wamp","_trace":{"a":[1]},"retain":true},"t"])");
    ASSERT_TRUE(message) << message.error().what;
    const PublishOptions& options = std::get<Publish>(*message).options;
    EXPECT_TRUE(uses_passthru(options.extras));
    Event event{{1}, {2}, {}, {}};
    event.details.extras = options.extras;
    ByteBuffer json;
    encode(event, Encoding::json, json);
    EXPECT_EQ(json.view(), R"([36,1,2,{"ppt_scheme":"wamp","_trace":{"a":[1]}}])");
    const auto back = decode(Encoding::json, json.view());
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Event>(*back).details.extras->entries.size(), 2u);
}

TEST(Codec, ErrorsSayWhere) {
    const auto error = decode(Encoding::json, R"([16,1,{"acknowledge":1},"p"])").error();
    EXPECT_EQ(error.what, "PUBLISH.Options.acknowledge must be a bool");
    EXPECT_EQ(error.offset, 22u);
    EXPECT_EQ(decode(Encoding::json, R"([1,"r",{"roles":{"callee":{"features":{"call_timeout":1}}}}])").error().what,
              "HELLO.Details.roles.callee.features.call_timeout must be a bool");
    EXPECT_EQ(decode(Encoding::json, R"([16,1,{"acknowledge":tru},"p"])").error().what, "PUBLISH: unknown literal");
}

}  // namespace
}  // namespace heddle::test
