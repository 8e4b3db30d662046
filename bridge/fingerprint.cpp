#include "bridge/fingerprint.hpp"

#include <cassert>
#include <cmath>
#include <cstring>
#include <functional>
#include <string_view>

#include "serializers/msgpack_reader.hpp"

namespace heddle {
namespace {

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t more) {
    hash = (hash ^ more) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::uint64_t number(double value) {
    if (value == 0) value = 0;  // no sign
    std::uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

std::uint64_t loose(const Token& token) {
    using Kind = Token::Kind;
    const auto kind = static_cast<std::uint64_t>(token.kind);
    switch (token.kind) {
        case Kind::boolean:
            return mix(kind, token.boolean);
        case Kind::integer:
            return mix(static_cast<std::uint64_t>(Kind::real), number(static_cast<double>(token.integer)));
        case Kind::unsigned_integer:
            return mix(static_cast<std::uint64_t>(Kind::real), number(static_cast<double>(token.unsigned_integer)));
        case Kind::real:
            return mix(kind, number(token.real));
        case Kind::text:
            if (token.text == "true" || token.text == "false")
                return mix(static_cast<std::uint64_t>(Kind::boolean), token.text == "true");
            return mix(kind, hash_of(token.text));
        case Kind::bytes:
        case Kind::key:
            return mix(kind, hash_of(token.text));
        default:
            return kind;
    }
}

std::uint64_t loose(std::uint64_t hash, std::string_view value) {
    if (value.empty()) return mix(hash, 1);
    MsgpackReader reader(value);
    for (;;) {
        const Token token = reader.next();
        hash = mix(hash, loose(token));
        if (token.kind == Token::Kind::end || token.kind == Token::Kind::error) return hash;
    }
}

}  // namespace

std::uint64_t fingerprint(const Payload& payload) {
    assert(payload.origin == Encoding::msgpack);
    return mix(mix(1, hash_of(payload.args)), hash_of(payload.kwargs));
}

std::uint64_t loose_fingerprint(const Payload& payload) {
    assert(payload.origin == Encoding::msgpack);
    return loose(loose(2, payload.args), payload.kwargs);
}

}  // namespace heddle
