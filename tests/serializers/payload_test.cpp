#include "serializers/payload.hpp"

#include <gtest/gtest.h>

#include "tests/serializers/hex.hpp"

namespace heddle::test {
namespace {

TEST(PayloadForms, MakeEachFormOnceAndTheirOwnNever) {
    PayloadForms forms(Payload{Encoding::json, R"([1, "x"])", R"({"k":"\u0000AQ=="})"});
    const Payload own = forms.in(Encoding::json);
    EXPECT_EQ(own.args.data(), forms.origin().args.data()) << "the bytes that came, not a copy";
    EXPECT_EQ(forms.transcodings(), 0);
    const Payload first = forms.in(Encoding::msgpack), second = forms.in(Encoding::msgpack);
    EXPECT_EQ(to_hex(first.args), "9201a178");
    EXPECT_EQ(to_hex(first.kwargs), "81a16bc40101");
    EXPECT_EQ(first.args.data(), second.args.data());
    EXPECT_EQ(first.origin, Encoding::msgpack);
    EXPECT_EQ(forms.transcodings(), 1);
    EXPECT_EQ(to_hex(forms.in(Encoding::cbor).args), "82016178");
    EXPECT_EQ(forms.transcodings(), 2);
}

TEST(PayloadForms, NothingNeedsNoTranscoding) {
    PayloadForms forms(Payload{Encoding::cbor, {}, {}});
    EXPECT_TRUE(forms.in(Encoding::json).empty());
    EXPECT_EQ(forms.transcodings(), 0);
}

TEST(PayloadForms, WhatWasAbsentStaysAbsent) {
    PayloadForms forms(Payload{Encoding::json, {}, R"({"k":1})"});
    EXPECT_TRUE(forms.in(Encoding::cbor).args.empty());
    EXPECT_EQ(to_hex(forms.in(Encoding::cbor).kwargs), "a1616b01");
}

TEST(OwnedPayload, OutlivesItsFrame) {
    OwnedPayload owned;
    EXPECT_TRUE(owned.view().empty());
    {
        std::string args = "[1]", kwargs = R"({"a":2})";
        owned = OwnedPayload(Payload{Encoding::json, args, kwargs});
        args.assign(args.size(), '?'), kwargs.assign(kwargs.size(), '?');
    }
    const OwnedPayload copy = owned;
    EXPECT_EQ(copy.view().args, "[1]");
    EXPECT_EQ(copy.view().kwargs, R"({"a":2})");
    EXPECT_EQ(copy.size(), 10u);
    EXPECT_EQ(copy.view().args.data(), owned.view().args.data()) << "copies share";
    EXPECT_EQ(OwnedPayload(Payload{Encoding::cbor, "", ""}).view().origin, Encoding::cbor);
}

}  // namespace
}  // namespace heddle::test
