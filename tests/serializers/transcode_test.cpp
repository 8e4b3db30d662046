#include "serializers/transcode.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "serializers/cbor_reader.hpp"
#include "serializers/cbor_writer.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/msgpack_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "tests/serializers/hex.hpp"
#include "tests/serializers/value_tree.hpp"

namespace heddle::test {
namespace {

std::string transcoded(Encoding from, std::string_view value, Encoding to) {
    ByteBuffer out;
    if (!transcode(from, value, to, out)) return "refused";
    return std::string(out.view());
}

std::string to_json(Encoding from, std::string_view hex) { return transcoded(from, from_hex(hex), Encoding::json); }

TEST(Transcode, RandomTreesSurviveEveryEncoding) {
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        RandomValues random(seed);
        const Value value = random.value(4);
        const std::string json = write_value<JsonWriter>(value);
        const std::string msgpack = transcoded(Encoding::json, json, Encoding::msgpack);
        const std::string cbor = transcoded(Encoding::msgpack, msgpack, Encoding::cbor);
        const std::string back = transcoded(Encoding::cbor, cbor, Encoding::json);
        ASSERT_EQ(read_value<JsonReader>(json), value) << "seed " << seed << ": " << json;
        ASSERT_EQ(read_value<MsgpackReader>(msgpack), value) << "seed " << seed << ": " << json;
        ASSERT_EQ(read_value<CborReader>(cbor), value) << "seed " << seed << ": " << json;
        ASSERT_EQ(back, json) << "seed " << seed;
        ASSERT_EQ(msgpack, write_value<MsgpackWriter>(value)) << "seed " << seed;
        ASSERT_EQ(cbor, write_value<CborWriter>(value)) << "seed " << seed;
    }
}

TEST(Transcode, SliceOfAWholeValueIsTheWholeValue) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        RandomValues random(seed);
        const Value value = random.value(4);
        const std::string json = write_value<JsonWriter>(value), msgpack = write_value<MsgpackWriter>(value),
                          cbor = write_value<CborWriter>(value);
        ASSERT_EQ(JsonReader(json).slice_value(), json);
        ASSERT_EQ(MsgpackReader(msgpack).slice_value(), msgpack);
        ASSERT_EQ(CborReader(cbor).slice_value(), cbor);
    }
}

TEST(Transcode, BinaryConventionOfTheSpecification) {
    const std::string hex =
        "c410"
        "10e3ff9053075c526f5fc06d4fe37cdb";
    const std::string json = R"("\u0000EOP/kFMHXFJvX8BtT+N82w==")";
    EXPECT_EQ(to_json(Encoding::msgpack, hex), json);
    EXPECT_EQ(to_hex(transcoded(Encoding::json, json, Encoding::msgpack)), hex);
    EXPECT_EQ(to_hex(transcoded(Encoding::json, json, Encoding::cbor)), "5010e3ff9053075c526f5fc06d4fe37cdb");
}

TEST(Transcode, TextThatOnlyBeginsLikeBinaryStaysText) {
    for (const char* json :
         {R"("\u0000EOP/kFMHXFJvX8BtT+N82w=")", R"("\u0000 ")", R"("\u0000EOP_")", R"("\u0000QR==")"}) {
        const std::string cbor = transcoded(Encoding::json, json, Encoding::cbor);
        EXPECT_EQ(static_cast<unsigned char>(cbor[0]) >> 5, 3) << json;
        EXPECT_EQ(transcoded(Encoding::cbor, cbor, Encoding::json), json);
    }
    EXPECT_EQ(transcoded(Encoding::json, R"({"\u0000QQ==":1})", Encoding::msgpack)[1] & 0xE0, 0xA0) << "keys are text";
}

TEST(Transcode, NumbersKeepTheirKindAndValue) {
    for (const char* json :
         {"0", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615",
          "1.0", "-0.0", "0.1", "5e-324", "1.7976931348623157e+308", "1e+22", "100.0"}) {
        for (const Encoding encoding : {Encoding::msgpack, Encoding::cbor}) {
            const std::string binary = transcoded(Encoding::json, json, encoding);
            EXPECT_EQ(transcoded(encoding, binary, Encoding::json), json) << name_of(encoding);
        }
    }
}

TEST(Transcode, WhatSixtyFourBitsDoNotHoldBecomesReal) {
    EXPECT_EQ(transcoded(Encoding::json, "18446744073709551616", Encoding::json), "1.8446744073709552e+19");
    EXPECT_EQ(transcoded(Encoding::json, "-9223372036854775809", Encoding::json), "-9.223372036854776e+18");
    EXPECT_EQ(to_json(Encoding::cbor, "3bffffffffffffffff"), "-1.8446744073709552e+19");
    EXPECT_EQ(to_hex(transcoded(Encoding::json, "1e400", Encoding::cbor)), "fb7ff0000000000000");
    EXPECT_EQ(to_hex(transcoded(Encoding::json, "-1e400", Encoding::cbor)), "fbfff0000000000000");
    EXPECT_EQ(to_hex(transcoded(Encoding::json, "1e-400", Encoding::cbor)), "fb0000000000000000");
    EXPECT_EQ(to_hex(transcoded(Encoding::json, "0.000001e99999999999999999999", Encoding::cbor)),
              "fb7ff0000000000000");
}

TEST(Transcode, NotANumberAndInfinityAreNullInJson) {
    EXPECT_EQ(to_json(Encoding::msgpack, "93cb7ff8000000000000cb7ff0000000000000cbfff0000000000000"),
              "[null,null,null]");
    EXPECT_EQ(to_hex(transcoded(Encoding::msgpack, from_hex("cb7ff8000000000000"), Encoding::cbor)),
              "fb7ff8000000000000");
}

TEST(Transcode, ExtTagsHalvesAndUndefinedHaveTheirNearestValue) {
    EXPECT_EQ(to_json(Encoding::msgpack, "d4052a"), R"("\u0000Kg==")");        // fixext 1
    EXPECT_EQ(to_json(Encoding::msgpack, "c70305010203"), R"("\u0000AQID")");  // ext 8
    EXPECT_EQ(to_json(Encoding::cbor, "c074323031332d30332d32315432303a30343a30305a"), R"("2013-03-21T20:04:00Z")");
    EXPECT_EQ(to_json(Encoding::cbor, "c1c21a514b67b0"), "1363896240");  // tags may pile up
    EXPECT_EQ(to_json(Encoding::cbor, "83f6f7e0"), "[null,null,null]");  // null, undefined, unassigned
    EXPECT_EQ(to_json(Encoding::cbor, "87f93c00f97bfff90001f9c400f90400f98000f97c00"),
              "[1.0,65504.0,5.960464477539063e-08,-4.0,0.00006103515625,-0.0,null]");
    EXPECT_EQ(to_json(Encoding::cbor, "fa47c35000"), "100000.0");
    EXPECT_EQ(to_json(Encoding::msgpack, "ca3fc00000"), "1.5");
}

TEST(Transcode, IndefiniteLengthsBecomeDefinite) {
    EXPECT_EQ(to_json(Encoding::cbor, "9f018202039f0405ffff"), "[1,[2,3],[4,5]]");
    EXPECT_EQ(to_json(Encoding::cbor, "bf61610161629f0203ffff"), R"({"a":1,"b":[2,3]})");
    EXPECT_EQ(to_json(Encoding::cbor, "7f657374726561646d696e67ff"), R"("streaming")");
    EXPECT_EQ(to_json(Encoding::cbor, "5f42010243030405ff"), R"("\u0000AQIDBAU=")");
    EXPECT_EQ(to_json(Encoding::cbor, "bf7f61616162ff01ff"), R"({"ab":1})");
    EXPECT_EQ(to_hex(transcoded(Encoding::cbor, from_hex("9f01ff"), Encoding::cbor)), "8101");
}

TEST(Transcode, ScalarKeysBecomeTheirText) {
    // {1: 0, -1: 0, 2^64-1: 0, 1.5: 0, true: 0, nil: 0, bin "A": 0, "t": 0}
    EXPECT_EQ(to_json(Encoding::msgpack, "880100ff00cfffffffffffffffff00cb3ff800000000000000c300c000c4014100a17400"),
              R"({"1":0,"-1":0,"18446744073709551615":0,"1.5":0,"true":0,"null":0,"\u0000QQ==":0,"t":0})");
    EXPECT_EQ(to_json(Encoding::cbor, "a30100f400416100"), R"({"1":0,"false":0,"\u0000YQ==":0})");
}

TEST(Transcode, ContainersAsKeysAreRefused) {
    for (const char* hex : {"819000", "818000"}) EXPECT_EQ(to_json(Encoding::msgpack, hex), "refused") << hex;
    for (const char* hex : {"a18000", "a1a000", "bf9fff00ff"})
        EXPECT_EQ(to_json(Encoding::cbor, hex), "refused") << hex;
}

TEST(Transcode, KeyOrderAndDuplicateKeysPass) {
    const std::string json = R"({"b":1,"a":2,"b":3})";
    const std::string msgpack = transcoded(Encoding::json, json, Encoding::msgpack);
    EXPECT_EQ(transcoded(Encoding::msgpack, msgpack, Encoding::json), json);
}

TEST(Transcode, WhatIsRefusedLeavesNothingBehind) {
    ByteBuffer out;
    out.append("before");
    EXPECT_FALSE(transcode(Encoding::json, R"([1,2,{"a":[3,}])", Encoding::msgpack, out));
    EXPECT_EQ(out.view(), "before");
    EXPECT_FALSE(transcode(Encoding::json, "1 2", Encoding::cbor, out));
    EXPECT_EQ(out.view(), "before");
}

TEST(Transcode, ManyElementsGetTheirWideHeaders) {
    for (const std::size_t count : {15u, 16u, 23u, 24u, 255u, 256u, 65535u, 65536u}) {
        List list(count, Value{std::int64_t{1}});
        Map map(count, {"k", Value{false}});
        const Value value{List{Value{list}, Value{map}}};
        EXPECT_EQ(read_value<MsgpackReader>(write_value<MsgpackWriter>(value)), value) << count;
        EXPECT_EQ(read_value<CborReader>(write_value<CborWriter>(value)), value) << count;
    }
}

}  // namespace
}  // namespace heddle::test
