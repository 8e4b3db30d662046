// Bounds at their exact value: what just fits is taken, one more is not.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "realms/authorizer_answers.hpp"
#include "realms/lists.hpp"
#include "realms/retained.hpp"
#include "realms/testaments.hpp"
#include "tests/realms/meta_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

RetainedEvent retained() { return {PublicationId{1}, OwnedPayload(payload("[1]")), nullptr, nullptr, {}}; }

TEST(ExactlyFull, RetainedBytes) {
    RetainedInMemory any({10, 1'000'000});
    any.put("a", retained(), "");
    for (const std::size_t missing : {0u, 1u}) {
        RetainedInMemory store({10, 2 * any.bytes() - missing});
        EXPECT_TRUE(store.put("a", retained(), "").event);
        EXPECT_EQ(store.put("b", retained(), "").event != nullptr, missing == 0);
        EXPECT_EQ(store.bytes(), (2 - missing) * any.bytes());
    }
}

TEST(ExactlyFull, RetainedEvents) {
    RetainedInMemory store({2, 1'000'000});
    EXPECT_TRUE(store.put("a", retained(), "").first);
    EXPECT_TRUE(store.put("b", retained(), "").first);
    EXPECT_FALSE(store.put("c", retained(), "").event);
    EXPECT_FALSE(store.put("a", retained(), "").first) << "taking the place of the one before needs no room";
    EXPECT_EQ(store.events(), 2u);
}

TEST(ExactlyFull, BytesOfLists) {
    CountedEntropy entropy;
    const auto put = [&](Lists& lists, std::string_view args, std::string_view kwargs) {
        ListOperation operation;
        EXPECT_TRUE(operation.read(payload(args, kwargs)));
        return lists.apply("l", operation, 10, {1}, entropy).fault;
    };
    Lists any(1'000'000);
    put(any, "[1]", R"({"$key":"a"})");
    for (const std::size_t missing : {0u, 1u}) {
        const auto full = missing == 0 ? Lists::Fault::none : Lists::Fault::full;
        Lists lists(2 * any.bytes() - missing);
        EXPECT_EQ(put(lists, "[1]", R"({"$key":"a"})"), Lists::Fault::none);
        EXPECT_EQ(put(lists, "[1]", R"({"$key":"b"})"), full);
        Lists one(any.bytes() + 1 - missing);
        EXPECT_EQ(put(one, "[1]", R"({"$key":"a"})"), Lists::Fault::none);
        EXPECT_EQ(put(one, "[200]", R"({"$key":"a"})"), full) << "one byte more in MessagePack";
        EXPECT_EQ(one.bytes(), any.bytes() + 1 - missing);
    }
}

/// What a session's testament about these options costs, and whether one of that cost fits into `bytes_max`.
bool fits(std::size_t bytes_max, const std::string& kwargs, const std::string& args = R"(["will",[1]])") {
    RealmSettings settings = open_realm();
    settings.limits.testament_bytes_max = bytes_max;
    Play play(settings);
    play.connect("ann");
    play.send("ann", hello());
    play.next("ann");
    play.send("ann", Call{{1}, {}, "wamp.session.add_testament", payload(args, kwargs)});
    return play.next("ann").starts_with("RESULT");
}
std::size_t cost(const std::string& kwargs, const std::string& args = R"(["will",[1]])") {
    std::size_t enough = 1;
    while (!fits(enough, kwargs, args)) ++enough;
    return enough;
}

TEST(ExactlyFull, TestamentBytes) {
    const Publish message{{1}, {}, "will", {Encoding::msgpack, "\x91\x01", {}}};
    EXPECT_EQ(cost("{}"), Testaments::bytes_of(message)) << "one that fills all the room fits";
    // In MessagePack [1] are two bytes, and so is "ab" without its quotes where JSON has four.
    EXPECT_EQ(cost("{}", R"(["will",["ab"]])"), cost("{}", R"(["will",[1]])") + 2);
    EXPECT_EQ(cost("{}", R"(["longer",[1]])"), cost("{}") + 2);
    EXPECT_EQ(cost("{}", R"(["will",[1],{"a":1}])"), cost("{}") + 4);
}

TEST(ExactlyFull, TestamentBytesCountListsAndCustomAttributes) {
    const auto with = [](const std::string& options) { return R"({"publish_options":{)" + options + "}}"; };
    EXPECT_EQ(cost(with(R"("_ident":1)")), cost("{}") + 7) << "the key, and one byte for the value";
    EXPECT_EQ(cost(with(R"("_ident":"abcd")")), cost("{}") + 11);
    const std::size_t one = cost(with(R"("eligible_authid":["kim"])"));
    EXPECT_EQ(cost(with(R"("eligible_authid":["kimberley"])")), one + 6);
    EXPECT_GT(one, cost("{}") + 3);
}

/// How many events `wamp.subscription.get_events` tells of `published` ones.
std::size_t events_of(const RealmSettings& settings, const std::string& kwargs, std::size_t published,
                      const char* topic = "a") {
    Play play(settings);
    play.connect("ann");
    play.send("ann", hello());
    play.next("ann");
    for (std::size_t i = 1; i <= published; ++i) play.send("ann", publish(i, topic, "[\"0123456789\"]"));
    play.send("ann", Call{{published + 1}, {}, "wamp.subscription.get_events", payload("[1]", kwargs)});
    const std::string line = play.next("ann");
    return nlohmann::json::parse(line.substr(line.find('['))).at(0).size();
}

TEST(ExactlyFull, AHistoryAnswersWithAsManyEventsAsTheRealmLetsIt) {
    RealmSettings settings = open_realm();
    settings.histories.push_back({Match::exact, "a"});
    settings.limits.history_answer_max = 3;
    EXPECT_EQ(events_of(settings, "{}", 3), 3u);
    EXPECT_EQ(events_of(settings, "{}", 5), 3u);
    EXPECT_EQ(events_of(settings, R"({"limit":2})", 5), 2u);
    EXPECT_EQ(events_of(settings, R"({"limit":100})", 5), 3u) << "asking for more does not help";
    EXPECT_EQ(events_of(settings, R"({"limit":0})", 5), 0u);
}

TEST(ExactlyFull, AHistoryAnswersWithAsManyBytesAsTheRealmLetsIt) {
    RealmSettings settings = open_realm();
    settings.histories.push_back({Match::exact, "a"});
    const auto told = [&](std::size_t bytes) {
        settings.limits.history_answer_bytes_max = bytes;
        return events_of(settings, "{}", 20);
    };
    EXPECT_EQ(told(1), 1u) << "the first is told however large it is";
    EXPECT_EQ(told(1 << 20), 20u);
    EXPECT_LT(told(400), 10u);
    std::size_t before = 1;
    for (std::size_t bytes = 1; bytes < 3'000; bytes += 7) {
        const std::size_t now = told(bytes);
        EXPECT_TRUE(now == before || now == before + 1) << bytes;
        before = now;
    }
    EXPECT_GT(before, 10u);
}

TEST(ExactlyFull, RememberedAnswersOfTheAuthorizer) {
    AuthorizerAnswers answers;
    const Actor actor{1, "kim"};
    const auto deed = [](std::string_view uri) { return Deed{Action::call, {Match::exact, uri}}; };
    const TimePoint now{1h};
    constexpr std::size_t most = 8;
    for (int i = 0; i < 100; ++i) {
        const std::string uri = "a" + std::to_string(i);
        answers.put(actor, deed(uri), AuthorizerAnswers::For::user, {true, Disclosure::as_asked}, now + 1s, most);
        EXPECT_LE(answers.size(), most);
        EXPECT_TRUE(answers.find(actor, deed(uri), now)) << uri;
    }
    EXPECT_TRUE(answers.find(actor, deed("a97"), now)) << "the half before is still remembered";
    EXPECT_FALSE(answers.find(actor, deed("a90"), now));
    EXPECT_FALSE(answers.find(actor, deed("a99"), now + 1s)) << "an answer has its time";
}

TEST(ExactlyFull, ANewerAnswerOfTheAuthorizerLeavesNoOlderOneInTheOtherHalf) {
    AuthorizerAnswers answers;
    const Actor actor{1, "kim"};
    const Deed deed{Action::call, {Match::exact, "a"}}, other{Action::call, {Match::exact, "b"}};
    const TimePoint now{1h};
    const auto put = [&](const Deed& about, bool allowed, std::chrono::seconds time) {
        answers.put(actor, about, AuthorizerAnswers::For::user, {allowed, Disclosure::as_asked}, now + time, 4);
    };
    put(deed, true, 600s);
    put(other, true, 600s);
    put(deed, false, 1s);
    ASSERT_TRUE(answers.find(actor, deed, now));
    EXPECT_FALSE(answers.find(actor, deed, now)->allowed);
    EXPECT_FALSE(answers.find(actor, deed, now + 1s)) << "what it said before is overtaken";
    EXPECT_TRUE(answers.find(actor, other, now + 1s));
}

}  // namespace
}  // namespace heddle::test
