#include "router/cli/render.hpp"

#include <gtest/gtest.h>

namespace heddle::cli {
namespace {

Payload payload(std::string_view args, std::string_view kwargs = {}) { return {Encoding::json, args, kwargs}; }

Event event_of(Payload content) {
    Event event;
    event.publication = {77};
    event.payload = content;
    return event;
}

TEST(RenderHuman, ASingleValueStandsAlone) {
    EXPECT_EQ(render_payload(Form::human, payload("[21.5]")), "21.5\n");
    EXPECT_EQ(render_payload(Form::human, payload("[\"text\"]")), "\"text\"\n");
    EXPECT_EQ(render_payload(Form::human, payload("[{\"a\":[1,true,null],\"b\":{}}]")),
              "{\"a\": [1, true, null], \"b\": {}}\n");
    EXPECT_EQ(render_payload(Form::human, payload("")), "");
}

/// Publishers choose topics, keys and texts: nothing of them may be a command to the terminal of whoever subscribes.
TEST(RenderHuman, NothingOfItIsACommandToTheTerminal) {
    const Payload hostile = payload("[\"a\\u001b[2J\x7f\xc2\x9b\"]", "{\"k\\u001b\\nforged\":1}");
    EXPECT_EQ(render_event(Form::human, "a.\x1b[2J", event_of(hostile), "12:00"),
              "12:00  a.?[2J  \"a\\u001b[2J???\"  k??forged=1\n");
    EXPECT_EQ(render_payload(Form::human, hostile), "args\n  \"a\\u001b[2J???\"\nkwargs\n  k??forged = 1\n");
}

TEST(RenderHuman, SeveralValuesStandInBlocks) {
    EXPECT_EQ(render_payload(Form::human, payload("[1,\"b\"]", "{\"unit\":\"C\"}")),
              "args\n  1\n  \"b\"\nkwargs\n  unit = \"C\"\n");
    EXPECT_EQ(render_payload(Form::human, payload("", "{\"unit\":\"C\"}")), "kwargs\n  unit = \"C\"\n");
    EXPECT_EQ(render_payload(Form::human, payload("[1]", "{\"a\":2}")), "args\n  1\nkwargs\n  a = 2\n");
}

TEST(RenderHuman, LongValuesTakeSeveralLines) {
    std::string text(90, 'x');
    EXPECT_EQ(human_pretty("{\"a\":\"" + text + "\",\"b\":[1,{\"c\":2}],\"d\":[]}"),
              "{\n  \"a\": \"" + text + "\",\n  \"b\": [\n    1,\n    {\n      \"c\": 2\n    }\n  ],\n  \"d\": []\n}");
}

TEST(RenderHuman, BinaryShowsItsBeginning) {
    EXPECT_EQ(human_value("\"\\u0000AP+j\""), "<3 bytes 00 ff a3>");
    EXPECT_EQ(human_value("\"\\u0000AA==\""), "<1 byte 00>");
    EXPECT_EQ(human_value("\"\\u0000AAECAwQFBgcICQoL\""), "<12 bytes 00 01 02 03 04 05 06 07 ..>");
}

TEST(RenderHuman, EventsAreOneLine) {
    Event event = event_of(payload("[21.5,\"x\"]", "{\"unit\":\"C\",\"at\":[1,2]}"));
    EXPECT_EQ(render_event(Form::human, "com.plant.a", event, "12:04:31.123"),
              "12:04:31.123  com.plant.a  21.5  \"x\"  unit=\"C\"  at=[1, 2]\n");
}

TEST(RenderJson, OneObjectALineWithoutSpaces) {
    EXPECT_EQ(render_payload(Form::json, payload("[ 1,\n \"\\u0000AP8=\" ]", "{ \"a\" : {} }")),
              "{\"args\":[1,\"\\u0000AP8=\"],\"kwargs\":{\"a\":{}},\"details\":{}}\n");
    EXPECT_EQ(render_payload(Form::json, payload("")), "{\"args\":[],\"kwargs\":{},\"details\":{}}\n");
}

TEST(RenderJson, EventsCarryTheirDetails) {
    Event event = event_of(payload("[1]"));
    event.details.retained = true;
    event.details.publisher = {5};
    event.details.publisher_authid = "kim";
    EXPECT_EQ(render_event(Form::json, "a.b", event, "now"),
              "{\"args\":[1],\"kwargs\":{},\"details\":{\"topic\":\"a.b\",\"publication\":77,\"retained\":true,"
              "\"publisher\":5,\"publisher_authid\":\"kim\"}}\n");
}

TEST(RenderJson, OtherSerializersBecomeJson) {
    Payload msgpack{
        Encoding::msgpack, std::string_view("\x92\xC4\x02\x00\xFF\xCB\x40\x10\x00\x00\x00\x00\x00\x00", 14), {}};
    EXPECT_EQ(render_payload(Form::json, msgpack), "{\"args\":[\"\\u0000AP8=\",4.0],\"kwargs\":{},\"details\":{}}\n");
    EXPECT_EQ(render_payload(Form::raw, msgpack), std::string("\x00\xFF", 2));
}

TEST(RenderRaw, TheFirstArgumentsBytesAndNothingElse) {
    EXPECT_EQ(render_payload(Form::raw, payload("[\"a\\nb\",2]", "{\"k\":1}")), "a\nb");
    EXPECT_EQ(render_payload(Form::raw, payload("[{\"a\": 1}]")), "{\"a\":1}");
    EXPECT_EQ(render_payload(Form::raw, payload("[]")), "");
}

}  // namespace
}  // namespace heddle::cli
