#include "serializers/codec.hpp"

#include <array>
#include <deque>
#include <string>
#include <utility>

#include "serializers/cbor_reader.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/msgpack_reader.hpp"
#include "serializers/read_messages.hpp"

namespace heddle {
namespace {

/// Texts of the message decoded last on this thread that had escapes. Elements stay put while others are added.
thread_local std::deque<std::string> kept_texts;

template <class Reader>
using Fields = detail::Fields<Reader>;

template <class Reader, std::size_t I>
Result<Message> decode_alternative(Fields<Reader>& in) {
    Result<Message> result{Message(std::in_place_index<I>)};
    if (!read(in, *std::get_if<I>(&*result)) || !in.finish()) return std::move(in.error());
    return result;
}

template <class Reader, std::size_t... I>
Result<Message> decode_by_rule(const MessageRule& rule, Fields<Reader>& in, std::index_sequence<I...>) {
    using Decode = Result<Message> (*)(Fields<Reader>&);
    static constexpr Decode table[] = {&decode_alternative<Reader, I>...};
    return table[rule.alternative](in);
}

template <class Reader>
Result<Message> decode_with(Encoding encoding, std::string_view bytes) {
    Fields<Reader> in(encoding, bytes);
    const MessageRule* rule = in.begin();
    if (!rule) return std::move(in.error());
    return decode_by_rule(*rule, in, std::make_index_sequence<std::variant_size_v<Message>>());
}

template <class Reader>
std::uint64_t peek_with(std::string_view bytes) {
    Reader reader(bytes);
    if (reader.next().kind != Token::Kind::list_begin) return 0;
    const Token code = reader.next();
    return code.kind == Token::Kind::integer && code.integer > 0 ? static_cast<std::uint64_t>(code.integer) : 0;
}

}  // namespace

std::string_view detail::keep_text(std::string_view text) { return kept_texts.emplace_back(text); }

Result<Message> decode(Encoding encoding, std::string_view bytes) {
    if (!kept_texts.empty()) kept_texts.clear();
    switch (encoding) {
        case Encoding::json:
            return decode_with<JsonReader>(encoding, bytes);
        case Encoding::msgpack:
            return decode_with<MsgpackReader>(encoding, bytes);
        case Encoding::cbor:
            return decode_with<CborReader>(encoding, bytes);
        case Encoding::recon:
            break;
    }
    return Error{"WAMP messages have no Recon form", 0};
}

std::uint64_t peek_code(Encoding encoding, std::string_view bytes) {
    switch (encoding) {
        case Encoding::json:
            return peek_with<JsonReader>(bytes);
        case Encoding::msgpack:
            return peek_with<MsgpackReader>(bytes);
        case Encoding::cbor:
            return peek_with<CborReader>(bytes);
        case Encoding::recon:
            break;
    }
    return 0;
}

}  // namespace heddle
