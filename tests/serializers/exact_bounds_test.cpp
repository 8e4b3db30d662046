// Readers at their exact bounds, each way of reading asked alone: what one refuses another might let through.
#include <gtest/gtest.h>

#include <cmath>

#include "serializers/cbor_reader.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/msgpack_reader.hpp"
#include "serializers/numbers.hpp"
#include "tests/serializers/hex.hpp"

namespace heddle::test {
namespace {

using Kind = Token::Kind;

/// The scanner alone: the bytes of the first value.
template <class Reader>
bool has_slice(std::string_view bytes) {
    const std::unique_ptr<char[]> exact(new char[bytes.size()]);  // so that reading past it shows
    std::copy(bytes.begin(), bytes.end(), exact.get());
    Reader reader({exact.get(), bytes.size()});
    return reader.slice_value().has_value();
}
/// The stepper alone: token after token up to the end of the first value.
template <class Reader>
bool has_tokens(std::string_view bytes) {
    const std::unique_ptr<char[]> exact(new char[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    Reader reader({exact.get(), bytes.size()});
    for (std::size_t depth = 0;;) {
        const Kind kind = reader.next().kind;
        if (kind == Kind::error || kind == Kind::end) return false;
        depth += kind == Kind::list_begin || kind == Kind::map_begin;
        depth -= kind == Kind::list_end || kind == Kind::map_end;
        if (depth == 0 && kind != Kind::key) return true;
    }
}

template <class Reader>
void expect_no_prefix_of(const std::string& bytes) {
    EXPECT_TRUE(has_slice<Reader>(bytes)) << to_hex(bytes);
    EXPECT_TRUE(has_tokens<Reader>(bytes)) << to_hex(bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const std::string cut = bytes.substr(0, size);
        EXPECT_FALSE(has_slice<Reader>(cut)) << to_hex(cut);
        EXPECT_FALSE(has_tokens<Reader>(cut)) << to_hex(cut);
    }
}

TEST(ExactBounds, NoMessagePackValueIsTakenThatIsCutShort) {
    for (const char* hex : {"cc01", "cd0102", "ce01020304", "cf0102030405060708", "d001", "d10102", "d201020304",
                            "d30102030405060708", "ca01020304", "cb0102030405060708", "a2c3a4", "d902c3a4",
                            "da0002c3a4", "db00000002c3a4", "c402abcd", "c50002abcd", "c600000002abcd", "c70162ab",
                            "c80001627f", "c90000000162ab", "d462ab", "d562abcd", "d66201020304",
                            "d7620102030405060708", "d86200112233445566778899aabbccddeeff", "920102", "dc000201c3",
                            "dd0000000201c0", "82a16101a16202", "de0001a16101", "df00000001a161920102", "c70062",
                            "9181a161c40100"})
        expect_no_prefix_of<MsgpackReader>(from_hex(hex));
}

TEST(ExactBounds, NoCborValueIsTakenThatIsCutShort) {
    for (const char* hex : {"1801", "190102", "1a01020304", "1b0102030405060708", "3801", "390102", "62c3a4", "7802c3a4",
                            "790002c3a4", "42abcd", "5802abcd", "5f41ab41cdff", "7f61616162ff", "820102", "9f0102ff",
                            "a1616101", "bf61610161629f00ffff", "f90102", "fa01020304", "fb0102030405060708", "f820",
                            "c16161", "d8206161", "a1c1616101", "81c082c1017f6161ff"})
        expect_no_prefix_of<CborReader>(from_hex(hex));
}

TEST(ExactBounds, NoJsonValueIsTakenThatIsCutShort) {
    for (const char* text : {R"("abc\u00e4\ud83d\ude00\"")", "true", "false", "null", R"([1,[],{}])", R"({"a":[1,{"b":null}]})",
                             R"(["äöü","\n"])"})
        expect_no_prefix_of<JsonReader>(text);
}

TEST(ExactBounds, TheStepperItselfRefusesContainersAsKeys) {
    for (const char* hex : {"819000", "818000", "81dc000000", "81dd0000000000", "81de000000", "81df0000000000"}) {
        const std::string bytes = from_hex(hex);
        MsgpackReader reader(bytes);
        EXPECT_EQ(reader.next().kind, Kind::map_begin);
        EXPECT_EQ(reader.next().kind, Kind::error) << hex;
        EXPECT_EQ(reader.next().kind, Kind::error) << "an error stays one";
        EXPECT_FALSE(has_slice<MsgpackReader>(bytes)) << hex;
    }
    for (const char* hex : {"a18000", "a1a000", "a19fff00", "bf9fff00ff", "a1c18000"}) {
        const std::string bytes = from_hex(hex);
        CborReader reader(bytes);
        EXPECT_EQ(reader.next().kind, Kind::map_begin);
        EXPECT_EQ(reader.next().kind, Kind::error) << hex;
        EXPECT_FALSE(has_slice<CborReader>(bytes)) << hex;
    }
}

TEST(ExactBounds, EachWayOfReadingRefusesAMapThatEndsBehindAKey) {
    for (const char* hex : {"bf6161ff", "bf6161016162026163ff", "9fbf6161ffff", "bf6161bf6162ffff"}) {
        const std::string bytes = from_hex(hex);
        EXPECT_FALSE(has_slice<CborReader>(bytes)) << hex;
        EXPECT_FALSE(has_tokens<CborReader>(bytes)) << hex;
    }
    for (const char* text : {R"({"a"})", R"({"a":})", R"({"a":1,"b"})", R"([{"a":}])", R"({"a":1,})", "[1,]"}) {
        EXPECT_FALSE(has_slice<JsonReader>(text)) << text;
        EXPECT_FALSE(has_tokens<JsonReader>(text)) << text;
    }
}

TEST(ExactBounds, EachWayOfReadingNestsToTheSameDepth) {
    for (const std::size_t depth : {depth_max - 1, depth_max, depth_max + 1}) {
        const bool good = depth <= depth_max;
        const std::string msgpack = std::string(depth - 1, '\x91') + '\x90', cbor = std::string(depth - 1, '\x81') + '\x80';
        const std::string json = std::string(depth, '[') + std::string(depth, ']');
        EXPECT_EQ(has_slice<MsgpackReader>(msgpack), good);
        EXPECT_EQ(has_tokens<MsgpackReader>(msgpack), good);
        EXPECT_EQ(has_slice<CborReader>(cbor), good);
        EXPECT_EQ(has_tokens<CborReader>(cbor), good);
        EXPECT_EQ(has_slice<JsonReader>(json), good);
        EXPECT_EQ(has_tokens<JsonReader>(json), good);
    }
}

/// A container that promises exactly as many values as bytes are left, and one more.
TEST(ExactBounds, AHeaderPromisesNoMoreThanWhatFollows) {
    for (const std::size_t count : {3u, 4u}) {
        const std::string values(3, '\x01'), pairs(6, '\x01');
        const char low = static_cast<char>(count);
        const auto check = [&]<class Reader>(Reader*, const std::string& bytes) {
            EXPECT_EQ(has_slice<Reader>(bytes), count == 3) << to_hex(bytes);
            EXPECT_EQ(has_tokens<Reader>(bytes), count == 3) << to_hex(bytes);
        };
        MsgpackReader* msgpack = nullptr;
        check(msgpack, std::string("\xDC\x00", 2) + low + values);
        check(msgpack, std::string("\xDD\x00\x00\x00", 4) + low + values);
        check(msgpack, std::string("\xDE\x00", 2) + low + pairs);
        CborReader* cbor = nullptr;
        check(cbor, std::string("\x98", 1) + low + values);
        check(cbor, std::string("\xB8", 1) + low + pairs);
    }
}

std::string real(double value) {
    char digits[numbers::text_max];
    return {digits, numbers::put_real(value, digits)};
}

TEST(ExactBounds, FloatsHaveNoExponentFromTenToTheMinusFifthUpToTenToTheSixteenth) {
    EXPECT_EQ(real(1e-5), "0.00001");
    EXPECT_EQ(real(-1e-5), "-0.00001");
    EXPECT_EQ(real(std::nextafter(1e-5, 0)), "9.999999999999999e-06");
    EXPECT_EQ(real(std::nextafter(1e16, 0)), "9999999999999998.0");
    EXPECT_EQ(real(1e16), "1e+16");
    EXPECT_EQ(real(-1e16), "-1e+16");
    EXPECT_EQ(real(0.0), "0.0");
    EXPECT_EQ(real(-0.0), "-0.0");
    EXPECT_EQ(real(1e15), "1000000000000000.0");
    EXPECT_EQ(real(99'999'999'999.0), "99999999999.0");
}

TEST(ExactBounds, IntegersTakeTheNarrowestTypeThatHoldsThem) {
    const auto kind = [](std::string_view text) { return numbers::parse_integer(text).kind; };
    EXPECT_EQ(kind("9223372036854775807"), Kind::integer);
    EXPECT_EQ(kind("9223372036854775808"), Kind::unsigned_integer);
    EXPECT_EQ(kind("18446744073709551615"), Kind::unsigned_integer);
    EXPECT_EQ(kind("18446744073709551616"), Kind::real);
    EXPECT_EQ(kind("-9223372036854775808"), Kind::integer);
    EXPECT_EQ(kind("-9223372036854775809"), Kind::real);
    const std::string largest = from_hex("3b7fffffffffffffff"), beyond = from_hex("3b8000000000000000");
    EXPECT_EQ(CborReader(largest).next().integer, INT64_MIN);
    EXPECT_EQ(CborReader(beyond).next().kind, Kind::real);
}

}  // namespace
}  // namespace heddle::test
