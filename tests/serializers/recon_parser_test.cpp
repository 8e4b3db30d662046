#include <gtest/gtest.h>

#include "tests/serializers/recon_form.hpp"

namespace heddle::recon::test {
namespace {

using nlohmann::json;

struct Case {
    const char* text;
    const char* form;
};

void expect_forms(std::initializer_list<Case> cases) {
    for (const Case& c : cases) EXPECT_EQ(form_of(c.text), json::parse(c.form)) << c.text;
}

// Each of these was also given to @swim/recon 4.0.0, which reads it so.

TEST(ReconParser, CommasInBracesCountButATrailingOneAddsNothing) {
    expect_forms({{"{1,}", "[1]"},
                  {"{1,,}", "[1,null]"},
                  {"{,}", "[null]"},
                  {"{,1}", "[null,1]"},
                  {"{;}", "[null]"},
                  {"{\n,1}", "[null,1]"},
                  {"{1 #c\n,2}", "[1,null,2]"},
                  {"{\n}", "[]"},
                  {"1,", "1"},
                  {"1 \n 2", "[1,2]"}});
    for (const char* text : {",", "1,,", "1,,2", "1\n,2", "a:1,,b:2", "@a(,)", "@a(:1)", ":1"})
        EXPECT_TRUE(form_of(text).contains("$error")) << text;
}

TEST(ReconParser, NewlinesAndCommentsSeparateAndBlankLinesDoNot) {
    expect_forms({{"1\n\n2", "[1,2]"},
                  {"a\r\nb", "[\"a\",\"b\"]"},
                  {"a\rb", "[\"a\",\"b\"]"},
                  {"# c", R"({"$absent":true})"},
                  {"{#c\n1}", "[1]"},
                  {"a:1 #c", R"([{":":["a",1]}])"},
                  {"@a(#c\n1)", R"([{"@a":1}])"},
                  {"{a:#c\n}", R"([{":":["a",null]}])"},
                  {"[a#b]", R"(["a#b"])"}});
}

TEST(ReconParser, ASlotValueStandsOnTheSameLine) {
    expect_forms({{"a:\n1", R"([{":":["a",null]},1])"},
                  {"{a : 1}", R"([{":":["a",1]}])"},
                  {"a:,", R"([{":":["a",null]}])"},
                  {"{:}", R"([{":":[null,null]}])"},
                  {"@a x:1", R"([{":":[[{"@a":null},"x"],1]}])"},
                  {"a:1@b", R"([{":":["a",[1,{"@b":null}]]}])"}});
}

TEST(ReconParser, AttributesAndValuesJoinIntoOneRecord) {
    expect_forms({{"x@a", R"(["x",{"@a":null}])"},
                  {"{1,2}@a{3,4}@b 5", R"([1,2,{"@a":null},3,4,{"@b":null},5])"},
                  {"@a (1,2)", R"([{"@a":null},1,2])"},
                  {"(1,2)@c", R"([[1,2],{"@c":null}])"},
                  {"()@b", R"([null,{"@b":null}])"},
                  {"@a ()@b", R"([{"@a":null},{"@b":null}])"},
                  {"@a\n1", R"([[{"@a":null}],1])"},
                  {"@a(b)@c(d){e:f}@g", R"([{"@a":"b"},{"@c":"d"},{":":["e","f"]},{"@g":null}])"}});
    for (const char* text : {"@a{1}{2}", "@a 1 2", "@a x y", "[x][y]", "a@b{1}c", "{1}[y]", "@`ab`"})
        EXPECT_TRUE(form_of(text).contains("$error")) << text;
}

TEST(ReconParser, MarkupGivesTextRunsAndARecordForEachAttribute) {
    expect_forms({{"[@a@b x]", R"([[{"@a":null}],[{"@b":null}]," x"])"},
                  {"[@a{1}@b]", R"([[{"@a":null},1],[{"@b":null}]])"},
                  {"[{1}@a]", R"([1,[{"@a":null}]])"},
                  {"[a[b]{}c]", R"(["a","b","c"])"},
                  {"[@a[x]@b[y]]", R"([[{"@a":null},"x"],[{"@b":null},"y"]])"},
                  {"[a\\\\n\\[b]", R"(["a\\n[b"])"},
                  {"[a:b;c,d (e) 'f]", R"(["a:b;c,d (e) 'f"])"},
                  {"[]", "[]"}});
}

TEST(ReconParser, StringsComeInFourKinds) {
    expect_forms({{"`a\\`b\\\\n\\n`", R"("a`b\\n\\n")"},
                  {"```a\nb`c```", R"("a\nb`c")"},
                  {"``````", R"("")"},
                  {"'a\"b\\''", R"("a\"b'")"},
                  {R"("\u00e9\ud83d\ude00")", R"("é😀")"},
                  {R"("\ud800x")", "\"\xEF\xBF\xBDx\""}});
    EXPECT_EQ(form_of("\xEF\xBB\xBFx"), "\xEF\xBB\xBFx");  // a byte order mark is a letter
    for (const char* text : {"\"a\tb\"", "`a\tb`", "'a", "```a``", "\"\\u12\"", "\"\xC3(\"", "\xED\xA0\x80"})
        EXPECT_TRUE(form_of(text).contains("$error")) << text;
}

TEST(ReconParser, SignsBelongToNumbersOnly) {
    expect_forms({{"- -1", "1"},
                  {"-(1)", "-1"},
                  {"((1))", "1"},
                  {"- 0x1", "-1"},
                  {"-0xffffffffffffffff", R"({"$int":"-18446744073709551615"})"},
                  {"--9223372036854775808", R"({"$int":"9223372036854775808"})"},
                  {"-9223372036854775808", "-9223372036854775808"},
                  {"---99999999999999999999", R"({"$int":"-99999999999999999999"})"}});
    for (const char* text : {"-a", "-true", "- \"a\"", "-%AAAA", "-(1,2)", "-", "--", "-.5"})
        EXPECT_TRUE(form_of(text).contains("$error")) << text;
}

TEST(ReconParser, Base64ThatHasBitsLeftOverIsReadWithoutThem) {
    expect_forms({{"%AB==", R"({"$data":"AA=="})"},
                  {"%AAB=", R"({"$data":"AAA="})"},
                  {"{%AB==,%AB==}", R"([{"$data":"AA=="},{"$data":"AA=="}])"}});
}

TEST(ReconParser, DepthHasALimit) {
    for (const char* open : {"{", "[", "@a(", "(", "-", "@a{", "a:{"}) {
        std::string deep, deeper;
        for (int i = 0; i < 100'000; ++i) deeper += open;
        EXPECT_EQ(form_of(deeper)["$error"], "nested too deeply") << open;
        const std::string_view close = std::string_view(open).back() == '{'   ? "}"
                                       : std::string_view(open).back() == '[' ? "]"
                                       : std::string_view(open).back() == '(' ? ")"
                                                                              : "";
        for (std::size_t i = 0; i < nesting_max; ++i) deep += open;
        deep += '1';
        for (std::size_t i = 0; i < nesting_max; ++i) deep += close;
        EXPECT_FALSE(form_of(deep).contains("$error")) << open << form_of(deep);
    }
}

// A tape is used again and again: what one text left behind must not show in the next.
TEST(ReconParser, ATapeForgetsTheTextBefore) {
    Tape tape;
    Parser parser(tape);
    ASSERT_TRUE(parser.block(R"({"a\nb":"c\td",e})"));
    ASSERT_FALSE(parser.block("{\"x\\n\", -"));
    ASSERT_TRUE(parser.block(R"("\n")"));
    EXPECT_EQ(form_of(tape.root()), "\n");
    std::string large = "\"\\n" + std::string(100'000, 'x') + "\"";
    ASSERT_TRUE(parser.block(large));
    EXPECT_EQ(tape.root().text.size(), 100'001u);
}

json body_of(std::string_view text) {
    Tape tape;
    Parser parser(tape);
    std::string_view rest;
    if (!parser.leading_attribute(text, rest)) return "no attribute";
    if (!parser.body(rest)) return "no body";
    const Items items = items_of(tape.root());
    return items.empty() ? json("nothing") : items.single_bare() ? form_of(*items.begin) : form_of(tape.root());
}

// docs/warp.md 1.4, trap 5.
TEST(ReconParser, ABodyIsTheRestOfTheRecord) {
    EXPECT_EQ(body_of("@e(n)"), "nothing");
    EXPECT_EQ(body_of("@e{}"), "nothing");
    EXPECT_EQ(body_of("@e()"), "nothing");
    EXPECT_EQ(body_of("@e {5}"), 5);
    EXPECT_EQ(body_of("@e{{5}}"), json::parse("[5]"));
    EXPECT_EQ(body_of("@e{{}}"), json::parse("[]"));
    EXPECT_EQ(body_of("@e 5\n"), 5);
    EXPECT_EQ(body_of("@e 5,"), 5);
    EXPECT_EQ(body_of("@e[x{1}]"), json::parse(R"(["x",1])"));
    EXPECT_EQ(body_of("@e{a:1}"), json::parse(R"([{":":["a",1]}])"));
    EXPECT_EQ(body_of(" #c\n@e @f 1"), json::parse(R"([{"@f":null},1])"));
    EXPECT_EQ(body_of("@e 5,6"), "no body");
    EXPECT_EQ(body_of("@e\n5"), "no body");
    EXPECT_EQ(body_of("@e:5"), "no body");
    EXPECT_EQ(body_of("x@e"), "no attribute");
}

TEST(ReconWriting, ABodyReadsBackAsTheSameValue) {
    for (const char* text : {"5",    "\"a b\"",   "abc",       "{}",   "{5}",      "{{5}}",  "{{}}",     "{1,2}",
                             "a:1",  "@a",        "@a 1",      "1@a",  "{1,2}@a",  "{,}",    "{1,,}",    "%AAAA",
                             "{@a}", "{{1},{2}}", "@a({{1}})", "true", "\"true\"", "{\"\"}", "{{@a},@b}"}) {
        const std::string framed = "@e(n)" + canonical(text, put_body);
        EXPECT_EQ(body_of(framed), form_of(text)) << framed;
    }
    EXPECT_EQ(canonical("", put_body), "");
    EXPECT_EQ(canonical("x", put_body), " x");
    EXPECT_EQ(canonical("\"x y\"", put_body), "\"x y\"");
    EXPECT_EQ(canonical("-1", put_body), " -1");
    EXPECT_EQ(canonical("{a:1}", put_body), "{a:1}");
}

}  // namespace
}  // namespace heddle::recon::test
