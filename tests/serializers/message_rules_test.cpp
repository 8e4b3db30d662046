#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "serializers/codec.hpp"
#include "serializers/rules.hpp"
#include "tests/serializers/golden_messages.hpp"

/// The rule table, and that the decoder keeps to it for every message.
namespace heddle::test {
namespace {

using Json = nlohmann::ordered_json;

std::string refusal(const Json& message) {
    const std::string json = message.dump();
    const auto decoded = decode(Encoding::json, json);
    return decoded ? "" : decoded.error().what;
}

TEST(MessageRules, AreFoundByCodeAndByMessage) {
    for (const MessageRule& rule : message_rules) EXPECT_EQ(rule_for_code(rule.code), &rule);
    EXPECT_EQ(rule_for_code(7), nullptr);
    EXPECT_EQ(rule_for_code(337), nullptr);
    EXPECT_EQ(rule_for_code(UINT64_MAX), nullptr);
    EXPECT_STREQ(rule_of(Message(Interrupt{})).name, "INTERRUPT");
    EXPECT_EQ(rule_for<CallResult>().code, 50);
}

TEST(MessageRules, SayWhoSendsWhatAndWhen) {
    std::string client, router, both, before_open, closing;
    for (const MessageRule& rule : message_rules) {
        std::string& sender = rule.sender == Sender::client ? client : rule.sender == Sender::router ? router : both;
        sender += std::to_string(rule.code) + " ";
        if (rule.legal(Stage::fresh) || rule.legal(Stage::challenged)) before_open += std::to_string(rule.code) + " ";
        if (rule.legal(Stage::closing)) closing += std::to_string(rule.code) + " ";
        EXPECT_EQ(rule.sent_by(Sender::client), rule.sender != Sender::router) << rule.name;
        EXPECT_EQ(rule.sent_by(Sender::router), rule.sender != Sender::client) << rule.name;
    }
    EXPECT_EQ(client, "1 5 16 32 34 48 49 64 66 70 ");
    EXPECT_EQ(router, "2 4 17 33 35 36 50 65 67 68 69 ");
    EXPECT_EQ(both, "3 6 8 ");
    EXPECT_EQ(before_open, "1 2 3 4 5 ");
    EXPECT_EQ(closing, "3 6 ");
    EXPECT_FALSE(rule_for<Hello>().legal(Stage::open));
    EXPECT_FALSE(rule_for<Hello>().legal(Stage::challenged));
    EXPECT_FALSE(rule_for<Authenticate>().legal(Stage::fresh));
    EXPECT_TRUE(rule_for<Authenticate>().legal(Stage::challenged));
}

TEST(MessageRules, TooFewAndTooManyElementsAreRefused) {
    for (std::size_t i = 0; i < std::size(message_rules); ++i) {
        const MessageRule& rule = message_rules[i];
        const Json full = Json::parse(full_messages[i]), least = Json::parse(short_messages[i]);
        ASSERT_EQ(full.size(), rule.fields_max) << rule.name;
        ASSERT_EQ(least.size(), rule.fields_min) << rule.name;

        Json fewer = least;
        fewer.erase(fewer.size() - 1);
        EXPECT_NE(refusal(fewer).find("is missing: " + std::to_string(rule.fields_min - 1) + " elements"),
                  std::string::npos)
            << rule.name << ": " << refusal(fewer);

        Json more = full;
        more.push_back(Json::object());
        EXPECT_EQ(refusal(more),
                  rule.name + std::string(" has more than ") + std::to_string(rule.fields_max) + " elements");
    }
}

/// Every element of every message, replaced by each kind of value that does not belong there.
TEST(MessageRules, EveryElementHasItsType) {
    const Json kinds[] = {nullptr, true, -1, 1.5, "text", Json::array(), Json::object()};
    int refused = 0;
    for (const std::string_view text : full_messages) {
        const Json message = Json::parse(text);
        for (std::size_t at = 1; at < message.size(); ++at) {
            for (const Json& kind : kinds) {
                if (kind.type() == message[at].type()) continue;
                Json wrong = message;
                wrong[at] = kind;
                const std::string what = refusal(wrong);
                EXPECT_NE(what.find(" must be "), std::string::npos) << wrong << ": " << what;
                EXPECT_EQ(what.find(rule_for_code(message[0])->name), 0u) << what;
                ++refused;
            }
        }
    }
    EXPECT_GT(refused, 400);
}

/// Every key that we know, with each kind of value that does not belong there: refused, and the text names the key.
TEST(MessageRules, EveryKnownKeyHasItsType) {
    const Json kinds[] = {true, -1, 1.5, "nonsense", Json::array({Json::object()}), Json::object({{"k", 1}})};
    int refused = 0;
    for (const std::string_view text : full_messages) {
        const Json message = Json::parse(text);
        if (message[0] == 4 || message[0] == 5) continue;  // Extra is the authentication method's own
        for (std::size_t at = 1; at < 4 && at < message.size(); ++at) {
            if (!message[at].is_object()) continue;
            for (const auto& [key, value] : message[at].items()) {
                if (key.starts_with("_") || key.starts_with("x_")) continue;  // custom: anything
                for (const Json& kind : kinds) {
                    const bool integers = kind.is_number_integer() && value.is_number_integer();
                    const bool free_text =
                        kind.is_string() && value.is_string() && key != "match" && key != "invoke" && key != "mode";
                    const bool roles = key == "roles" && kind.is_object();  // an unknown role
                    if ((kind.type() == value.type() && !integers && !kind.is_string() && !kind.is_array()) ||
                        free_text || roles)
                        continue;
                    Json wrong = message;
                    wrong[at][key] = kind;
                    const std::string what = refusal(wrong);
                    EXPECT_NE(what.find("." + key), std::string::npos) << wrong << ": " << what;
                    ++refused;
                }
            }
        }
    }
    EXPECT_GT(refused, 150);
}

TEST(MessageRules, UnknownKeysAreNoErrorWhateverTheyHold) {
    for (const std::string_view text : full_messages) {
        Json message = Json::parse(text);
        for (std::size_t at = 1; at < 4 && at < message.size(); ++at)
            if (message[at].is_object()) message[at]["x_other"] = Json::parse(R"({"a":[1,{"b":null}]})");
        EXPECT_EQ(refusal(message), "");
    }
}

}  // namespace
}  // namespace heddle::test
