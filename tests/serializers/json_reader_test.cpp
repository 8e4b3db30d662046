#include "serializers/json_reader.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "serializers/json_writer.hpp"
#include "tests/serializers/value_tree.hpp"

namespace heddle::test {
namespace {

using Kind = Token::Kind;

std::string text_of(std::string_view json) {
    JsonReader reader(json);
    const Token token = reader.next();
    return token.kind == Kind::text ? std::string(token.text) : "not a text";
}

bool slices(std::string_view json) {
    JsonReader reader(json);
    return reader.slice_value() && reader.next().kind == Kind::end;
}

TEST(JsonReader, StepsThroughAValue) {
    JsonReader reader(R"( {"a": [1, "x", null, true, -2.5], "b": {}} )");
    const Kind kinds[] = {Kind::map_begin, Kind::key,     Kind::list_begin, Kind::integer,  Kind::text,
                          Kind::null,      Kind::boolean, Kind::real,       Kind::list_end, Kind::key,
                          Kind::map_begin, Kind::map_end, Kind::map_end,    Kind::end,      Kind::end};
    for (const Kind kind : kinds) EXPECT_EQ(reader.next().kind, kind);
}

TEST(JsonReader, MoreTellsWhetherAnElementFollows) {
    JsonReader reader(R"([1, {"k" : 2 } , []])");
    EXPECT_EQ(reader.next().kind, Kind::list_begin);
    EXPECT_TRUE(reader.more());
    EXPECT_EQ(reader.next().integer, 1);
    EXPECT_TRUE(reader.more());
    EXPECT_EQ(reader.slice_value(), R"({"k" : 2 })");
    EXPECT_TRUE(reader.more());
    EXPECT_TRUE(reader.skip_value());
    EXPECT_FALSE(reader.more());
    EXPECT_EQ(reader.next().kind, Kind::list_end);
    EXPECT_EQ(reader.next().kind, Kind::end);
}

TEST(JsonReader, Unescapes) {
    EXPECT_EQ(text_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(text_of(R"("\u0041\u00e9\u20AC\uD83D\uDE97!")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x97!");
    EXPECT_EQ(text_of(R"("a\u0000b")"), std::string("a\0b", 3));
    EXPECT_EQ(text_of("\"\xE2\x82\xAC\""), "\xE2\x82\xAC");
}

TEST(JsonReader, PlainTextIsAViewOfTheInput) {
    const std::string json = R"(["plain","esc\n"])";
    JsonReader reader(json);
    reader.next();
    EXPECT_TRUE(reader.in_input(reader.next().text));
    EXPECT_FALSE(reader.in_input(reader.next().text));
}

constexpr const char* not_json[] = {"",
                                    " ",
                                    "[",
                                    "]",
                                    "[1",
                                    "[1,",
                                    "[1,]",
                                    "[,1]",
                                    "[1 2]",
                                    "[1]]",
                                    "{",
                                    "{\"a\"",
                                    "{\"a\":",
                                    "{\"a\":1",
                                    "{\"a\":1,",
                                    "{\"a\":1,}",
                                    "{\"a\" 1}",
                                    "{a:1}",
                                    "{1:1}",
                                    "{,}",
                                    "[1}",
                                    "{\"a\":1]",
                                    "tru",
                                    "nul",
                                    "True",
                                    "01",
                                    "-",
                                    "+1",
                                    "1.",
                                    ".5",
                                    "1e",
                                    "1e+",
                                    "-a",
                                    "0x1",
                                    "NaN",
                                    "Infinity",
                                    "\"",
                                    "\"\\",
                                    "\"\\x\"",
                                    "\"\\u12\"",
                                    "\"\\u12g4\"",
                                    "\"a\nb\"",
                                    "\"\\ud800\"",
                                    "\"\\udc00\"",
                                    "\"\\ud800\\u0041\"",
                                    "\"\\ud800\\ud800\"",
                                    "\"\\uD83Dx\"",
                                    "\"\x80\"",
                                    "\"\xC0\x80\"",
                                    "\"\xED\xA0\x80\"",
                                    "\"\xF4\x90\x80\x80\"",
                                    "\"\xE2\x82\"",
                                    "\"\xE2\"",
                                    "'a'",
                                    "[1]//",
                                    "\xEF\xBB\xBF[]"};

TEST(JsonReader, RefusesWhatIsNotJson) {
    for (const char* json : not_json) {
        EXPECT_FALSE(read_value<JsonReader>(json)) << json;
        EXPECT_FALSE(slices(json)) << json;
    }
}

TEST(JsonReader, SaysWhereItWentWrong) {
    JsonReader reader(R"(["ab", tru])");
    while (reader.next().kind != Kind::error) {
    }
    EXPECT_EQ(reader.error().what, "unknown literal");
    EXPECT_EQ(reader.error().offset, 7u);
    EXPECT_EQ(reader.next().kind, Kind::error) << "it stays there";
    EXPECT_FALSE(reader.skip_value());
}

TEST(JsonReader, NestsToTheLimitAndNotDeeper) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(slices(nested(depth_max)));
    EXPECT_TRUE(read_value<JsonReader>(nested(depth_max)));
    EXPECT_FALSE(slices(nested(depth_max + 1)));
    EXPECT_FALSE(read_value<JsonReader>(nested(depth_max + 1)));
    std::string maps;
    for (std::size_t i = 0; i <= depth_max; ++i) maps += R"({"k":)";
    EXPECT_FALSE(slices(maps + "1" + std::string(depth_max + 1, '}')));
    const std::string three = nested(3);
    EXPECT_FALSE(JsonReader(three).slice_value(2));
    EXPECT_TRUE(JsonReader(three).slice_value(3));
}

/// Whether nlohmann, which does not know our limits, takes it.
bool reference_accepts(const std::string& json) {
    const bool bom = json.rfind("\xEF\xBB\xBF", 0) == 0;  // it skips one; RFC 8259 lets a parser choose
    return !bom && nlohmann::json::accept(json);
}

/// A number of valid grammar beyond double: nlohmann refuses it, we carry it, so there is nothing to compare.
bool holds_huge_number(std::string_view json) {
    JsonReader reader(json);
    for (;;) {
        const Token token = reader.next();
        if (token.kind == Kind::end || token.kind == Kind::error) return false;
        if (token.kind == Kind::real && std::isinf(token.real)) return true;
    }
}

std::string mutated(std::string json, std::mt19937_64& random) {
    static constexpr std::string_view bytes =
        "[]{}\",:\\/u0019eE+-.tfn \n\x01\x7F\x80\xBF\xC3\xE2\xED\xF0\xF4\xFF"
        "d8DC";
    for (std::uint64_t n = 1 + random() % 3; n > 0 && !json.empty(); --n) {
        const std::size_t at = random() % json.size();
        switch (random() % 5) {
            case 0:
                json[at] = bytes[random() % bytes.size()];
                break;
            case 1:
                json.erase(at, 1 + random() % 3);
                break;
            case 2:
                json.insert(at, 1, bytes[random() % bytes.size()]);
                break;
            case 3:
                json.insert(at, json.substr(random() % json.size(), random() % 8));
                break;
            default:
                json.resize(at);
                break;
        }
    }
    return json;
}

TEST(JsonReader, AgreesWithAnotherParserOnDamagedInput) {
    std::mt19937_64 random(20240521);
    int accepted = 0, refused = 0;
    for (std::uint64_t seed = 1; seed <= 40000; ++seed) {
        RandomValues values(seed);
        const std::string json = mutated(write_value<JsonWriter>(values.value(static_cast<int>(seed % 4))), random);
        const bool ours = slices(json);
        ASSERT_EQ(ours, read_value<JsonReader>(json).has_value()) << "the scanner and the stepper differ on " << json;
        if (holds_huge_number(json)) continue;
        ASSERT_EQ(ours, reference_accepts(json)) << "seed " << seed << ": " << json;
        ++(ours ? accepted : refused);
    }
    EXPECT_GT(accepted, 4000);
    EXPECT_GT(refused, 4000);
}

TEST(JsonReader, HandWrittenEscapesAgreeWithAnotherParser) {
    std::mt19937_64 random(7);
    static constexpr const char* pieces[] = {"\\u", "\\ud8", "\\uDBFF", "\\udc", "\\uDFFF", "00", "3D",
                                             "fF",  "0041",  "\\n",     "\\",    "\"",      "a",  "\xC3\xA9"};
    int accepted = 0;
    for (int i = 0; i < 40000; ++i) {
        std::string json = "\"";
        for (std::uint64_t n = random() % 6; n > 0; --n) json += pieces[random() % std::size(pieces)];
        json += "\"";
        ASSERT_EQ(slices(json), reference_accepts(json)) << json;
        if (!slices(json)) continue;
        ++accepted;
        const auto value = read_value<JsonReader>(json);
        ASSERT_TRUE(value);
        if (const auto* text = std::get_if<std::string>(&value->is)) {
            ASSERT_EQ(*text, nlohmann::json::parse(json).get<std::string>()) << json;
        }
    }
    EXPECT_GT(accepted, 5000);
}

TEST(JsonWriter, EscapesOnlyWhatMustBe) {
    EXPECT_EQ(write_value<JsonWriter>(Value{std::string("\"\\/\b\f\n\r\t\x1F\x7F\xC3\xA9", 12)}),
              "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001f\x7F\xC3\xA9\"");
    EXPECT_EQ(write_value<JsonWriter>(Value{std::string(1, '\0')}), R"("\u0000")");
}

}  // namespace
}  // namespace heddle::test
