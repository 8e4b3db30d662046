#pragma once
#include <cassert>
#include <string_view>

#include "serializers/cbor_reader.hpp"
#include "serializers/encoding.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/msgpack_reader.hpp"

namespace heddle {

/// Gives `use` a reader of `value`, of whichever WAMP encoding that is.
template <class F>
auto with_reader(Encoding encoding, std::string_view value, F&& use) {
    switch (encoding) {
        case Encoding::msgpack:
            return use(MsgpackReader(value));
        case Encoding::cbor:
            return use(CborReader(value));
        case Encoding::json:
        case Encoding::recon:
            break;
    }
    assert(encoding == Encoding::json);
    return use(JsonReader(value));
}

/// No container, or one without elements.
inline bool is_empty(Encoding encoding, std::string_view container) {
    if (container.empty()) return true;
    return with_reader(encoding, container, [](auto&& reader) {
        reader.next();
        const Token::Kind second = reader.next().kind;
        return second == Token::Kind::list_end || second == Token::Kind::map_end;
    });
}

}  // namespace heddle
