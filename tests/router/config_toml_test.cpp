// TOML from outside: no nesting overflows the stack, and what is let through is read as before.
#include "router/config/toml_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heddle::config {
namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

std::string complaint(const std::string& text) {
    Mistakes mistakes;
    if (parse_toml(text, mistakes)) return "";
    EXPECT_EQ(mistakes.errors(), 1u);
    return mistakes.all().front().message;
}

TEST(TomlText, ValidTextsAreRead) {
    Mistakes mistakes;
    const auto table = parse_toml("a.b = [1, 2.5]\n[c.\"d.e\"]\nf = '''x\n[[[['''  # [[[[\n", mistakes);
    ASSERT_TRUE(table);
    EXPECT_EQ((*table)["a"]["b"][0].value<int>(), 1);
    EXPECT_EQ((*table)["c"]["d.e"]["f"].value<std::string>(), "x\n[[[[");
    EXPECT_TRUE(mistakes.empty());
}

/// At some of these toml++ meets an assertion of its own, which by default ends the process.
TEST(TomlText, MalformedTextsAreRefusedAndNothingWorse) {
    for (const std::string& text : {std::string("[\0", 2), std::string("[\0]", 3), std::string("a.\0 = 1", 7), std::string("\0", 1),
                                    std::string("[\x01"), std::string("[["), std::string("a = {\0", 6), std::string("a = [\0", 6)})
        EXPECT_EQ(complaint(text).find("not TOML: "), 0u) << text;
}

TEST(TomlText, NestingIsBoundedInEveryForm) {
    const std::string deep = "not TOML: nested too deep";
    for (const std::size_t levels : {1'000u, 500'000u}) {
        EXPECT_EQ(complaint("a = " + repeated("[", levels) + repeated("]", levels)), deep);
        EXPECT_EQ(complaint("a = " + repeated("{a=", levels) + "1" + repeated("}", levels)), deep);
        EXPECT_EQ(complaint("a" + repeated(".a", levels) + " = 1"), deep);
        EXPECT_EQ(complaint("[a" + repeated(".a", levels) + "]"), deep);
        EXPECT_EQ(complaint("[[a" + repeated(" . \"a\"", levels) + "]]"), deep);
        EXPECT_EQ(complaint("a = {a" + repeated(".a", levels) + " = 1}"), deep);
    }
    EXPECT_EQ(complaint("a = " + repeated("[", 32) + repeated("]", 32)), "");
    EXPECT_EQ(complaint("a = " + repeated("[", 33) + repeated("]", 33)), deep);
    EXPECT_EQ(complaint("a" + repeated(".a", 16) + " = 1"), "");
    EXPECT_EQ(complaint("a" + repeated(".a", 17) + " = 1"), deep);
}

/// Quotes must not hide from the scan what the parser would see.
TEST(TomlText, StringsAndCommentsHideOnlyTheirOwnText) {
    const std::string levels = "a" + repeated(".a", 100'000) + " = 1";
    for (const std::string_view before :
         {"x = \"\"\"a\"\"\"\"\n", "x = \"\"\"a\"\"\"\"\"\n", "x = '''a'''''\n", "x = \"\\\"\"\n", "x = '\\'\n",
          "# \"\n", "x = \"\"\n", "x = ''\n", "x = \"\"\"\"\"\"\n", "x = \"\"\"\\\\\"\"\"\n"})
        EXPECT_EQ(complaint(std::string(before) + levels), "not TOML: nested too deep") << before;
    const std::string inside = "{" + levels + "}";
    EXPECT_EQ(complaint("x = [\"\"\"a\"\"\"\", " + inside + "]"), "not TOML: nested too deep");
    EXPECT_EQ(complaint("x = ['''a'''', " + inside + "]"), "not TOML: nested too deep");
    EXPECT_EQ(complaint("x = \"" + repeated("[.", 1000) + "\" # " + repeated("[.", 1000)), "") << "only text";
}

TEST(TomlText, TooDeepIsShownWhereItIs) {
    Mistakes mistakes;
    parse_toml("a = 1\nb = " + repeated("[", 40), mistakes);
    EXPECT_EQ(mistakes.all().front().spot.line, 2);
    EXPECT_EQ(mistakes.all().front().spot.column, 37);
}

TEST(TomlText, LengthIsBounded) {
    EXPECT_EQ(complaint(std::string(toml_bytes_max + 1, ' ')), "not TOML: longer than 16777216 bytes");
}

}  // namespace
}  // namespace heddle::config
