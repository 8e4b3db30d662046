#include "router/batch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heddle {
namespace {

std::vector<std::string> parts(Batch& batch) {
    std::vector<std::string> found;
    while (const auto part = batch.next()) found.emplace_back(*part);
    return found;
}

TEST(Batch, JsonPartsEndWithTheirDelimiter) {
    Batch batch(Encoding::json, "[1]\x1e[2]\x1e");
    EXPECT_EQ(parts(batch), (std::vector<std::string>{"[1]", "[2]"}));
    EXPECT_FALSE(batch.malformed());
}

TEST(Batch, BinaryPartsBeginWithTheirLength) {
    const std::string bytes(
        "\0\0\0\x02"
        "ab\0\0\0\0\0\0\0\x01"
        "c",
        15);
    Batch batch(Encoding::cbor, bytes);
    EXPECT_EQ(parts(batch), (std::vector<std::string>{"ab", "", "c"}));
    EXPECT_FALSE(batch.malformed());
}

TEST(Batch, EmptyOrCutOffIsMalformed) {
    for (const auto& [encoding, bytes] :
         std::vector<std::pair<Encoding, std::string>>{{Encoding::json, ""},
                                                       {Encoding::json, "[1]"},
                                                       {Encoding::json, "[1]\x1e[2"},
                                                       {Encoding::msgpack, ""},
                                                       {Encoding::msgpack, std::string("\0\0\0", 3)},
                                                       {Encoding::msgpack, std::string("\0\0\0\x02"
                                                                                       "a",
                                                                                       5)},
                                                       {Encoding::msgpack,
                                                        "\xff\xff\xff\xff"
                                                        "a"}}) {
        Batch batch(encoding, bytes);
        parts(batch);
        EXPECT_TRUE(batch.malformed()) << bytes;
    }
}

}  // namespace
}  // namespace heddle
