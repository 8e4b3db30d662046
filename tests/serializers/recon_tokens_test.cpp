#include <gtest/gtest.h>

#include <cmath>

#include "serializers/json_reader.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/msgpack_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/recon_reader.hpp"
#include "serializers/recon_writer.hpp"
#include "serializers/transcode.hpp"

/// Values on their way between Recon and the WAMP encodings: docs/warp.md 6.3.
namespace heddle {
namespace {

std::string to_json(std::string_view recon) {
    recon::Tape tape;
    recon::Parser parser(tape);
    if (!parser.block(recon)) return "refused: " + parser.error().what;
    ByteBuffer out;
    ReconReader reader(tape.root());
    if (!transcode(reader, JsonWriter(out), out)) return "too deep";
    return std::string(out.view());
}

std::string to_recon(std::string_view json, ReconWriter::Place place = ReconWriter::Place::value) {
    ByteBuffer out;
    EXPECT_TRUE(transcode(JsonReader(json), ReconWriter(out, place), out)) << json;
    return std::string(out.view());
}

struct Pair {
    const char *recon, *json;
};

TEST(ReconTokens, ValuesThatBothSidesHaveGoBothWays) {
    for (const Pair& pair : std::initializer_list<Pair>{
             {"@null", "null"},
             {"true", "true"},
             {"\"true\"", "\"true\""},
             {"abc", "\"abc\""},
             {"\"a b\"", "\"a b\""},
             {"\"\"", "\"\""},
             {"5", "5"},
             {"-9007199254740991", "-9007199254740991"},
             {"@int(\"9007199254740992\")", "9007199254740992"},
             {"@int(\"18446744073709551615\")", "18446744073709551615"},
             {"1.0", "1.0"},
             {"-0.0", "-0.0"},
             {"1.5", "1.5"},
             {"%AAEC", "\"\\u0000AAEC\""},
             {"%", "\"\\u0000\""},
             {"{}", "[]"},
             {"@dict", "{}"},
             {"{5}", "[5]"},
             {"{{5}}", "[[5]]"},
             {"{@null}", "[null]"},
             {"{x,1}", "[\"x\",1]"},
             {"{@null,1,@null}", "[null,1,null]"},
             {"{a:1,\"b c\":{}}", "{\"a\":1,\"b c\":[]}"},
             {"{a:@null,b:@dict,c:{{}}}", "{\"a\":null,\"b\":{},\"c\":[[]]}"},
             {"{\"\":{x:{y:1}}}", "{\"\":{\"x\":{\"y\":1}}}"},
             {"{{a:1},{b:2}}", "[{\"a\":1},{\"b\":2}]"},
             {"@int(\"123456789012345678901234567890\")", "{\"$int\":\"123456789012345678901234567890\"}"},
             {"@a 1", "{\"$recon\":\"@a 1\"}"},
             {"{x,@a}", "[\"x\",{\"$recon\":\"@a\"}]"},
             {"{1:2}", "{\"$recon\":\"{1:2}\"}"},
             {"{a:1,a:2}", "{\"$recon\":\"{a:1,a:2}\"}"},
             {"{1,a:2}", "{\"$recon\":\"{1,a:2}\"}"},
             {"@int(\"x\")", "{\"$recon\":\"@int(x)\"}"}}) {
        EXPECT_EQ(to_json(pair.recon), pair.json) << pair.recon;
        if (std::string_view(pair.recon) == "@int(\"x\")") continue;  // comes back as below
        EXPECT_EQ(to_recon(pair.json), pair.recon) << pair.json;
    }
    EXPECT_EQ(to_recon("{\"$recon\":\"@int(x)\"}"), "@int(x)");
}

TEST(ReconTokens, FormsThatOnlyReconHasAreReadAsTheNearestValue) {
    for (const Pair& pair : std::initializer_list<Pair>{{"", "null"},
                                                        {"()", "null"},
                                                        {"{a:}", "{\"a\":null}"},
                                                        {"{1,,2}", "[1,null,2]"},
                                                        {"0xff", "255"},
                                                        {"0xffffffffffffffff", "18446744073709551615"},
                                                        {"1;2", "[1,2]"},
                                                        {"[x{1}]", "[\"x\",1]"},
                                                        {"9223372036854775807", "9223372036854775807"},
                                                        {"18446744073709551615", "18446744073709551615"},
                                                        {"{\"$recon\":5}", "{\"$recon\":5}"}})
        EXPECT_EQ(to_json(pair.recon), pair.json) << pair.recon;
}

TEST(ReconTokens, NotANumberAndInfinitiesAreNamed) {
    for (const double value : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        ByteBuffer packed, text, again;
        MsgpackWriter(packed).real(value);
        ASSERT_TRUE(transcode(MsgpackReader(packed.view()), ReconWriter(text), text));
        recon::Tape tape;
        ASSERT_TRUE(recon::Parser(tape).block(text.view()));
        ASSERT_TRUE(transcode(ReconReader(tape.root()), MsgpackWriter(again), again));
        EXPECT_EQ(again.view(), packed.view()) << text.view();
    }
}

// A WAMP client may write anything under these keys: it must not reach a frame as it is.
TEST(ReconTokens, ForeignTextIsParsedBeforeItIsWritten) {
    EXPECT_EQ(to_recon(R"({"$recon":" @a( 1 ) # x"})"), "@a(1)");
    EXPECT_EQ(to_recon(R"([{"$recon":"1,2"},3])"), "{{1,2},3}");
    for (const char* json :
         {R"({"$recon":"1)@b"})", R"({"$recon":"}"})", R"({"$recon":""})", R"({"$recon":"1+1"})", R"({"$int":"1]"})",
          R"({"$int":""})", R"({"$recon":"1","x":2})", R"({"x":2,"$recon":"1"})", R"({"$recon":["1"]})"}) {
        recon::Tape tape;
        ASSERT_TRUE(recon::Parser(tape).block(to_recon(json))) << json;
        EXPECT_EQ(to_json(to_recon(json)), json);
    }
    EXPECT_EQ(to_recon(R"({"$recon":"9007199254740993"})"), "@int(\"9007199254740993\")");
}

TEST(ReconTokens, ABodyIsWrittenAsTheRestOfARecord) {
    using enum ReconWriter::Place;
    EXPECT_EQ(to_recon("5", body), " 5");
    EXPECT_EQ(to_recon("-1.5", body), " -1.5");
    EXPECT_EQ(to_recon("\"abc\"", body), " abc");
    EXPECT_EQ(to_recon("\"a b\"", body), "\"a b\"");
    EXPECT_EQ(to_recon("{\"a\":\"b\"}", body), "{a:b}");
    EXPECT_EQ(to_recon("9007199254740992", body), "@int(\"9007199254740992\")");
    EXPECT_EQ(to_recon(R"({"$recon":"x"})", body), " x");
    EXPECT_EQ(to_recon(R"({"$recon":"@a 1"})", body), "@a 1");
    EXPECT_EQ(to_recon(R"({"$recon":"{5}"})", body), "{{5}}");
    EXPECT_EQ(to_recon(R"({"$recon":"x"})", names), "{\"$recon\":x}");
}

TEST(ReconTokens, DepthIsBoundedOnTheWayToWamp) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '{') + "1" + std::string(depth, '}'); };
    EXPECT_NE(to_json(nested(depth_max)), "too deep");
    EXPECT_EQ(to_json(nested(depth_max + 1)), "too deep");
    EXPECT_EQ(to_json(nested(depth_max).replace(depth_max, 1, "@a")), "too deep");
}

}  // namespace
}  // namespace heddle
