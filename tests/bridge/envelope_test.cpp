#include "bridge/envelope.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "serializers/recon_text.hpp"

/// docs/warp.md 2.1.
namespace heddle {
namespace {

using nlohmann::json;
using Found = EnvelopeReader::Found;

/// The envelope written again, in our form; or what else was found.
std::string again(std::string_view frame) {
    EnvelopeReader reader;
    switch (reader.read(frame)) {
        case Found::other:
            return "other";
        case Found::malformed:
            return "malformed: " + reader.error().what;
        case Found::envelope:
            break;
    }
    const Envelope& envelope = reader.envelope();
    ByteBuffer out;
    put_envelope(envelope.kind,
                 has_lane(envelope.kind) ? lane_header(envelope.node, envelope.lane, envelope.prio, envelope.rate) : "",
                 out);
    recon::put_rest(envelope.body, out);
    return std::string(out.view());
}

TEST(Envelope, RecordedFramesAreReadAndWrittenAsTheyWere) {
    std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/recon-vectors/envelopes.json");
    int count = 0;
    for (const json& entry : json::parse(file)) {
        EXPECT_EQ(again(entry["recon"].get<std::string>()), entry["block"]) << entry["recon"];
        ++count;
    }
    EXPECT_GE(count, 20);
}

TEST(Envelope, EveryKindIsKnownByItsName) {
    for (std::size_t i = 0; i < envelope_kind_count; ++i) {
        const auto kind = static_cast<EnvelopeKind>(i);
        const std::string frame =
            "@" + std::string(name_of(kind)) + (has_lane(kind) ? "(node:\"/a\",lane:b)" : "") + "{x:1}";
        EXPECT_EQ(again(frame), frame);
    }
}

TEST(Envelope, HeadersComeInManyFormsAndLeaveInOne) {
    const std::string plain = "@link(node:\"/a\",lane:b)";
    for (const char* frame :
         {"@link(node:\"/a\",lane:b)", " @link( lane : b , node : '/a' ) ", "@link(\"/a\",b)", "@link(\"/a\",b,c)",
          "#x\n@link(\nnode:`/a`\nlane:b\n)", "@link(node:\"/a\";lane:\"b\";more:{1,2})",
          "@link(node:\"\\u002fa\",lane:b,prio:0,rate:0)", "@\"link\"({node:\"/a\",lane:b})",
          "@link(node:\"/a\",lane:b){}"})
        EXPECT_EQ(again(frame), plain) << frame;
    EXPECT_EQ(again("@sync(rate:2.5,lane:b,prio:1,node:\"/a\")"), "@sync(node:\"/a\",lane:b,prio:1,rate:2.5)");
    EXPECT_EQ(again("@link(node:true1,lane:\"true\")"), "@link(node:true1,lane:\"true\")");
}

TEST(Envelope, BodiesAreTheRestOfTheRecord) {
    EXPECT_EQ(again("@event(node:n,lane:l)  [x{1}]"), "@event(node:n,lane:l){x,1}");
    EXPECT_EQ(again("@event(node:n,lane:l){5}"), "@event(node:n,lane:l) 5");
    EXPECT_EQ(again("@event(node:n,lane:l)\"a\\tb\" # note"), "@event(node:n,lane:l)\"a\\tb\"");
    EXPECT_EQ(again("@event(node:n,lane:l)@update(key:\"b c\") {x:1}\n"),
              "@event(node:n,lane:l)@update(key:\"b c\"){x:1}");
}

TEST(Envelope, OtherReconIsNoEnvelopeAndOtherTextIsMalformed) {
    for (const char* frame :
         {"x", "5", "@x", "@x(node:a,lane:b)", "@event(node:a,lane:b),2", "@event(node:a,lane:b)\n2",
          "@event(node:a,lane:b):2", "{@event(node:a,lane:b)}", "x@event(node:a,lane:b)", "@Event(node:a,lane:b)"})
        EXPECT_EQ(again(frame), "other") << frame;
    for (const char* frame : {"", " \n", "#", "@", "@event(", "@event(node:a,lane:b", "@event(node:a,lane:b){",
                              "@event(node:a,lane:b)1 2", "@event(node:a,lane:b)1+2", "@event", "@event(node:a)",
                              "@event(lane:b)", "@event(a)", "@event(node:1,lane:b)", "@event(node:a,lane:{})",
                              "@link(node:a,lane:b,prio:high)", "@auth{", "@event(node:a,lane:b)\x01"})
        EXPECT_TRUE(again(frame).starts_with("malformed: ")) << frame << " " << again(frame);
}

TEST(Envelope, AReaderForgetsTheFrameBefore) {
    EnvelopeReader reader;
    ASSERT_EQ(reader.read("@link(node:\"/\\u0061\",lane:b,prio:1)"), Found::envelope);
    ASSERT_EQ(reader.read("@event(node:1)"), Found::malformed);
    ASSERT_EQ(reader.read("@link(node:c,lane:d)"), Found::envelope);
    EXPECT_EQ(reader.envelope().node, "c");
    EXPECT_EQ(reader.envelope().prio, 0);
    EXPECT_TRUE(reader.envelope().body.empty());
}

}  // namespace
}  // namespace heddle
