#include "realms/auth/cra.hpp"

#include "realms/auth/digest.hpp"
#include "realms/auth/text.hpp"
#include "serializers/base64.hpp"
#include "serializers/json_writer.hpp"

namespace heddle::auth {

std::string derive_cra_key(std::string_view secret, std::string_view salt, std::uint32_t iterations,
                           std::uint32_t keylen) {
    return base64::encode(pbkdf2_sha256(secret, salt, iterations, keylen));
}

CraSecret make_salted_cra(std::string_view secret, std::string_view salt, std::uint32_t iterations) {
    return {derive_cra_key(secret, salt, iterations), std::string(salt), iterations, digest_size};
}

Result<CraSecret> parse_cra(std::string_view text) {
    constexpr std::string_view head = "cra$";
    if (text.empty()) return Error{"a secret for WAMP-CRA is empty"};
    if (text.substr(0, head.size()) != head) return CraSecret{std::string(text), {}, 0, 0};
    const Error wrong{"a salted secret for WAMP-CRA is written cra$i=100000,l=32$<salt>$<key>; see: heddle hash cra"};
    const auto parts = split(text, '$');
    if (parts.size() != 4) return wrong;
    const auto numbers = split(parts[1], ',');
    if (numbers.size() != 2 || numbers[0].substr(0, 2) != "i=" || numbers[1].substr(0, 2) != "l=") return wrong;
    const auto iterations = to_number(numbers[0].substr(2)), keylen = to_number(numbers[1].substr(2));
    if (!iterations || *iterations < 1000 || *iterations > 10'000'000)
        return Error{"i of a secret for WAMP-CRA must be 1000 to 10000000"};
    if (!keylen || *keylen < 16 || *keylen > 64) return Error{"l of a secret for WAMP-CRA must be 16 to 64"};
    if (parts[2].size() < 8 || parts[2].size() > 128 || !from_base64(parts[2]))
        return Error{"the salt of a secret for WAMP-CRA must be 8 to 128 characters of base64"};
    std::string key;
    if (!base64::decode(parts[3], key) || key.size() != *keylen)
        return Error{"the key of a secret for WAMP-CRA must be " + std::to_string(*keylen) + " bytes in base64"};
    return CraSecret{std::string(parts[3]), std::string(parts[2]), *iterations, *keylen};
}

std::string print_cra(const CraSecret& secret) {
    if (secret.salt.empty()) return secret.key;
    return "cra$i=" + std::to_string(secret.iterations) + ",l=" + std::to_string(secret.keylen) + "$" + secret.salt +
           "$" + secret.key;
}

std::string cra_challenge_text(const CraChallenge& challenge) {
    ByteBuffer out;
    JsonWriter json(out);
    json.map_begin();
    const auto text = [&](std::string_view key, std::string_view value) {
        json.key(key);
        json.text(value);
    };
    text("authid", challenge.authid);
    text("authrole", challenge.authrole);
    text("authmethod", "wampcra");
    text("authprovider", challenge.authprovider);
    text("nonce", challenge.nonce);
    text("timestamp", challenge.timestamp);
    json.key("session");
    json.unsigned_integer(challenge.session);
    json.map_end();
    return std::string(out.view());
}

std::string sign_cra(std::string_view key, std::string_view challenge) {
    return base64::encode(hmac_sha256(key, challenge));
}

bool check_cra(std::string_view key, std::string_view challenge, std::string_view signature) {
    return same(sign_cra(key, challenge), signature);
}

CraSecret fake_cra(std::string_view server_secret, std::string_view authid, std::uint32_t iterations) {
    const std::string name(authid);
    const std::string salt = hmac_sha256(server_secret, "cra salt " + name).substr(0, 16);
    return {base64::encode(hmac_sha256(server_secret, "cra key " + name)), base64::encode(salt), iterations,
            digest_size};
}

}  // namespace heddle::auth
