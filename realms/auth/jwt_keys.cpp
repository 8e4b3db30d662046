#include "realms/auth/jwt_keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>

#include "realms/auth/digest.hpp"
#include "realms/auth/json_fields.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {
namespace {

template <class T, auto free>
struct Freed {
    void operator()(T* it) const { free(it); }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Freed<T, free>>;
using Number = Owned<BIGNUM, BN_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Maker = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Digest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Bio = Owned<BIO, BIO_free>;

constexpr std::size_t text_max = 64 * 1024, keys_max = 64, secret_min = 32;
constexpr int rsa_bits_min = 2048, rsa_bits_max = 8192;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
Number number(std::string_view bytes) { return Number(BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), nullptr)); }

EVP_PKEY* from_data(const char* type, OSSL_PARAM_BLD* builder) {
    const Params params(OSSL_PARAM_BLD_to_param(builder));
    const Maker maker(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    if (params && maker && EVP_PKEY_fromdata_init(maker.get()) == 1)
        EVP_PKEY_fromdata(maker.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get());
    return key;
}

EVP_PKEY* rsa_key(std::string_view modulus, std::string_view exponent) {
    if (modulus.size() > rsa_bits_max / 8 || exponent.empty() || exponent.size() > 8) return nullptr;
    const Number n = number(modulus), e = number(exponent);
    const Builder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return from_data("RSA", builder.get());
}

EVP_PKEY* p256_key(std::string_view x, std::string_view y) {
    if (x.size() != 32 || y.size() != 32) return nullptr;
    const std::string point = "\x04" + std::string(x) + std::string(y);
    const Builder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    return from_data("EC", builder.get());
}

std::string bytes_of(const JsonFields& jwk, std::string_view name) {
    const auto text = jwk.text(name);
    const auto bytes = text ? from_base64url(*text) : std::nullopt;
    return bytes ? *bytes : std::string();
}

bool is_p256(EVP_PKEY* key) {
    char group[64] = {};
    std::size_t size = 0;
    return EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 &&
           (std::string_view(group, size) == "prime256v1" || std::string_view(group, size) == "P-256");
}

/// JOSE writes r and s with 32 bytes each (RFC 7518, 3.4), OpenSSL wants them in DER.
std::string der_of(std::string_view signature) {
    if (signature.size() != 64) return {};
    const Owned<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
    ECDSA_SIG_set0(pair.get(), number(signature.substr(0, 32)).release(), number(signature.substr(32)).release());
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    std::string out(reinterpret_cast<char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(der);
    return out;
}

Error none() { return {}; }

}  // namespace

std::optional<JwtAlgorithm> jwt_algorithm(std::string_view name) {
    if (name == "HS256") return JwtAlgorithm::hs256;
    if (name == "RS256") return JwtAlgorithm::rs256;
    if (name == "ES256") return JwtAlgorithm::es256;
    if (name == "EdDSA") return JwtAlgorithm::eddsa;
    return std::nullopt;
}

bool JwtKey::checks(std::string_view signed_text, std::string_view signature) const {
    if (algorithm_ == JwtAlgorithm::hs256) return same(hmac_sha256(secret_, signed_text), signature);
    const std::string der = algorithm_ == JwtAlgorithm::es256 ? der_of(signature) : std::string();
    if (algorithm_ == JwtAlgorithm::es256) signature = der;
    const EVP_MD* digest = algorithm_ == JwtAlgorithm::eddsa ? nullptr : EVP_sha256();
    const Digest context(EVP_MD_CTX_new());
    return !signature.empty() && EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1 &&
           EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(signed_text), signed_text.size()) == 1;
}

Error JwtKeys::add(EVP_PKEY* key, std::string id) {
    JwtKey made;
    made.key_ = {key, &EVP_PKEY_free};
    made.id_ = std::move(id);
    const int type = EVP_PKEY_get_base_id(key);
    if (type == EVP_PKEY_RSA) {
        if (EVP_PKEY_get_bits(key) < rsa_bits_min || EVP_PKEY_get_bits(key) > rsa_bits_max)
            return {"an RSA key for tokens must have 2048 to 8192 bits"};
        made.algorithm_ = JwtAlgorithm::rs256;
    } else if (type == EVP_PKEY_EC && is_p256(key)) {
        made.algorithm_ = JwtAlgorithm::es256;
    } else if (type == EVP_PKEY_ED25519) {
        made.algorithm_ = JwtAlgorithm::eddsa;
    } else {
        return {"keys for tokens are RSA, EC with P-256, or Ed25519"};
    }
    keys_.push_back(std::move(made));
    return none();
}

Error JwtKeys::read_jwk(std::string_view text, bool in_set) {
    const auto jwk = JsonFields::read(text);
    if (!jwk) return {"a key of the JWKS is no JSON object, or names a member twice"};
    const std::string type = jwk->text("kty").value_or(""), curve = jwk->text("crv").value_or("");
    const std::string id = jwk->text("kid").value_or(""), use = jwk->text("use").value_or("sig");
    const auto wanted = jwk->text("alg");
    if (use != "sig") return in_set ? none() : Error{"the JWK is not for signatures (use)"};
    const std::string named = id.empty() ? "a key of the JWKS" : "key \"" + id + "\" of the JWKS";
    const std::size_t before = keys_.size();
    Error error;
    if (type == "oct") {
        JwtKey made;
        made.secret_ = bytes_of(*jwk, "k");
        made.id_ = id;
        if (made.secret_.size() < secret_min) return {named + ": a secret for HS256 must have at least 32 bytes (k)"};
        keys_.push_back(std::move(made));
    } else if (type == "RSA" || (type == "EC" && curve == "P-256") || (type == "OKP" && curve == "Ed25519")) {
        const std::string x = bytes_of(*jwk, "x");
        EVP_PKEY* key = type == "RSA"  ? rsa_key(bytes_of(*jwk, "n"), bytes_of(*jwk, "e"))
                        : type == "EC" ? p256_key(x, bytes_of(*jwk, "y"))
                                       : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(x), x.size());
        if (!key) return {named + " is no " + type + " key: its numbers are missing or wrong"};
        error = add(key, id);
    } else if (!in_set) {
        return {"a JWK must have kty oct, RSA, EC with crv P-256, or OKP with crv Ed25519"};
    }
    // A key that says which algorithm it is for is for no other.
    if (keys_.size() > before && wanted && jwt_algorithm(*wanted) != keys_.back().algorithm()) keys_.pop_back();
    if (!error.what.empty()) error.what = named + ": " + error.what;
    return error;
}

Error JwtKeys::read_set(std::string_view text) {
    const auto set = JsonFields::read(text);
    if (!set) return {"the keys for tokens are no JSON object (a JWKS or a JWK), or name a member twice"};
    if (!set->has("keys")) return read_jwk(text, false);
    const auto keys = set->list("keys");
    if (!keys) return {"keys of the JWKS must be a list"};
    if (keys->size() > keys_max) return {"a JWKS may hold at most 64 keys"};
    for (std::string_view key : *keys)
        if (Error error = read_jwk(key, true); !error.what.empty()) return error;
    return none();
}

Error JwtKeys::read_pem(std::string_view text) {
    if (text.find("PRIVATE KEY-----") != text.npos) return {"that is a private key; a public key is needed to check tokens"};
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    while (EVP_PKEY* key = PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)) {
        if (keys_.size() == keys_max) {
            EVP_PKEY_free(key);
            return {"there may be at most 64 keys"};
        }
        if (Error error = add(key, {}); !error.what.empty()) return error;
    }
    return keys_.empty() ? Error{"the PEM text holds no public key (BEGIN PUBLIC KEY)"} : none();
}

Result<JwtKeys> JwtKeys::read(std::string_view text) {
    if (text.size() > text_max) return Error{"the keys for tokens exceed 64 KiB"};
    JwtKeys all;
    const std::string_view plain = trimmed(text);
    Error error;
    if (plain.substr(0, 1) == "{") {
        error = all.read_set(plain);
        if (error.what.empty() && all.keys_.empty())
            error = {"no key of the JWKS is of use: HS256, RS256, ES256 (P-256) and EdDSA (Ed25519) are"};
    } else if (plain.find("-----BEGIN") != plain.npos) {
        error = all.read_pem(plain);
    } else if (plain.size() < secret_min) {
        error = {"a secret for HS256 must have at least 32 bytes"};
    } else {
        JwtKey made;
        made.secret_ = std::string(plain);
        all.keys_.push_back(std::move(made));
    }
    if (!error.what.empty()) return error;
    return all;
}

std::vector<const JwtKey*> JwtKeys::fitting(JwtAlgorithm algorithm, const std::optional<std::string>& id) const {
    std::vector<const JwtKey*> out;
    for (const JwtKey& key : keys_)
        if (key.algorithm() == algorithm && (!id || key.id().empty() || key.id() == *id)) out.push_back(&key);
    return out;
}

}  // namespace heddle::auth
