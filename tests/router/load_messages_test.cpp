#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "router/load/messages.hpp"
#include "serializers/codec.hpp"

/// What the load writes is what the codec reads, and the other way round: two implementations that share no code.
namespace heddle::load {
namespace {

class LoadMessages : public testing::TestWithParam<Encoding> {
 protected:
    template <class M>
    M decoded(std::string_view bytes) {
        auto message = decode(GetParam(), bytes);
        EXPECT_TRUE(message) << (message ? "" : message.error().what);
        if (!message) return {};
        EXPECT_TRUE(std::holds_alternative<M>(*message));
        return std::holds_alternative<M>(*message) ? std::get<M>(*message) : M{};
    }
    std::string encoded(const Message& message) {
        ByteBuffer out;
        encode(message, GetParam(), out);
        return std::string(out.view());
    }
    /// The arguments as JSON, whatever they came in.
    nlohmann::json arguments(const Payload& payload) {
        PayloadForms forms(payload);
        return nlohmann::json::parse(forms.in(Encoding::json).args);
    }
    Messages messages{GetParam(), 40};
};

TEST_P(LoadMessages, HelloNamesTheRealmAndAllClientRoles) {
    auto hello = decoded<Hello>(messages.hello("realm1"));
    EXPECT_EQ(hello.realm, "realm1");
    for (auto role : {Role::publisher, Role::subscriber, Role::caller, Role::callee})
        EXPECT_TRUE(hello.details.roles.has(role));
}

TEST_P(LoadMessages, RequestsCarryTheirIdAndUri) {
    auto subscribe = decoded<Subscribe>(messages.subscribe(1, "com.a"));
    EXPECT_EQ(subscribe.request.value, 1u);
    EXPECT_EQ(subscribe.topic, "com.a");
    auto asked = decoded<Register>(messages.register_procedure(200, "com.b"));
    EXPECT_EQ(asked.request.value, 200u);
    EXPECT_EQ(asked.procedure, "com.b");
    EXPECT_EQ(decoded<Goodbye>(messages.goodbye()).reason, "wamp.close.normal");
}

TEST_P(LoadMessages, IdsOfEveryWidthAreReadAsWritten) {
    auto tail = messages.tail("com.b");
    for (std::uint64_t id :
         {1ull, 23ull, 24ull, 127ull, 128ull, 255ull, 256ull, 65'535ull, 65'536ull, 1ull << 32, 1ull << 53}) {
        EXPECT_EQ(decoded<Call>(messages.call(id, tail)).request.value, id);
        EXPECT_EQ(decoded<Yield>(messages.yield(id)).request.value, id);
        auto head = head_of(GetParam(), encoded(CallResult{{id}, false, {}}));
        EXPECT_EQ(head.code, Code::result);
        EXPECT_EQ(head.id, id);
    }
}

TEST_P(LoadMessages, PublishCarriesTheStampAtTheEndOfItsText) {
    auto publish = decoded<Publish>(messages.publish(7, messages.tail("com.topic"), 0x1234abcd));
    EXPECT_EQ(publish.request.value, 7u);
    EXPECT_EQ(publish.topic, "com.topic");
    EXPECT_FALSE(publish.options.acknowledge);
    EXPECT_EQ(arguments(publish.payload), nlohmann::json({std::string(24, 'x') + "000000001234abcd"}));
    EXPECT_TRUE(publish.payload.kwargs.empty());
}

TEST_P(LoadMessages, StampIsReadFromAnEventThatCarriesThePayload) {
    auto publish = decoded<Publish>(messages.publish(7, messages.tail("com.topic"), 987'654'321'012));
    Event event{.subscription = {5}, .publication = {1ull << 52}, .details = {}, .payload = publish.payload};
    auto bytes = encoded(event);
    EXPECT_EQ(head_of(GetParam(), bytes).code, Code::event);
    EXPECT_EQ(head_of(GetParam(), bytes).id, 5u);
    EXPECT_EQ(stamp_of(GetParam(), bytes), 987'654'321'012u);
}

TEST_P(LoadMessages, StampIsFoundBeforeKeywordArgumentsAndBehindDetails) {
    auto publish = decoded<Publish>(messages.publish(7, messages.tail("com.topic"), 77));
    auto payload = publish.payload;
    payload.kwargs = GetParam() == Encoding::json ? "{}" : GetParam() == Encoding::msgpack ? "\x80" : "\xa0";
    Event event{.subscription = {5}, .publication = {6}, .details = {}, .payload = payload};
    event.details.topic = "com.topic";
    event.details.publisher = {9};
    EXPECT_EQ(stamp_of(GetParam(), encoded(event)), 77u);
}

TEST_P(LoadMessages, EventOfSomebodyElseHasNoStamp) {
    Event event{.subscription = {5}, .publication = {6}, .details = {}, .payload = {}};
    EXPECT_FALSE(stamp_of(GetParam(), encoded(event)));
    EXPECT_FALSE(stamp_of(GetParam(), ""));
}

TEST_P(LoadMessages, ReasonOfAbortAndErrorIsTheirUri) {
    EXPECT_TRUE(reason_of(GetParam(), encoded(Abort{"", "wamp.error.no_such_realm", {}}))
                    .starts_with("wamp.error.no_such_realm"));
    auto error = encoded(ErrorReply{32, {1}, "wamp.error.not_authorized", {}});
    EXPECT_EQ(head_of(GetParam(), error).code, Code::error);
    EXPECT_TRUE(reason_of(GetParam(), error).starts_with("wamp.error.not_authorized"));
}

TEST_P(LoadMessages, WelcomeOfTheCodecIsUnderstood) {
    Welcome welcome{.session = {1ull << 51}, .details = {}};
    welcome.details.roles.add(Role::broker);
    welcome.details.realm = "realm1";
    auto head = head_of(GetParam(), encoded(welcome));
    EXPECT_EQ(head.code, Code::welcome);
    EXPECT_EQ(head.id, 1ull << 51);
}

TEST_P(LoadMessages, EveryTruncationIsHarmless) {
    auto publish = decoded<Publish>(messages.publish(7, messages.tail("com.topic"), 77));
    Event event{.subscription = {5}, .publication = {6}, .details = {}, .payload = publish.payload};
    event.details.topic = "com.t";
    auto bytes = encoded(event);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::string part(bytes, 0, size);  // own memory: a read past the end is seen by asan
        head_of(GetParam(), part);
        EXPECT_EQ(stamp_of(GetParam(), part).value_or(77), 77u)
            << size;  // JSON has the whole text before its last brackets
        Reader in(GetParam(), part);
        in.skip();
        EXPECT_TRUE(in.failed()) << size;
    }
}

INSTANTIATE_TEST_SUITE_P(All, LoadMessages, testing::Values(Encoding::json, Encoding::msgpack, Encoding::cbor),
                         [](auto& param) { return std::string(name_of(param.param)); });

struct Skipped {
    Encoding encoding;
    std::string bytes;  // one value
};
class LoadWire : public testing::TestWithParam<Skipped> {};

TEST_P(LoadWire, SkipTakesTheWholeValueAndNothingElse) {
    auto& [encoding, bytes] = GetParam();
    auto after = encoding == Encoding::json ? ",7" : "\x07";
    auto all = bytes + after;
    Reader in(encoding, all);
    EXPECT_EQ(in.skip(), bytes);
    EXPECT_EQ(in.uint(), 7u);
    EXPECT_FALSE(in.failed());
}

std::vector<Skipped> values_to_skip() {
    std::vector<Skipped> all;
    for (std::string text : {"1", "-2.5e3", "true", "null", R"("a\"]}\\")", "[]", "{}", R"([1,[2,{"a]":"}"}],3])",
                             R"({"a":{"b":[1, 2]}})"}) {
        all.push_back({Encoding::json, text});
        auto value = nlohmann::json::parse(text);
        auto msgpack = nlohmann::json::to_msgpack(value), cbor = nlohmann::json::to_cbor(value);
        all.push_back({Encoding::msgpack, {msgpack.begin(), msgpack.end()}});
        all.push_back({Encoding::cbor, {cbor.begin(), cbor.end()}});
    }
    auto big = nlohmann::json{{"long", std::string(70'000, 'y')},
                              {"many", std::vector<int>(70'000, 300)},
                              {"binary", nlohmann::json::binary({1, 2, 3})}};
    auto msgpack = nlohmann::json::to_msgpack(big), cbor = nlohmann::json::to_cbor(big);
    all.push_back({Encoding::msgpack, {msgpack.begin(), msgpack.end()}});
    all.push_back({Encoding::cbor, {cbor.begin(), cbor.end()}});
    all.push_back({Encoding::cbor,
                   "\x9f\x01\x7f\x61"
                   "a\xff\xff"});  // lists and texts of unknown length
    all.push_back({Encoding::msgpack, std::string("\xc7\x03\x05"
                                                  "abc",
                                                  6)});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Values, LoadWire, testing::ValuesIn(values_to_skip()), [](auto& param) {
    return std::string(name_of(param.param.encoding)) + std::to_string(param.index);
});

}  // namespace
}  // namespace heddle::load
