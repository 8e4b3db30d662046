// Faults that other routers had, by name (tests/conformance/faults.toml); those of what is written and read.
#include <gtest/gtest.h>

#include "serializers/codec.hpp"
#include "serializers/transcode.hpp"

namespace heddle::test {
namespace {

constexpr Encoding encodings[] = {Encoding::json, Encoding::msgpack, Encoding::cbor};

/// The message as `encoding` writes it, shown as JSON.
std::string written(const Message& message, Encoding encoding) {
    ByteBuffer bytes, json;
    encode(message, encoding, bytes);
    EXPECT_TRUE(transcode(encoding, bytes.view(), Encoding::json, json));
    return std::string(json.view());
}

TEST(FaultsOfOthers, WhatIsNotThereIsLeftOutNotNull) {
    const Payload args{Encoding::json, "[1]", {}}, kwargs{Encoding::json, {}, R"({"a":1})"};
    for (const Encoding encoding : encodings) {
        EXPECT_EQ(written(CallResult{{7}, false, {}}, encoding), "[50,7,{}]");
        EXPECT_EQ(written(CallResult{{7}, false, args}, encoding), "[50,7,{},[1]]");
        EXPECT_EQ(written(CallResult{{7}, false, kwargs}, encoding), R"([50,7,{},[],{"a":1}])");
        EXPECT_EQ(written(Event{{3}, {4}, {}, {}, {}}, encoding), "[36,3,4,{}]");
        EXPECT_EQ(written(Event{{3}, {4}, {}, args, {}}, encoding), "[36,3,4,{},[1]]");
        EXPECT_EQ(written(Event{{3}, {4}, {}, kwargs, {}}, encoding), R"([36,3,4,{},[],{"a":1}])");
        EXPECT_EQ(written(Invocation{{1}, {2}, {}, args}, encoding), "[68,1,2,{},[1]]");
    }
}

TEST(FaultsOfOthers, ReceiverListsHaveTheKeysOfTheSpecification) {
    const auto lists_of = [](std::string_view options) {
        static std::string bytes;
        bytes = "[16,1," + std::string(options) + R"(,"t"])";
        return std::get<Publish>(*decode(Encoding::json, bytes)).options.lists;
    };
    EXPECT_EQ(lists_of(R"({"exclude":[1]})")->exclude->front(), 1u);
    EXPECT_EQ(lists_of(R"({"eligible":[1]})")->eligible->front(), 1u);
    EXPECT_EQ(lists_of(R"({"exclude_authid":["a"]})")->exclude_authid->front(), "a");
    EXPECT_EQ(lists_of(R"({"eligible_authid":["a"]})")->eligible_authid->front(), "a");
    EXPECT_EQ(lists_of(R"({"exclude_authrole":["a"]})")->exclude_authrole->front(), "a");
    EXPECT_EQ(lists_of(R"({"eligible_authrole":["a"]})")->eligible_authrole->front(), "a");
    EXPECT_EQ(lists_of(R"({"excluded_authid":["a"],"eligible_role":["a"],"exclude_session":[1]})"), nullptr);
}

}  // namespace
}  // namespace heddle::test
