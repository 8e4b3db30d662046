#include "realms/auth/token.hpp"

#include "realms/auth/digest.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {
namespace {

constexpr std::string_view head = "hdl_";
constexpr std::size_t id_size = 16, secret_size = 43;

}  // namespace

Token make_token(std::string_view random) {
    return {to_hex(random.substr(0, id_size / 2)), to_base64url(random.substr(id_size / 2, digest_size))};
}

std::optional<Token> split_token(std::string_view text) {
    if (text.size() != head.size() + id_size + 1 + secret_size || text.substr(0, head.size()) != head)
        return std::nullopt;
    const std::string_view id = text.substr(head.size(), id_size), secret = text.substr(head.size() + id_size + 1);
    const bool lower = id.find_first_not_of("0123456789abcdef") == id.npos;
    if (!lower || text[head.size() + id_size] != '_' || !from_base64url(secret)) return std::nullopt;
    return Token{std::string(id), std::string(secret)};
}

std::string token_hash(std::string_view text) { return to_hex(sha256(text)); }

bool check_token(std::string_view hash, std::string_view text) {
    return split_token(text).has_value() && same(token_hash(text), hash);
}

}  // namespace heddle::auth
