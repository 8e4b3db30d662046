#include "router/cli/values.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "router/client/failure.hpp"

namespace heddle::cli {
namespace {

std::string as_json(const std::string& text, const std::string& input = "") {
    std::istringstream in(input);
    return value_to_json(text, in);
}

std::string complaint(const std::string& text) {
    try {
        as_json(text);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind, Failure::Kind::usage);
        return failure.message;
    }
    return "none";
}

TEST(Values, TextThatIsJsonIsThatValue) {
    for (const char* text :
         {"42", "-7", "4.0", "1e3", "true", "null", "[1,2]", "{\"a\":1}", "\"42\"", "9007199254740993"})
        EXPECT_EQ(as_json(text), text);
}

TEST(Values, AnythingElseIsAString) {
    EXPECT_EQ(as_json("hello"), "\"hello\"");
    EXPECT_EQ(as_json("007"), "\"007\"");
    EXPECT_EQ(as_json("x=1"), "\"x=1\"");
    EXPECT_EQ(as_json(""), "\"\"");
    EXPECT_EQ(as_json("[1,2"), "\"[1,2\"");
    EXPECT_EQ(as_json("NaN"), "\"NaN\"");
    EXPECT_EQ(as_json("http://a:1"), "\"http://a:1\"");
    EXPECT_EQ(as_json("say \"hi\"\n"), "\"say \\\"hi\\\"\\n\"");
    EXPECT_EQ(as_json("gr\xC3\xBC\xC3\x9F"), "\"gr\xC3\xBC\xC3\x9F\"");
}

TEST(Values, TagsForce) {
    EXPECT_EQ(as_json("str:42"), "\"42\"");
    EXPECT_EQ(as_json("str:json:1"), "\"json:1\"");
    EXPECT_EQ(as_json("json:[1]"), "[1]");
    EXPECT_EQ(as_json("hex:00ffA3"), "\"\\u0000AP+j\"");
    EXPECT_EQ(as_json("hex:"), "\"\\u0000\"");
    EXPECT_EQ(as_json("b64:AP8="), "\"\\u0000AP8=\"");
}

TEST(Values, FilesAndStdin) {
    std::string name =
        (std::filesystem::temp_directory_path() / ("heddle-values-" + std::to_string(::getpid()))).string();
    std::ofstream(name, std::ios::binary) << std::string("\x01\x02", 2);
    EXPECT_EQ(as_json("bin:@" + name), "\"\\u0000AQI=\"");
    std::ofstream(name) << "{\"a\": 1}\n";
    EXPECT_EQ(as_json("text:@" + name), "\"{\\\"a\\\": 1}\\n\"");
    EXPECT_EQ(as_json("json:@" + name), "{\"a\": 1}\n");
    std::remove(name.c_str());
    EXPECT_EQ(as_json("text:@-", "a\nb"), "\"a\\nb\"");
    EXPECT_EQ(as_json("bin:@-", "abc"), "\"\\u0000YWJj\"");
    EXPECT_EQ(as_json("@-", "42\n"), "42");
    EXPECT_EQ(as_json("@-", "words\n"), "\"words\"");
}

TEST(Values, WhatCannotBeReadSaysWhy) {
    EXPECT_EQ(complaint("json:{a"), "not JSON: \"{a\" (a key must be a string at byte 1)");
    EXPECT_EQ(complaint("hex:0"), "hex: needs two digits a byte: \"0\"");
    EXPECT_EQ(complaint("hex:zz"), "hex: takes digits only: \"zz\"");
    EXPECT_EQ(complaint("b64:*"), "b64: is not base64: \"*\"");
    EXPECT_EQ(complaint("bin:@/no/such"), "cannot read the file /no/such");
    EXPECT_EQ(complaint("bin:abc"), "bin: takes @FILE");
    EXPECT_EQ(complaint("\xFF"), "a text that is not UTF-8");
}

TEST(Arguments, PositionalAndNamedValues) {
    std::istringstream in;
    Arguments arguments = read_arguments({{"2", "x=1", "[1]"}, {"unit=C", "list=[1,2]", "n=str:5"}, "", ""}, in);
    EXPECT_EQ(arguments.args, "[2,\"x=1\",[1]]");
    EXPECT_EQ(arguments.kwargs, "{\"unit\":\"C\",\"list\":[1,2],\"n\":\"5\"}");
}

TEST(Arguments, NoneAreNone) {
    std::istringstream in;
    EXPECT_TRUE(read_arguments({}, in).payload().empty());
}

TEST(Arguments, WholePayloads) {
    std::istringstream in;
    Arguments arguments = read_arguments({{}, {}, " [1, {\"a\":[]}] ", "{\"b\":2}"}, in);
    EXPECT_EQ(arguments.with("3").args, " [1, {\"a\":[]},3] ");
    EXPECT_EQ(arguments.kwargs, "{\"b\":2}");
    EXPECT_EQ(read_arguments({{}, {}, "[ ]", ""}, in).with("3").args, "[ 3]");
}

TEST(Arguments, ContradictionsAreRefused) {
    std::istringstream in;
    EXPECT_THROW(read_arguments({{"1"}, {}, "[2]", ""}, in), Failure);
    EXPECT_THROW(read_arguments({{}, {"a=1"}, "", "{}"}, in), Failure);
    EXPECT_THROW(read_arguments({{}, {"a=1", "a=2"}, "", ""}, in), Failure);
    EXPECT_THROW(read_arguments({{}, {"a"}, "", ""}, in), Failure);
    EXPECT_THROW(read_arguments({{}, {}, "{}", ""}, in), Failure);
    EXPECT_THROW(read_arguments({{}, {}, "", "[]"}, in), Failure);
}

TEST(Arguments, StdinIsReadOnce) {
    std::istringstream in("5");
    EXPECT_THROW(read_arguments({{"@-", "@-"}, {}, "", ""}, in), Failure);
}

}  // namespace
}  // namespace heddle::cli
