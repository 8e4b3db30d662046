#include "serializers/removal.hpp"

#include "serializers/any_reader.hpp"
#include "serializers/recon_tags.hpp"

namespace heddle {

bool is_removal(const Payload& payload) {
    if (payload.kwargs.empty() || !is_empty(payload.origin, payload.args)) return false;
    return with_reader(payload.origin, payload.kwargs, [](auto reader) {
        reader.next();
        const Token key = reader.next();
        if (key.kind != Token::Kind::key || key.text != recon::removed_key) return false;
        const Token value = reader.next();
        return value.kind == Token::Kind::boolean && value.boolean && reader.next().kind == Token::Kind::map_end;
    });
}

Payload removal() { return {Encoding::json, "[]", R"({"$removed":true})"}; }

}  // namespace heddle
