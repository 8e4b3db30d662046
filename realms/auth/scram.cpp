#include "realms/auth/scram.hpp"

#include "realms/auth/argon2.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/saslprep.hpp"
#include "realms/auth/text.hpp"
#include "serializers/base64.hpp"

namespace heddle::auth {
namespace {

constexpr std::string_view client_key_text = "Client Key", server_key_text = "Server Key";

/// RFC 5802, "saslname".
std::string escaped(std::string_view authid) {
    std::string out;
    for (char c : authid) {
        if (c == '=')
            out += "=3D";
        else if (c == ',')
            out += "=2C";
        else
            out += c;
    }
    return out;
}

std::string message_of(const ScramExchange& exchange, std::string_view authid, std::string_view c) {
    std::string text = "n=";
    text.append(authid).append(",r=").append(exchange.client_nonce);
    text.append(",r=").append(exchange.nonce).append(",s=").append(exchange.salt_base64);
    text.append(",i=").append(std::to_string(exchange.iterations));
    text.append(",c=").append(c).append(",r=").append(exchange.nonce);
    return text;
}

std::string prepared(std::string_view authid) {
    auto text = saslprep(authid);
    return text ? *text : std::string(authid);
}

bool proves(const ScramVerifier& verifier, std::string_view message, std::string_view proof) {
    const std::string client_key = exclusive_or(proof, hmac_sha256(verifier.stored_key, message));
    return same(sha256(client_key), verifier.stored_key);
}

Error wrong_form() {
    return {"a verifier is written scram$pbkdf2$i=600000$<salt>$<stored key>$<server key>; see: heddle hash scram"};
}

/// "i=2,m=19456" or "i=600000".
bool read_cost(std::string_view text, ScramCost& cost) {
    const auto numbers = split(text, ',');
    const bool argon = cost.kdf != Kdf::pbkdf2;
    if (numbers.size() != (argon ? 2u : 1u) || numbers[0].substr(0, 2) != "i=") return false;
    const auto iterations = to_number(numbers[0].substr(2));
    if (!iterations) return false;
    cost.iterations = *iterations;
    cost.memory_kib = 0;
    if (!argon) return true;
    const auto memory = numbers[1].substr(0, 2) == "m=" ? to_number(numbers[1].substr(2)) : std::nullopt;
    if (memory) cost.memory_kib = *memory;
    return memory.has_value();
}

bool find_kdf(std::string_view name, Kdf& kdf) {
    for (Kdf each : {Kdf::pbkdf2, Kdf::argon2id13, Kdf::argon2id_13})
        if (name_of(each) == name) return kdf = each, true;
    return false;
}

}  // namespace

std::string_view name_of(Kdf kdf) {
    return kdf == Kdf::pbkdf2 ? "pbkdf2" : kdf == Kdf::argon2id13 ? "argon2id13" : "argon2id-13";
}

ScramCost default_cost(Kdf kdf) {
    if (kdf == Kdf::pbkdf2) return {kdf, 600'000, 0};
    return {kdf, Argon2Cost{}.passes, Argon2Cost{}.memory_kib};
}

std::string scram_excess(const ScramCost& cost) {
    if (cost.kdf != Kdf::pbkdf2) return argon2_excess({cost.memory_kib, cost.iterations});
    if (cost.iterations < 4096 || cost.iterations > 10'000'000) return "iterations of PBKDF2 must be 4096 to 10000000";
    return {};
}

Result<ScramCost> parse_cost(std::string_view kdf, std::int64_t iterations, std::int64_t memory_kib) {
    ScramCost cost;
    if (!find_kdf(kdf, cost.kdf)) return Error{"kdf must be pbkdf2, argon2id13 or argon2id-13"};
    if (iterations < 1 || iterations > 10'000'000) return Error{"iterations must be 1 to 10000000"};
    if (memory_kib < 0 || memory_kib > 1024 * 1024) return Error{"memory must be 0 to 1048576 KiB"};
    cost.iterations = static_cast<std::uint32_t>(iterations);
    cost.memory_kib = cost.kdf == Kdf::pbkdf2 ? 0 : static_cast<std::uint32_t>(memory_kib);
    if (std::string excess = scram_excess(cost); !excess.empty()) return Error{excess};
    return cost;
}

Result<std::string> salted_password(std::string_view password, std::string_view salt, const ScramCost& cost) {
    auto plain = saslprep(password);
    if (!plain) return Error{"password: " + plain.error().what, plain.error().offset};
    if (std::string excess = scram_excess(cost); !excess.empty()) return Error{excess};
    if (cost.kdf == Kdf::pbkdf2) return pbkdf2_sha256(*plain, salt, cost.iterations);
    auto hash = argon2id(*plain, salt, {cost.memory_kib, cost.iterations});
    if (hash && cost.kdf == Kdf::argon2id_13) return to_base64_unpadded(*hash);
    return hash;
}

Result<ScramVerifier> make_verifier(std::string_view password, std::string_view salt, const ScramCost& cost) {
    if (salt.size() < 8 || salt.size() > 64) return Error{"a salt must be 8 to 64 bytes"};
    auto salted = salted_password(password, salt, cost);
    if (!salted) return salted.error();
    return ScramVerifier{cost, std::string(salt), sha256(hmac_sha256(*salted, client_key_text)),
                         hmac_sha256(*salted, server_key_text)};
}

bool check_password(const ScramVerifier& verifier, std::string_view password) {
    auto salted = salted_password(password, verifier.salt, verifier.cost);
    return salted && same(sha256(hmac_sha256(*salted, client_key_text)), verifier.stored_key);
}

Result<ScramVerifier> parse_verifier(std::string_view text) {
    const auto parts = split(text, '$');
    if (parts.size() != 6 || parts[0] != "scram") return wrong_form();
    ScramVerifier verifier;
    if (!find_kdf(parts[1], verifier.cost.kdf))
        return Error{"the kdf of a verifier must be pbkdf2, argon2id13 or argon2id-13"};
    if (!read_cost(parts[2], verifier.cost))
        return Error{verifier.cost.kdf == Kdf::pbkdf2 ? "the cost of a verifier is written i=600000"
                                                      : "the cost of a verifier is written i=2,m=19456"};
    if (std::string excess = scram_excess(verifier.cost); !excess.empty()) return Error{excess};
    auto salt = from_base64(parts[3]), stored = from_base64(parts[4]), server = from_base64(parts[5]);
    if (!salt || salt->size() < 8 || salt->size() > 64) return Error{"the salt of a verifier must be 8 to 64 bytes in base64"};
    if (!stored || stored->size() != digest_size) return Error{"the stored key of a verifier must be 32 bytes in base64"};
    if (!server || server->size() != digest_size) return Error{"the server key of a verifier must be 32 bytes in base64"};
    verifier.salt = std::move(*salt);
    verifier.stored_key = std::move(*stored);
    verifier.server_key = std::move(*server);
    return verifier;
}

std::string print_verifier(const ScramVerifier& verifier) {
    std::string text = "scram$" + std::string(name_of(verifier.cost.kdf)) + "$i=" + std::to_string(verifier.cost.iterations);
    if (verifier.cost.kdf != Kdf::pbkdf2) text += ",m=" + std::to_string(verifier.cost.memory_kib);
    return text + "$" + base64::encode(verifier.salt) + "$" + base64::encode(verifier.stored_key) + "$" +
           base64::encode(verifier.server_key);
}

ScramVerifier fake_verifier(std::string_view server_secret, std::string_view authid, const ScramCost& cost) {
    const std::string name(authid);
    return {cost, hmac_sha256(server_secret, "scram salt " + name).substr(0, 16),
            hmac_sha256(server_secret, "scram stored " + name), hmac_sha256(server_secret, "scram server " + name)};
}

std::string auth_message(const ScramExchange& exchange) {
    const std::string gs2 = exchange.channel_binding.empty() ? "n,," : "p=" + exchange.channel_binding + ",,";
    return message_of(exchange, escaped(prepared(exchange.authid)), base64::encode(gs2 + exchange.cbind));
}

ScramAnswer check_proof(const ScramVerifier& verifier, const ScramExchange& exchange, std::string_view proof) {
    if (proof.size() != digest_size) return {};
    const std::string message = auth_message(exchange);
    if (proves(verifier, message, proof)) return {true, hmac_sha256(verifier.server_key, message)};
    if (!exchange.channel_binding.empty()) return {};
    const std::string theirs = message_of(exchange, prepared(exchange.authid), "");
    if (proves(verifier, theirs, proof)) return {true, hmac_sha256(verifier.server_key, theirs)};
    return {};
}

ScramProof prove(std::string_view salted, const ScramExchange& exchange) {
    const std::string message = auth_message(exchange), client_key = hmac_sha256(salted, client_key_text);
    return {exclusive_or(client_key, hmac_sha256(sha256(client_key), message)),
            hmac_sha256(hmac_sha256(salted, server_key_text), message)};
}

}  // namespace heddle::auth
