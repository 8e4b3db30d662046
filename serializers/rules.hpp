#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>
#include <variant>

#include "serializers/messages.hpp"

/// What is legal, as data: one row a message, read by the decoder (code, number of fields), by a realm (who may say it,
/// and when) and by the tests. WAMP specification, "Messages" and "Message Codes and Direction".
namespace heddle {

enum class Sender : std::uint8_t { client = 1, router = 2, both = 3 };

/// Where a session stands, as far as messages from the peer are concerned.
enum class Stage : std::uint8_t {
    fresh,       // no session: nothing, or GOODBYE was said both ways
    challenged,  // CHALLENGE went out, AUTHENTICATE is awaited
    open,        // WELCOME went out
    closing,  // our GOODBYE went out: of what still comes, only the peer's GOODBYE and ABORT count, the rest is ignored
};

struct MessageRule {
    std::uint16_t code;
    const char* name;
    std::uint8_t fields_min, fields_max;  // elements of the list, the code among them
    Sender sender;
    std::uint8_t legal_in;    // bit per Stage
    std::size_t alternative;  // of Message

    constexpr bool sent_by(Sender peer) const {
        return (static_cast<unsigned>(sender) & static_cast<unsigned>(peer)) != 0;
    }
    constexpr bool legal(Stage stage) const { return (legal_in >> static_cast<unsigned>(stage) & 1) != 0; }
};

namespace detail {
template <class T, class... Ts>
constexpr std::size_t alternative_of(const std::variant<Ts...>*) {
    std::size_t index = 0;
    (void)((std::is_same_v<T, Ts> || (++index, false)) || ...);
    return index;
}
template <class T>
constexpr MessageRule rule(std::uint16_t code, const char* name, std::uint8_t min, std::uint8_t max, Sender sender,
                           unsigned stages) {
    return {code,
            name,
            min,
            max,
            sender,
            static_cast<std::uint8_t>(stages),
            alternative_of<T>(static_cast<const Message*>(nullptr))};
}
inline constexpr unsigned in_fresh = 1, in_challenged = 2, in_open = 4, in_closing = 8;
inline constexpr unsigned in_any = in_fresh | in_challenged | in_open | in_closing;
}  // namespace detail

inline constexpr MessageRule message_rules[] = {
    // in the order of Message's alternatives
    detail::rule<Hello>(1, "HELLO", 3, 3, Sender::client, detail::in_fresh),
    detail::rule<Welcome>(2, "WELCOME", 3, 3, Sender::router, detail::in_fresh | detail::in_challenged),
    detail::rule<Abort>(3, "ABORT", 3, 5, Sender::both, detail::in_any),
    detail::rule<Challenge>(4, "CHALLENGE", 3, 3, Sender::router, detail::in_fresh | detail::in_challenged),
    detail::rule<Authenticate>(5, "AUTHENTICATE", 3, 3, Sender::client, detail::in_challenged),
    detail::rule<Goodbye>(6, "GOODBYE", 3, 3, Sender::both, detail::in_open | detail::in_closing),
    detail::rule<ErrorReply>(8, "ERROR", 5, 7, Sender::both, detail::in_open),
    detail::rule<Publish>(16, "PUBLISH", 4, 6, Sender::client, detail::in_open),
    detail::rule<Published>(17, "PUBLISHED", 3, 3, Sender::router, detail::in_open),
    detail::rule<Subscribe>(32, "SUBSCRIBE", 4, 4, Sender::client, detail::in_open),
    detail::rule<Subscribed>(33, "SUBSCRIBED", 3, 3, Sender::router, detail::in_open),
    detail::rule<Unsubscribe>(34, "UNSUBSCRIBE", 3, 3, Sender::client, detail::in_open),
    detail::rule<Unsubscribed>(35, "UNSUBSCRIBED", 2, 3, Sender::router, detail::in_open),
    detail::rule<Event>(36, "EVENT", 4, 6, Sender::router, detail::in_open),
    detail::rule<Call>(48, "CALL", 4, 6, Sender::client, detail::in_open),
    detail::rule<Cancel>(49, "CANCEL", 3, 3, Sender::client, detail::in_open),
    detail::rule<CallResult>(50, "RESULT", 3, 5, Sender::router, detail::in_open),
    detail::rule<Register>(64, "REGISTER", 4, 4, Sender::client, detail::in_open),
    detail::rule<Registered>(65, "REGISTERED", 3, 3, Sender::router, detail::in_open),
    detail::rule<Unregister>(66, "UNREGISTER", 3, 3, Sender::client, detail::in_open),
    detail::rule<Unregistered>(67, "UNREGISTERED", 2, 3, Sender::router, detail::in_open),
    detail::rule<Invocation>(68, "INVOCATION", 4, 6, Sender::router, detail::in_open),
    detail::rule<Interrupt>(69, "INTERRUPT", 3, 3, Sender::router, detail::in_open),
    detail::rule<Yield>(70, "YIELD", 3, 5, Sender::client, detail::in_open),
};

namespace detail {
constexpr bool every_alternative_has_its_rule() {
    if (std::size(message_rules) != std::variant_size_v<Message>) return false;
    for (std::size_t i = 0; i < std::size(message_rules); ++i) {
        if (message_rules[i].alternative != i) return false;
        if (i > 0 && message_rules[i].code <= message_rules[i - 1].code) return false;
    }
    return true;
}
static_assert(every_alternative_has_its_rule());
}  // namespace detail

constexpr const MessageRule& rule_of(const Message& message) { return message_rules[message.index()]; }

template <class T>
constexpr const MessageRule& rule_for() {
    return message_rules[detail::alternative_of<T>(static_cast<const Message*>(nullptr))];
}

namespace detail {
inline constexpr std::size_t codes_end = 128;
constexpr std::array<std::uint8_t, codes_end> make_index_of_code() {
    std::array<std::uint8_t, codes_end> table{};
    for (auto& entry : table) entry = 0xFF;
    for (const MessageRule& rule : message_rules) table[rule.code] = static_cast<std::uint8_t>(rule.alternative);
    return table;
}
inline constexpr auto index_of_code = make_index_of_code();
}  // namespace detail

/// Null: no message has this code.
constexpr const MessageRule* rule_for_code(std::uint64_t code) {
    if (code >= detail::codes_end || detail::index_of_code[code] == 0xFF) return nullptr;
    return &message_rules[detail::index_of_code[code]];
}

}  // namespace heddle
