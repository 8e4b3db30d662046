#pragma once
#include "serializers/token.hpp"

namespace heddle {

/// The one place that says which member of a writer stands for which kind of token.
template <class Writer>
void write_token(Writer& writer, const Token& token) {
    using Kind = Token::Kind;
    switch (token.kind) {
        case Kind::null:
            return writer.null();
        case Kind::boolean:
            return writer.boolean(token.boolean);
        case Kind::integer:
            return writer.integer(token.integer);
        case Kind::unsigned_integer:
            return writer.unsigned_integer(token.unsigned_integer);
        case Kind::real:
            return writer.real(token.real);
        case Kind::text:
            return writer.text(token.text);
        case Kind::bytes:
            return writer.bytes(token.text);
        case Kind::list_begin:
            return writer.list_begin();
        case Kind::list_end:
            return writer.list_end();
        case Kind::map_begin:
            return writer.map_begin();
        case Kind::key:
            return writer.key(token.text);
        case Kind::map_end:
            return writer.map_end();
        case Kind::end:
        case Kind::error:
            return;
    }
}

}  // namespace heddle
