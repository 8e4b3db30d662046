// JSON from outside: valid texts become trees, all others are refused with a reason, and no depth overflows the stack.
#include "router/json_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heddle {
namespace {

using nlohmann::json;

std::string nested(std::size_t levels, const std::string& open = "[", const std::string& close = "]") {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) text += open;
    text += "1";
    for (std::size_t i = 0; i < levels; ++i) text += close;
    return text;
}

TEST(JsonText, ValidTextsBecomeTrees) {
    EXPECT_EQ(*parse_json(R"( {"a":[1,-2.5,"\u00e9",null,true]} )"),
              json({{"a", {1, -2.5, "\u00e9", nullptr, true}}}));
    EXPECT_EQ(*parse_json("18446744073709551615"), json(18446744073709551615u));
    EXPECT_EQ(*parse_json("\xef\xbb\xbf[]"), json::array()) << "a byte order mark is skipped";
}

TEST(JsonText, OthersAreRefusedWithAReasonAndAPlace) {
    EXPECT_EQ(parse_json("").error().what, "unexpected end");
    EXPECT_EQ(parse_json("{").error().offset, 1u);
    EXPECT_EQ(parse_json("[1] 2").error().what, "something follows the value");
    EXPECT_EQ(parse_json("[1e999]").error().what, "a number beyond what a double can hold");
    for (const char* text : {"{a:1}", "[1,]", "\"\xff\"", "nul", "'a'", "[1 2]", "\"\\ud83d\"", "NaN", "// no\n1"})
        EXPECT_FALSE(parse_json(text)) << text;
    EXPECT_TRUE(json_or_null("{").is_null());
}

TEST(JsonText, DepthIsBoundedWhateverTheLibraryWouldTake) {
    EXPECT_TRUE(parse_json(nested(depth_max)));
    EXPECT_FALSE(parse_json(nested(depth_max + 1)));
    EXPECT_TRUE(parse_json(nested(3), {1000, 3}));
    EXPECT_FALSE(parse_json(nested(4), {1000, 3}));
    for (const std::size_t levels : {30'000u, 500'000u, 4'000'000u}) {
        EXPECT_FALSE(parse_json(nested(levels)));
        EXPECT_FALSE(parse_json(nested(levels, "{\"a\":", "}")));
        EXPECT_FALSE(parse_json(std::string(levels, '[')));
    }
    const json copy = *parse_json(nested(depth_max));
    EXPECT_EQ(copy.dump(), nested(depth_max)) << "what is let through is safe to copy and to print";
}

TEST(JsonText, SizeIsBounded) {
    EXPECT_TRUE(parse_json("[1,2]", {5, 8}));
    EXPECT_EQ(parse_json("[1,22]", {5, 8}).error().what, "longer than 5 bytes");
}

}  // namespace
}  // namespace heddle
