#include <gtest/gtest.h>

#include <chrono>
#include <msgpack.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "serializers/cbor_reader.hpp"
#include "serializers/cbor_writer.hpp"
#include "serializers/msgpack_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/utf8.hpp"
#include "tests/serializers/hex.hpp"
#include "tests/serializers/value_tree.hpp"

namespace heddle::test {
namespace {

using Kind = Token::Kind;

template <class Reader>
bool slices(std::string_view bytes) {
    Reader reader(bytes);
    return reader.slice_value() && reader.next().kind == Kind::end;
}

/// Refused by the stepper and by the scanner.
template <class Reader>
void expect_refused(const char* hex) {
    const std::string bytes = from_hex(hex);
    EXPECT_FALSE(read_value<Reader>(bytes)) << hex;
    EXPECT_FALSE(slices<Reader>(bytes)) << hex;
}

TEST(MsgpackReader, RefusesWhatIsNotMsgpack) {
    for (const char* hex :
         {"",           "c1",         "cc",         "cd00",       "ce000000", "cf00",     "d0",
          "d1ff",       "d2ffffff",   "d3",         "ca0000",     "cb00",     "a261",     "d902",
          "d90261",     "da0001",     "db00000001", "a1ff",       "a2c080",   "a3eda080", "c401",
          "c50002ff",   "c6ffffffff", "c70100",     "c7ff0000",   "d400",     "d80000",   "9101c0",
          "91",         "9201",       "dc0001",     "dd00000001", "81",       "8100",     "81a161",
          "de0001a161", "df00000001", "0000",       "c0c0",       "819000",   "818000",   "81dc000000"})
        expect_refused<MsgpackReader>(hex);
}

TEST(CborReader, RefusesWhatIsNotCbor) {
    for (const char* hex : {"",
                            "18",
                            "1900",
                            "1a000000",
                            "1b00",
                            "1c",
                            "1d",
                            "1e",
                            "1f",
                            "3f",
                            "df00",
                            "c1",
                            "c1ff",
                            "6161ff",
                            "61",
                            "61ff",
                            "62c080",
                            "7f61ff",
                            "7f61",
                            "7f4161ff",
                            "7f7f6161ffff",
                            "5f6161ff",
                            "7f61c361a9ff",
                            "7fc16161ff",
                            "81",
                            "8201",
                            "9f",
                            "9f01",
                            "a1",
                            "a101",
                            "bf",
                            "bf01ff",
                            "bf0102",
                            "ff",
                            "81ff",
                            "a1ff",
                            "a101ff",
                            "f800",
                            "f81f",
                            "f8",
                            "f9",
                            "fa00",
                            "fb00",
                            "fc",
                            "fd",
                            "fe",
                            "0000",
                            "9bffffffffffffffff",
                            "bbffffffffffffffff",
                            "7bffffffffffffffff",
                            "a18000",
                            "bfa0ff00ff",
                            "ffff"})
        expect_refused<CborReader>(hex);
}

/// A header that promises 2^32 or 2^64 elements costs neither memory nor time.
TEST(BinaryReaders, BombsAreRefusedAtOnce) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 20000; ++i) {
        EXPECT_FALSE(
            slices<MsgpackReader>(from_hex("ddffffffff"
                                           "c0c0c0")));
        EXPECT_FALSE(
            slices<MsgpackReader>(from_hex("dfffffffff"
                                           "c0c0c0c0")));
        EXPECT_FALSE(
            read_value<MsgpackReader>(from_hex("ddffffffff"
                                               "c0")));
        EXPECT_FALSE(
            slices<CborReader>(from_hex("9affffffff"
                                        "00")));
        EXPECT_FALSE(
            read_value<CborReader>(from_hex("bb8000000000000000"
                                            "0000")));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10)) << "100,000 bombs";
}

TEST(BinaryReaders, NestToTheLimitAndNotDeeper) {
    const auto nested = [](char opening, char inner, std::size_t depth) {
        return std::string(depth - 1, opening) + inner;
    };
    for (const bool deep : {false, true}) {
        const std::size_t depth = depth_max + (deep ? 1 : 0);
        EXPECT_EQ(slices<MsgpackReader>(nested('\x91', '\x90', depth)), !deep);
        EXPECT_EQ(read_value<MsgpackReader>(nested('\x91', '\x90', depth)).has_value(), !deep);
        EXPECT_EQ(slices<CborReader>(nested('\x81', '\x80', depth)), !deep);
        EXPECT_EQ(read_value<CborReader>(nested('\x81', '\x80', depth)).has_value(), !deep);
        const std::string indefinite = std::string(depth, '\x9F') + std::string(depth, '\xFF');
        EXPECT_EQ(slices<CborReader>(indefinite), !deep);
        EXPECT_EQ(read_value<CborReader>(indefinite).has_value(), !deep);
    }
    const std::string three = from_hex("919190");
    EXPECT_FALSE(MsgpackReader(three).slice_value(2));
    EXPECT_TRUE(MsgpackReader(three).slice_value(3));
    const std::string cbor_three = from_hex("818180");
    EXPECT_FALSE(CborReader(cbor_three).slice_value(2));
    EXPECT_TRUE(CborReader(cbor_three).slice_value(3));
}

TEST(BinaryReaders, AMillionTagsAreNoNesting) {
    std::string tags(1'000'000, '\xC1');
    EXPECT_TRUE(slices<CborReader>(tags + '\x01'));
    EXPECT_TRUE(read_value<CborReader>(tags + '\x01'));
    EXPECT_FALSE(slices<CborReader>(tags));
}

TEST(BinaryReaders, SayWhichKeysWereText) {
    const std::string bytes = from_hex("8201c0a16bc0");
    MsgpackReader reader(bytes);
    reader.next();
    EXPECT_EQ(reader.next().text, "1");
    EXPECT_FALSE(reader.key_was_text());
    reader.skip_value();
    EXPECT_EQ(reader.next().text, "k");
    EXPECT_TRUE(reader.key_was_text());
}

std::string mutated(std::string bytes, std::mt19937_64& random) {
    for (std::uint64_t n = 1 + random() % 3; n > 0 && !bytes.empty(); --n) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 4) {
            case 0:
                bytes[at] = static_cast<char>(random() % 256);
                break;
            case 1:
                bytes.erase(at, 1 + random() % 2);
                break;
            case 2:
                bytes.insert(at, 1, static_cast<char>(random() % 256));
                break;
            default:
                bytes.resize(at);
                break;
        }
    }
    return bytes;
}

/// What msgpack-cxx leaves to its users: UTF-8, kinds of keys, nesting.
bool within_our_rules(const msgpack::object& object, std::size_t depth) {
    switch (object.type) {
        case msgpack::type::STR:
            return utf8::valid({object.via.str.ptr, object.via.str.size});
        case msgpack::type::ARRAY:
            if (depth == depth_max) return false;
            for (std::size_t i = 0; i < object.via.array.size; ++i)
                if (!within_our_rules(object.via.array.ptr[i], depth + 1)) return false;
            return true;
        case msgpack::type::MAP:
            if (depth == depth_max) return false;
            for (std::size_t i = 0; i < object.via.map.size; ++i) {
                const msgpack::object_kv& entry = object.via.map.ptr[i];
                if (entry.key.type == msgpack::type::ARRAY || entry.key.type == msgpack::type::MAP) return false;
                if (!within_our_rules(entry.key, depth + 1) || !within_our_rules(entry.val, depth + 1)) return false;
            }
            return true;
        default:
            return true;
    }
}

bool msgpack_reference_accepts(const std::string& bytes) {
    try {
        std::size_t offset = 0;
        const std::size_t n = bytes.size();  // no honest header says more; it would allocate for a dishonest one
        const msgpack::unpack_limit limit(n, n, n, n, n);
        const auto handle = msgpack::unpack(bytes.data(), n, offset, nullptr, nullptr, limit);
        return offset == bytes.size() && within_our_rules(handle.get(), 0);
    } catch (const std::exception&) {
        return false;
    }
}

TEST(MsgpackReader, AgreesWithAnotherParserOnDamagedInput) {
    std::mt19937_64 random(11);
    int accepted = 0, refused = 0;
    for (std::uint64_t seed = 1; seed <= 40000; ++seed) {
        RandomValues values(seed);
        const std::string bytes = mutated(write_value<MsgpackWriter>(values.value(static_cast<int>(seed % 4))), random);
        const bool ours = slices<MsgpackReader>(bytes);
        ASSERT_EQ(ours, read_value<MsgpackReader>(bytes).has_value()) << to_hex(bytes);
        ASSERT_EQ(ours, msgpack_reference_accepts(bytes)) << "seed " << seed << ": " << to_hex(bytes);
        ++(ours ? accepted : refused);
    }
    EXPECT_GT(accepted, 4000);
    EXPECT_GT(refused, 4000);
}

/// Takes everything but texts and keys that are not UTF-8, which nlohmann does not check on its way in.
struct Utf8Sax : nlohmann::json_sax<nlohmann::json> {
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t& text) override { return utf8::valid(text); }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t& text) override { return utf8::valid(text); }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }
};

bool cbor_reference_accepts(const std::string& bytes) {
    Utf8Sax sax;
    return nlohmann::json::sax_parse(bytes, &sax, nlohmann::json::input_format_t::cbor);
}

/// nlohmann takes only text keys and knows no tags or undefined, so it says no to more than we do; what it takes, we
/// must.
TEST(CborReader, TakesWhateverAnotherParserTakesFromDamagedInput) {
    std::mt19937_64 random(13);
    int both = 0, refused = 0;
    for (std::uint64_t seed = 1; seed <= 40000; ++seed) {
        RandomValues values(seed);
        const std::string bytes = mutated(write_value<CborWriter>(values.value(static_cast<int>(seed % 4))), random);
        const bool ours = slices<CborReader>(bytes);
        ASSERT_EQ(ours, read_value<CborReader>(bytes).has_value()) << to_hex(bytes);
        if (cbor_reference_accepts(bytes)) {
            CborReader reader(bytes);
            reader.skip_value();
            ASSERT_TRUE(ours) << "seed " << seed << ": " << reader.error().what << " at " << reader.error().offset;
            ++both;
        }
        if (!ours) ++refused;
    }
    EXPECT_GT(both, 3000);
    EXPECT_GT(refused, 4000);
}

TEST(BinaryWriters, AreReadByOtherParsers) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        RandomValues values(seed);
        const Value value = values.value(4);
        EXPECT_TRUE(msgpack_reference_accepts(write_value<MsgpackWriter>(value))) << seed;
        EXPECT_TRUE(cbor_reference_accepts(write_value<CborWriter>(value))) << seed;
    }
}

}  // namespace
}  // namespace heddle::test
