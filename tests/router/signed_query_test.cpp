#include "router/signed_query.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

// Sent by crossbarhttp3 1.1 (PyPI), a client of Crossbar's bridge, with key "foobar" and secret "secret".
constexpr std::string_view query =
    "timestamp=2026-11-21T13%3A11%3A47.966744Z&seq=7&nonce=2783925429230337&"
    "signature=sx-gVxYhFbmcubmiB9OB4eVTSdx7Nab1_2CI9y-O_zM%3D&key=foobar";
constexpr std::string_view body =
    R"({"topic": "com.example.topic", "args": ["h\u00e9llo", 23], "kwargs": {"x": {"a": [1, 2]}}})";
constexpr std::int64_t sent_at = 1'795'266'707'966;

struct SignedQuery : testing::Test {
    Nonces nonces;
    SignatureVerdict check(std::string_view asked, std::string_view with = body, std::int64_t now = sent_at,
                           std::string_view secret = "secret") {
        return check_signature(asked, with, "foobar", secret, now, nonces);
    }
};

std::string replaced(std::string_view from, std::string_view to) {
    std::string text(query);
    return text.replace(text.find(from), from.size(), to);
}

TEST_F(SignedQuery, OfAnotherOnesClientIsGood) { EXPECT_EQ(check(query).status, 200u) << check(query).fault; }

TEST_F(SignedQuery, PaddingOfTheSignatureMayBeLeftOut) { EXPECT_EQ(check(replaced("%3D&", "&")).status, 200u); }

TEST_F(SignedQuery, EachFieldIsNeededAndNamed) {
    for (const std::string field : {"timestamp", "seq", "nonce", "signature", "key"}) {
        const SignatureVerdict verdict = check(replaced(field + "=", "x" + field + "="));
        EXPECT_EQ(verdict.status, 400u) << field;
        EXPECT_EQ(verdict.field, field);
        EXPECT_NE(verdict.fault.find("query field " + field + " is missing"), std::string::npos) << verdict.fault;
    }
}

TEST_F(SignedQuery, AFieldIsThereOnce) {
    const SignatureVerdict verdict = check(std::string(query) + "&seq=8");
    EXPECT_EQ(verdict.status, 400u);
    EXPECT_EQ(verdict.field, "seq");
}

TEST_F(SignedQuery, EveryPartIsSigned) {
    EXPECT_EQ(check(replaced("seq=7", "seq=8")).field, "signature");
    EXPECT_EQ(check(replaced("nonce=2", "nonce=3")).field, "signature");
    EXPECT_EQ(check(replaced("47.966744", "47.966745")).field, "signature");
    EXPECT_EQ(check(query, "{}").field, "signature");
    EXPECT_EQ(check(query, body, sent_at, "Secret").field, "signature");
    EXPECT_EQ(check(replaced("sx-g", "sx-h")).field, "signature");
    EXPECT_EQ(check(replaced("sx-g", "sx-h")).status, 401u);
    EXPECT_EQ(check(query).status, 200u) << "what is not good does not use the nonce up";
}

TEST_F(SignedQuery, TheKeyIsThePaths) {
    EXPECT_EQ(check(replaced("key=foobar", "key=foobaz")).status, 401u);
    EXPECT_EQ(check(replaced("key=foobar", "key=foobaz")).field, "key");
}

TEST_F(SignedQuery, IsGoodForFiveMinutesEitherWay) {
    EXPECT_EQ(check(query, body, sent_at + 300'001).field, "timestamp");
    EXPECT_EQ(check(query, body, sent_at - 300'001).status, 400u);
    EXPECT_EQ(check(query, body, sent_at + 300'000).status, 200u);
}

TEST_F(SignedQuery, ANonceIsGoodOnce) {
    EXPECT_EQ(check(query).status, 200u);
    const SignatureVerdict again = check(query, body, sent_at + 299'999);
    EXPECT_EQ(again.status, 401u);
    EXPECT_EQ(again.field, "nonce");
}

TEST_F(SignedQuery, DigitsMovedFromNonceToSeqMakeNoNewRequest) {
    EXPECT_EQ(check(query).status, 200u);
    const SignatureVerdict again = check(replaced("seq=7&nonce=2783925429230337", "seq=72&nonce=783925429230337"));
    EXPECT_EQ(again.status, 401u);
    EXPECT_EQ(again.field, "nonce");
}

TEST_F(SignedQuery, TimesAreUtcWithAnyFractionOrNone) {
    const auto field = [&](std::string_view time) { return check(replaced("2026-11-21T13%3A11%3A47.966744Z", time)).field; };
    for (const std::string_view good : {"2026-11-21T13:11:47Z", "2026-11-21T13:11:47.9Z", "2026-11-21T13%3A11%3A47.966Z"})
        EXPECT_EQ(field(good), "signature") << good;  // understood, but not what was signed
    for (const std::string_view bad : {"", "Z", "2026-11-21", "2026-11-21T13:11:47", "2026-11-21T13:11:47.Z", "2026-13-21T13:11:47Z",
                                       "2026-11-21 13:11:47Z", "2026-11-21T25:11:47Z", "2026-11-21T13:11:47.1a2Z", "%"})
        EXPECT_EQ(field(bad), "timestamp") << bad;
}

TEST_F(SignedQuery, NumbersAreNumbers) {
    for (const std::string_view bad : {"", "x", "-1", "1.5", "111111111111111111111"}) {
        EXPECT_EQ(check(replaced("seq=7", "seq=" + std::string(bad))).field, "seq") << bad;
        EXPECT_EQ(check(replaced("nonce=2783925429230337", "nonce=" + std::string(bad))).field, "nonce") << bad;
    }
}

TEST(Nonces, AreForgottenWhenTheirRequestWouldBeTooOldAnyway) {
    Nonces nonces(2);
    EXPECT_EQ(nonces.use("a", 10, 0), Nonces::Found::fresh);
    EXPECT_EQ(nonces.use("b", 20, 0), Nonces::Found::fresh);
    EXPECT_EQ(nonces.use("a", 10, 10), Nonces::Found::used);
    EXPECT_EQ(nonces.use("c", 20, 10), Nonces::Found::full) << "rather refused than one forgotten";
    EXPECT_EQ(nonces.use("c", 30, 11), Nonces::Found::fresh);
    EXPECT_EQ(nonces.use("b", 20, 20), Nonces::Found::used);
}

}  // namespace
}  // namespace heddle
