#include <gtest/gtest.h>

#include <fstream>

#include "tests/serializers/recon_form.hpp"

/// The recorded behaviour of @swim/recon and Swim Java: tests/data/recon-vectors/README.md.
namespace heddle::recon::test {
namespace {

using nlohmann::json;

json vectors(const std::string& name) {
    std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/recon-vectors/" + name + ".json");
    json entries = json::parse(file);
    EXPECT_FALSE(entries.empty()) << name;
    return entries;
}

bool is_error(const json& form) { return form.is_object() && form.contains("$error"); }

/// What differs from the recorded form on purpose, brought to it: JavaScript has no 64-bit integers.
json as_recorded(json form) {
    if (form.is_number_integer()) {
        const auto value = form.get<std::int64_t>();
        if (value > safe_integer_max || value < -safe_integer_max) return static_cast<double>(value);
    }
    if (form.is_structured())
        for (json& part : form) part = as_recorded(std::move(part));
    return form;
}

/// The form that counts: Java's where it differs, for there JavaScript lost digits.
json recorded_form(const json& entry) {
    const json& java = entry.value("java", json::object());
    const bool digits_lost = entry["json"].is_object() && entry["json"].contains("$uint64");
    return digits_lost && java.contains("json") ? java["json"] : entry["json"];
}

class ReconVectors : public testing::TestWithParam<const char*> {};

TEST_P(ReconVectors, AreReadAsRecorded) {
    for (const json& entry : vectors(GetParam())) {
        const auto text = entry["recon"].get<std::string>();
        if (text == "{a:") continue;  // a missing brace that JavaScript and Java overlook
        const json form = form_of(text);
        ASSERT_FALSE(is_error(form)) << text << " " << form;
        if (text == "+1" || text == "+ 1") {  // an expression to them, a signed number to us
            EXPECT_EQ(form, 1);
            continue;
        }
        EXPECT_EQ(as_recorded(form), as_recorded(recorded_form(entry))) << text;
    }
}

TEST_P(ReconVectors, AreWrittenSoThatTheyReadBackTheSame) {
    for (const json& entry : vectors(GetParam())) {
        const auto text = entry["recon"].get<std::string>();
        const json form = form_of(text);
        if (is_error(form)) continue;  // fails above, if it should not
        EXPECT_EQ(form_of(canonical(text)), form) << text << " as " << canonical(text);
        EXPECT_EQ(form_of("@a(" + canonical(text, put_block) + ")")[0]["@a"], form.contains("$absent") ? json() : form)
            << text << " as " << canonical(text, put_block);
    }
}

/// A text with a whole real in it: we keep the ".0" that JavaScript drops.
bool holds_whole_real(const json& form) {
    if (form.is_number_float()) return std::floor(form.get<double>()) == form.get<double>();
    if (!form.is_structured()) return false;
    for (const json& part : form)
        if (holds_whole_real(part)) return true;
    return false;
}

// Ours equals the recorded text wherever that text reads back as the same value and is neither markup nor a plus sign.
TEST_P(ReconVectors, AreWrittenAsRecordedWhereTheRecordedWriterIsRight) {
    int equal = 0;
    for (const json& entry : vectors(GetParam())) {
        const auto text = entry["recon"].get<std::string>();
        const json form = form_of(text);
        if (is_error(form) || holds_whole_real(form)) continue;
        const auto check = [&](const std::string& recorded, const std::string& ours) {
            const bool right =
                form_of(recorded) == form && !recorded.starts_with('+') && recorded.find('[') == std::string::npos;
            if (right) {
                EXPECT_EQ(ours, recorded) << text;
            }
            if (ours == recorded) ++equal;
        };
        check(entry["canonical"], canonical(text));
        check(entry["block"], canonical(text, put_block));
    }
    EXPECT_GT(equal, 0);
}

INSTANTIATE_TEST_SUITE_P(Files, ReconVectors,
                         testing::Values("atoms", "numbers", "data", "records", "attrs", "markup", "envelopes", "edge"),
                         [](const auto& info) { return std::string(info.param); });

// What the recorded writers get wrong, and we do not (docs/warp.md 1.4).
TEST(ReconWriting, DefectsOfTheRecordedWritersAreNotCopied) {
    EXPECT_EQ(canonical("\"true\""), "\"true\"");
    EXPECT_EQ(canonical("\"false\":1"), "{\"false\":1}");
    EXPECT_EQ(canonical("@\"true\""), "@\"true\"");
    EXPECT_EQ(canonical("@a \"true\""), "@a \"true\"");
    EXPECT_EQ(canonical("-0"), "-0.0");
    EXPECT_EQ(canonical("-0.0"), "-0.0");
    EXPECT_EQ(canonical("1.0"), "1.0");
    EXPECT_EQ(canonical("1e21"), "1e21");
    EXPECT_EQ(canonical("1e-7"), "1e-7");
    EXPECT_EQ(canonical("1e309"), "1e999");
    EXPECT_EQ(canonical("9007199254740993"), "9007199254740993");
    EXPECT_EQ(canonical("0xffffffffffffffff"), "0xffffffffffffffff");
    EXPECT_EQ(canonical("{x,1}"), "{x,1}");
    EXPECT_EQ(canonical("@a[x{1}]"), "@a{x,1}");
    EXPECT_EQ(canonical("[x@br{}y]"), "{x,@br,y}");
    EXPECT_EQ(canonical("{1,,}"), "{1,,}");
    EXPECT_EQ(canonical("@a([x])"), "@a({x})");
    EXPECT_EQ(canonical("()"), "()");
}

TEST(ReconWriting, IntegersThatJavaScriptCannotHoldAreTaggedWhenAsked) {
    const auto portable = [](std::string_view text) { return canonical(text, put_value, Integers::portable); };
    EXPECT_EQ(portable("9007199254740991"), "9007199254740991");
    EXPECT_EQ(portable("9007199254740992"), "@int(\"9007199254740992\")");
    EXPECT_EQ(portable("{-123456789012345678901234567890}"), "{@int(\"-123456789012345678901234567890\")}");
    EXPECT_EQ(portable("@a 9007199254740992"), "@a{@int(\"9007199254740992\")}");
}

TEST(ReconReading, WhatBothReadersRefuseIsRefused) {
    for (const json& entry : vectors("invalid")) {
        const auto text = entry["recon"].get<std::string>();
        if (entry.contains("java")) {  // digits beyond 2^53: Java's reading is the right one
            EXPECT_EQ(form_of(text), text == "9223372036854775807" ? json(INT64_MAX) : entry["java"]["json"]);
            EXPECT_EQ(canonical(text), entry["java"]["canonical"]);
            continue;
        }
        EXPECT_TRUE(is_error(form_of(text))) << text << " " << form_of(text);
    }
    for (const char* text :
         {"00", ".5", "1e", "a.b", "@ a", "@1", "@a(1", "{", "}", "{1", "\"a", "`a", "%AA", "{}}", "1\"a\""})
        EXPECT_TRUE(is_error(form_of(text))) << text;
}

TEST(ReconReading, ExpressionsAreRefusedWithTheirPosition) {
    for (const json& entry : vectors("expressions")) {
        const auto text = entry["recon"].get<std::string>();
        if (text == "a-b") {  // one identifier
            EXPECT_EQ(form_of(text), "a-b");
            continue;
        }
        const json form = form_of(text);
        ASSERT_TRUE(is_error(form)) << text << " " << form;
        EXPECT_LE(form["$at"].get<std::size_t>(), text.size());
    }
    EXPECT_EQ(form_of("{x:1+2}")["$at"], 4);
    EXPECT_EQ(form_of("10-5")["$at"], 2);
    EXPECT_EQ(form_of("{a,+x}")["$at"], 3);
    EXPECT_EQ(form_of("1+")["$at"], 1);
    EXPECT_EQ(form_of("a / b")["$error"], "expressions other than signed numbers are not supported");
}

TEST(ReconReading, SignsBeforeNumbersCount) {
    for (const auto& [text, value] : std::initializer_list<std::pair<const char*, json>>{{"+1", 1},
                                                                                         {"+ 1.5", 1.5},
                                                                                         {"-+1", -1},
                                                                                         {"+-1", -1},
                                                                                         {"--1", 1},
                                                                                         {"+(1)", 1},
                                                                                         {"-(0x10)", -16},
                                                                                         {"+1e3", 1000.0}})
        EXPECT_EQ(form_of(text), value) << text;
    EXPECT_EQ(form_of("{+1,a:+2}"), json::parse(R"([1, {":": ["a", 2]}])"));
    EXPECT_EQ(form_of("@a +1"), json::parse(R"([{"@a": null}, 1])"));
    for (const char* text : {"+", "+x", "+\"1\"", "+true", "+{1}", "+(1,2)", "-(1,2)", "+@a", "1 +2"})
        EXPECT_TRUE(is_error(form_of(text))) << text;
}

TEST(ReconReading, ParenthesesHoldOneValueOrMakeARecordIntoWhichLaterRecordsMelt) {
    for (const auto& [text, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"(a@x)@y", R"([["a",{"@x":null}],{"@y":null}])"},
             {"({1},2,{3,4},5@z)", R"([[1],2,3,4,5,{"@z":null}])"},
             {"(0,(1@b,2))", R"([0,1,{"@b":null},2])"},
             {"(a,(b@c)@d)", R"(["a","b",{"@c":null},{"@d":null}])"},
             {"@q ({1},2)", R"([{"@q":null},1,2])"},
             {"@q ((1@a)@b)", R"([{"@q":null},1,{"@a":null},{"@b":null}])"},
             {"(,1)", R"([null,1])"},
             {"(1,,2,)", R"([1,2])"},
             {"(1,(),2)", R"([1,2])"},
             {"@q (,)", R"([{"@q":null}])"}})
        EXPECT_EQ(form_of(text), json::parse(value)) << text;
    EXPECT_EQ(form_of("1(2)")["$error"], "expressions other than signed numbers are not supported");
    EXPECT_EQ(form_of("-0x0"), json::parse(R"({"$num":"-0"})"));
    EXPECT_EQ(form_of("```a\x01z```"), "a\x01z");
}

}  // namespace
}  // namespace heddle::recon::test
