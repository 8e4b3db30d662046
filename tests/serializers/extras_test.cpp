// Attributes that a message carries for the other side: passthru mode and custom ones.
#include <gtest/gtest.h>

#include <string>

#include "serializers/codec.hpp"
#include "serializers/transcode.hpp"

namespace heddle::test {
namespace {

/// Why the message was refused, the same in every encoding; empty if it was not.
std::string refusal(std::string_view json) {
    std::string what;
    for (const Encoding encoding : {Encoding::json, Encoding::msgpack, Encoding::cbor}) {
        ByteBuffer bytes;
        EXPECT_TRUE(transcode(Encoding::json, json, encoding, bytes)) << json;
        const auto message = decode(encoding, bytes.view());
        const std::string now = message ? "" : message.error().what;
        if (encoding == Encoding::json) what = now;
        EXPECT_EQ(now, what) << name_of(encoding) << ": " << json;
    }
    return what;
}

TEST(Extras, WhatIsMeantForThePeerIsKept) {
    const auto message = decode(Encoding::json, R"([48,1,{"ppt_scheme":"wamp","_trace":{"a":[1]},"x_t":null,"other":1,)"
                                                R"("_ab":1,"_Abc":1,"x_":1,"_abc":1,"_abc":2,"ppt_else":3},"p"])");
    ASSERT_TRUE(message) << message.error().what;
    const SharedExtras& extras = std::get<Call>(*message).options.extras;
    ASSERT_TRUE(extras);
    EXPECT_TRUE(extras->passthru);
    std::string kept;
    for (const Extras::Entry& entry : extras->entries) kept += entry.key + "=" + entry.value + " ";
    EXPECT_EQ(kept, R"(ppt_scheme="wamp" _trace={"a":[1]} _abc=2 )");
    EXPECT_FALSE(
        uses_passthru(std::get<Call>(*decode(Encoding::json, R"([48,1,{"ppt_keyid":"k"},"p"])")).options.extras));
    EXPECT_EQ(std::get<Call>(*decode(Encoding::json, R"([48,1,{"other":1},"p"])")).options.extras, nullptr);
}

TEST(Extras, PassthruOptionsAreTextsAndCustomOnesAnything) {
    for (const char* key : {"ppt_scheme", "ppt_serializer", "ppt_cipher", "ppt_keyid"})
        for (const char* value : {"1", "true", "[]", "{}", R"("\u0000QUI=")"})
            EXPECT_EQ(refusal(std::string("[70,1,{\"") + key + "\":" + value + "}]"),
                      std::string("YIELD.Options.") + key + " must be a string");
    EXPECT_EQ(refusal(R"([8,68,1,{"ppt_scheme":1},"a.b"])"), "ERROR.Details.ppt_scheme must be a string");
    EXPECT_EQ(refusal(R"([70,1,{"_own":[true,{"k":1.5}]}])"), "");
    std::string many;
    for (int i = 0; i < 65; ++i) many += (i ? ",\"_a" : "\"_a") + std::to_string(100 + i) + "\":0";
    EXPECT_EQ(refusal("[70,1,{" + many + "}]"), "YIELD.Options.custom attributes must be at most 64");
    const std::string deep = R"([70,1,{"_own":)" + std::string(32, '[') + std::string(32, ']') + "}]";
    EXPECT_EQ(refusal(deep), "YIELD: nested too deep");
}

}  // namespace
}  // namespace heddle::test
