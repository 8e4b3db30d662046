#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "serializers/codec.hpp"
#include "tests/serializers/hex.hpp"

/// The public WAMP test vectors, in tests/data/wamp-vectors.
namespace heddle::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr Encoding encodings[] = {Encoding::json, Encoding::msgpack, Encoding::cbor};

Json load(const std::string& name) {
    std::ifstream file(std::string(HEDDLE_TEST_DATA "/wamp-vectors/") + name);
    return Json::parse(file);
}

/// What the vectors call the fields of each message, in order.
const std::map<std::string, std::vector<std::string>> field_names = {
    {"HELLO", {"message_type", "realm", "details"}},
    {"WELCOME", {"message_type", "session_id", "details"}},
    {"ABORT", {"message_type", "details", "reason"}},
    {"CHALLENGE", {"message_type", "method", "extra"}},
    {"AUTHENTICATE", {"message_type", "signature", "extra"}},
    {"GOODBYE", {"message_type", "details", "reason"}},
    {"ERROR", {"message_type", "request_type", "request_id", "details", "error", "args", "kwargs"}},
    {"PUBLISH", {"message_type", "request_id", "options", "topic", "args", "kwargs"}},
    {"PUBLISHED", {"message_type", "request_id", "publication_id"}},
    {"REGISTER", {"message_type", "request_id", "options", "procedure"}},
    {"REGISTERED", {"message_type", "request_id", "registration_id"}},
    {"UNREGISTER", {"message_type", "request_id", "registration_id"}},
    {"UNREGISTERED", {"message_type", "request_id"}},
    {"UNSUBSCRIBE", {"message_type", "request_id", "subscription_id"}},
    {"UNSUBSCRIBED", {"message_type", "request_id"}},
    {"CANCEL", {"message_type", "request_id", "options"}},
    {"INTERRUPT", {"message_type", "request_id", "options"}},
    {"INVOCATION", {"message_type", "request_id", "registration_id", "details", "args", "kwargs"}},
    {"YIELD", {"message_type", "request_id", "options", "args", "kwargs"}},
};

/// The message as the vectors describe one: null stands for what is absent.
Json attributes_of(const std::string& kind, const Message& message) {
    ByteBuffer out;
    encode(message, Encoding::json, out);
    const Json list = Json::parse(out.view());
    Json attributes;
    const auto& names = field_names.at(kind);
    for (std::size_t i = 0; i < names.size(); ++i) attributes[names[i]] = i < list.size() ? list[i] : Json(nullptr);
    EXPECT_LE(list.size(), names.size()) << list;
    if (kind == "HELLO" || kind == "WELCOME") attributes["roles"] = attributes["details"]["roles"];
    return attributes;
}

/// Keys that are no part of the specification: a router steps over them.
const std::set<std::string> keys_of_others = {"forward_for", "x_acknowledged_delivery", "enc_algo", "enc_serializer"};

Json without_keys_of_others(Json map) {
    for (const std::string& key : keys_of_others) map.erase(key);
    return map;
}

void expect_attributes(const std::string& kind, const Message& message, const Json& expected,
                       const std::string& where) {
    const Json ours = attributes_of(kind, message);
    for (const auto& [name, value] : expected.items()) {
        if (name == "payload") {
            EXPECT_TRUE(value.is_null()) << where;
            continue;
        }
        ASSERT_TRUE(ours.contains(name)) << where << ": " << name;
        const Json theirs = value.is_object() ? without_keys_of_others(value) : value;
        if (name == "roles")
            EXPECT_EQ(nlohmann::json(ours[name]), nlohmann::json(theirs))
                << where;  // we write them in an order of our own
        else
            EXPECT_EQ(ours[name], theirs) << where << ": " << name;
    }
}

std::vector<std::pair<Encoding, std::string>> forms_of(const Json& entry) {
    std::vector<std::pair<Encoding, std::string>> forms;
    for (const auto& text : entry["json"]) forms.emplace_back(Encoding::json, text.get<std::string>());
    for (const auto& hex : entry["msgpack"]) forms.emplace_back(Encoding::msgpack, from_hex(hex.get<std::string>()));
    for (const auto& hex : entry["cbor"]) forms.emplace_back(Encoding::cbor, from_hex(hex.get<std::string>()));
    return forms;
}

/// The two that are no messages of the specification, and why we say no.
const std::map<std::string, std::string> refused_samples = {
    {"EVENT_RECEIVED acknowledgment", "337"},  // a code of Crossbar's own
    {"EVENT with transparent payload (encrypted E2E)",
     "EVENT.Arguments must be a list"},  // a binary where a list belongs
};

TEST(WampVectors, EveryFormDecodesToTheSameMessageAndBack) {
    int messages = 0, forms = 0;
    for (const Json& entry : load("serialization.json")) {
        const std::string kind = entry["message"], name = entry["description"];
        for (const auto& [encoding, bytes] : forms_of(entry)) {
            const std::string where = name + " in " + std::string(name_of(encoding));
            const auto message = decode(encoding, bytes);
            if (refused_samples.count(name) != 0) {
                ASSERT_FALSE(message) << where;
                EXPECT_NE(message.error().what.find(refused_samples.at(name)), std::string::npos)
                    << message.error().what;
                continue;
            }
            ASSERT_TRUE(message) << where << ": " << message.error().what;
            EXPECT_EQ(peek_code(encoding, bytes), entry["code"].get<std::uint64_t>()) << where;
            expect_attributes(kind, *message, entry["attributes"], where);
            for (const Encoding other : encodings) {
                ByteBuffer out;
                encode(*message, other, out);
                const auto again = decode(other, out.view());
                ASSERT_TRUE(again) << where << " to " << name_of(other) << ": " << again.error().what;
                expect_attributes(kind, *again, entry["attributes"], where + " to " + std::string(name_of(other)));
            }
            ++forms;
        }
        ++messages;
    }
    EXPECT_EQ(messages, 23);
    EXPECT_GT(forms, 70);
}

TEST(WampVectors, OwnEncodingEqualsAVariantOfTheSample) {
    int compared = 0;
    for (const Json& entry : load("serialization.json")) {
        if (refused_samples.count(entry["description"]) != 0 || entry.dump().find("forward_for") != std::string::npos)
            continue;
        const bool order_of_roles_differs = entry["message"] == "HELLO";  // ours is publisher first
        for (const Encoding encoding : encodings) {
            const auto forms = forms_of(entry);
            const auto message = decode(forms[0].first, forms[0].second);
            ASSERT_TRUE(message);
            ByteBuffer out;
            encode(*message, encoding, out);
            bool found = false;
            for (const auto& [other, bytes] : forms) found = found || (other == encoding && bytes == out.view());
            EXPECT_EQ(found, !order_of_roles_differs) << entry["description"] << " in " << name_of(encoding);
            ++compared;
        }
    }
    EXPECT_EQ(compared, 60);
}

std::string encoded(const Json& list, Encoding encoding) {
    std::string out;
    if (encoding == Encoding::json) return list.dump();
    if (encoding == Encoding::msgpack)
        Json::to_msgpack(list, out);
    else
        Json::to_cbor(list, out);
    return out;
}

TEST(WampVectors, ValidationSaysYesAndNoAndNamesTheKey) {
    int good = 0, bad = 0, of_others = 0;
    for (const Json& entry : load("validation.json")) {
        const Json& wmsg = entry["wmsg"];
        const bool encrypted = wmsg.back().is_string() && wmsg.size() == 5;  // hex text where Arguments belong
        const std::string key = entry["error"].is_null() ? "" : entry["error"]["contains"].get<std::string>();
        for (const Encoding encoding : encodings) {
            const auto message = decode(encoding, encoded(wmsg, encoding));
            const std::string where = entry["description"].get<std::string>() + " in " + std::string(name_of(encoding));
            if (encrypted) {
                ASSERT_FALSE(message) << where;
                EXPECT_NE(message.error().what.find("Arguments must be a list"), std::string::npos)
                    << message.error().what;
                ++of_others;
            } else if (key.empty() || keys_of_others.count(key) != 0) {
                EXPECT_TRUE(message) << where << ": " << message.error().what;
                ++(key.empty() ? good : of_others);
            } else {
                ASSERT_FALSE(message) << where;
                EXPECT_NE(message.error().what.find(key), std::string::npos) << where << ": " << message.error().what;
                ++bad;
            }
        }
    }
    EXPECT_EQ(good, 3 * 20);
    EXPECT_EQ(bad, 3 * 9);
    EXPECT_EQ(of_others, 3 * 7);
}

}  // namespace
}  // namespace heddle::test
