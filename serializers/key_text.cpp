#include "serializers/key_text.hpp"

#include <cmath>

#include "serializers/base64.hpp"
#include "serializers/numbers.hpp"

namespace heddle {

bool make_key(Token& token, std::string& scratch) {
    using Kind = Token::Kind;
    char digits[numbers::text_max];
    switch (token.kind) {
        case Kind::text:
            token.kind = Kind::key;
            return true;
        case Kind::null:
            scratch = "null";
            break;
        case Kind::boolean:
            scratch = token.boolean ? "true" : "false";
            break;
        case Kind::integer:
            scratch.assign(digits, numbers::put_integer(token.integer, digits));
            break;
        case Kind::unsigned_integer:
            scratch.assign(digits, numbers::put_unsigned(token.unsigned_integer, digits));
            break;
        case Kind::real:
            if (std::isfinite(token.real))
                scratch.assign(digits, numbers::put_real(token.real, digits));
            else
                scratch = "null";
            break;
        case Kind::bytes: {
            std::string text(1, '\0');
            text += base64::encode(token.text);
            scratch = std::move(text);
            break;
        }
        default:
            return false;
    }
    token.kind = Kind::key;
    token.text = scratch;
    return true;
}

}  // namespace heddle
