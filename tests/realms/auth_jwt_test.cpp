#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <functional>

#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/json_fields.hpp"
#include "realms/auth/jwt.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {
namespace {

constexpr std::int64_t now = 1'800'000'000;
const std::string secret(32, 'k'), seed(32, 's');

/// A key of OpenSSL's: signs as a token's issuer would, and shows its public half.
class Issuer {
 public:
    explicit Issuer(EVP_PKEY* key) : key_(key, &EVP_PKEY_free) {}
    std::string sign(std::string_view text) const {
        std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
        std::string out(1024, '\0');
        std::size_t size = out.size();
        EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get());
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                       reinterpret_cast<const unsigned char*>(text.data()), text.size());
        out.resize(size);
        return out;
    }
    /// r and s side by side, as JOSE has it.
    std::string sign_flat(std::string_view text) const {
        const std::string der = sign(text);
        auto* at = reinterpret_cast<const unsigned char*>(der.data());
        ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
        std::string out(64, '\0');
        BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(out.data()), 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(out.data()) + 32, 32);
        ECDSA_SIG_free(pair);
        return out;
    }
    std::string pem() const {
        BIO* bio = BIO_new(BIO_s_mem());
        PEM_write_bio_PUBKEY(bio, key_.get());
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        std::string out(data, static_cast<std::size_t>(size));
        BIO_free(bio);
        return out;
    }

 private:
    std::shared_ptr<EVP_PKEY> key_;
};

const Issuer& rsa() {
    static const Issuer issuer(EVP_RSA_gen(2048));
    return issuer;
}
const Issuer& ec() {
    static const Issuer issuer(EVP_EC_gen("P-256"));
    return issuer;
}

using Sign = std::function<std::string(std::string_view)>;
const Sign hs256 = [](std::string_view text) { return hmac_sha256(secret, text); };
const Sign rs256 = [](std::string_view text) { return rsa().sign(text); };
const Sign es256 = [](std::string_view text) { return ec().sign_flat(text); };
const Sign eddsa = [](std::string_view text) { return *sign(seed, text); };

std::string token(std::string_view header, std::string_view claims, const Sign& how) {
    const std::string text = to_base64url(header) + "." + to_base64url(claims);
    return text + "." + to_base64url(how(text));
}
const std::string good_claims = R"({"sub":"kim","role":"operator","exp":1800000100})";
std::string hs(std::string_view claims, std::string_view header = R"({"alg":"HS256"})") { return token(header, claims, hs256); }

JwtKeys keys_of(std::string_view text) {
    auto keys = JwtKeys::read(text);
    EXPECT_TRUE(keys) << keys.error().what;
    return keys ? *keys : JwtKeys{};
}

/// "kim operator", or the reason.
std::string outcome(std::string_view text, const JwtKeys& keys, const JwtSettings& settings = {}, std::int64_t at = now) {
    const auto checked = check_jwt(text, keys, settings, at);
    if (const auto* refusal = std::get_if<JwtRefusal>(&checked)) return std::string(refusal->reason);
    const auto& claims = std::get<JwtClaims>(checked);
    std::string out = claims.authid;
    for (const std::string& role : claims.roles) out += " " + role;
    return out;
}
std::string outcome(std::string_view text, const JwtSettings& settings = {}, std::int64_t at = now) {
    return outcome(text, keys_of(secret), settings, at);
}

constexpr const char* rfc_claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

TEST(AuthJwt, Rfc7515AppendixA) {
    JwtSettings settings;
    settings.authid_claim = "iss";
    settings.role = "user";
    const std::string payload = rfc_claims;
    const auto hs_keys = keys_of(
        R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})");
    const std::string a1 = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + payload + ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    EXPECT_EQ(outcome(a1, hs_keys, settings, 1300819379), "joe user");
    EXPECT_EQ(outcome(a1, hs_keys, settings, now), "expired");

    const auto rsa_keys = keys_of(
        R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT)"
        R"(-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg66)"
        R"(5xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",)"
        R"("e":"AQAB"})");
    const std::string a2 =
        "eyJhbGciOiJSUzI1NiJ9." + payload +
        ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQj"
        "bKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES"
        "c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    EXPECT_EQ(outcome(a2, rsa_keys, settings, 1300819379), "joe user");

    const auto ec_keys = keys_of(
        R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
        R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})");
    const std::string a3 = "eyJhbGciOiJFUzI1NiJ9." + payload +
                           ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    EXPECT_EQ(outcome(a3, ec_keys, settings, 1300819379), "joe user");
}

TEST(AuthJwt, Rfc8037AppendixA) {
    const auto keys = keys_of(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
    const auto fitting = keys.fitting(JwtAlgorithm::eddsa, std::nullopt);
    ASSERT_EQ(fitting.size(), 1u);
    const auto signature = from_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    EXPECT_TRUE(fitting[0]->checks("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", *signature));
    EXPECT_FALSE(fitting[0]->checks("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmd", *signature));
}

TEST(AuthJwt, EveryAlgorithmWithPemOrSecret) {
    EXPECT_EQ(outcome(hs(good_claims)), "kim operator");
    EXPECT_EQ(outcome(token(R"({"alg":"RS256","typ":"JWT"})", good_claims, rs256), keys_of(rsa().pem())), "kim operator");
    EXPECT_EQ(outcome(token(R"({"alg":"ES256"})", good_claims, es256), keys_of(ec().pem())), "kim operator");
    const auto ed = keys_of(R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"e","x":")" + to_base64url(*public_key_of(seed)) + "\"}]}");
    EXPECT_EQ(outcome(token(R"({"alg":"EdDSA","kid":"e"})", good_claims, eddsa), ed), "kim operator");
    EXPECT_EQ(outcome(token(R"({"alg":"RS256"})", good_claims, rs256), keys_of(ec().pem() + rsa().pem())), "kim operator");
}

TEST(AuthJwt, TheAlgorithmIsTheKeys) {
    const std::string unsigned_text = to_base64url(R"({"alg":"none"})") + "." + to_base64url(good_claims) + ".";
    EXPECT_EQ(outcome(unsigned_text), "bad_alg");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"None"})")), "bad_alg");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"hs256"})")), "bad_alg");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"HS512"})")), "bad_alg");
    EXPECT_EQ(outcome(hs(good_claims, R"({})")), "bad_alg");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":1})")), "bad_alg");
    // The old trick: the public key's text as the secret of HS256.
    const std::string pem = rsa().pem();
    const Sign forged = [&](std::string_view text) { return hmac_sha256(pem, text); };
    EXPECT_EQ(outcome(token(R"({"alg":"HS256"})", good_claims, forged), keys_of(pem)), "bad_alg");
    EXPECT_EQ(outcome(hs(good_claims), keys_of(pem)), "bad_alg");
    EXPECT_EQ(outcome(token(R"({"alg":"ES256"})", good_claims, [](std::string_view text) { return ec().sign(text); }),
                      keys_of(ec().pem())),
              "bad_signature");  // DER is not what JOSE writes
}

TEST(AuthJwt, KidChoosesAndCritRefuses) {
    const std::string other(32, 'o');
    const auto set = keys_of(R"({"keys":[{"kty":"oct","kid":"a","k":")" + to_base64url(other) + R"("},{"kty":"oct","kid":"b","k":")" +
                             to_base64url(secret) + R"("},{"kty":"lattice"}]})");
    EXPECT_EQ(set.size(), 2u);
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"HS256","kid":"b"})"), set), "kim operator");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"HS256","kid":"a"})"), set), "bad_signature");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"HS256","kid":"c"})"), set), "unknown_key");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"HS256","kid":7})"), set), "malformed");
    EXPECT_EQ(outcome(hs(good_claims), set), "kim operator");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"HS256","crit":["exp"]})")), "crit");
    EXPECT_EQ(outcome(hs(good_claims, R"({"alg":"HS256","alg":"none"})")), "malformed");
}

TEST(AuthJwt, ForgedOrBrokenTokens) {
    const std::string good = hs(good_claims);
    for (std::size_t at = 0; at < good.size(); at += 3) {
        std::string bad = good;
        bad[at] = bad[at] == 'A' ? 'B' : 'A';
        EXPECT_NE(outcome(bad), "kim operator") << at;
    }
    const std::string elevated = to_base64url(R"({"sub":"kim","role":"administrator","exp":1800000100})");
    const auto parts = split(good, '.');
    EXPECT_EQ(outcome(std::string(parts[0]) + "." + elevated + "." + std::string(parts[2])), "bad_signature");
    for (std::string bad : {std::string(), std::string("."), std::string(".."), std::string("..."), good + ".x", good + "=", " " + good,
                            std::string(parts[0]) + "." + std::string(parts[1])})
        EXPECT_EQ(outcome(bad), "malformed") << bad;
    EXPECT_EQ(outcome(hs("[]")), "malformed");
    EXPECT_EQ(outcome(hs(R"({"sub":"kim","sub":"ada","role":"r","exp":1800000100})")), "malformed");
    EXPECT_EQ(outcome(good + std::string(jwt_bytes_max, 'A')), "too_large");
    EXPECT_EQ(outcome(hs(R"({"a":)" + std::string(40, '[') + std::string(40, ']') + "}")), "malformed");
}

TEST(AuthJwt, TimesWithLeeway) {
    JwtSettings settings;
    settings.leeway = std::chrono::seconds(30);
    auto at = [&](std::string_view times, std::int64_t moment) {
        return outcome(hs(R"({"sub":"kim","role":"r",)" + std::string(times) + "}"), settings, moment);
    };
    EXPECT_EQ(at(R"("exp":1000)", 1029), "kim r");
    EXPECT_EQ(at(R"("exp":1000)", 1030), "expired");
    EXPECT_EQ(at(R"("exp":1000.9)", 1029), "kim r");
    EXPECT_EQ(at(R"("exp":1000,"nbf":900)", 869), "not_yet_valid");
    EXPECT_EQ(at(R"("exp":1000,"nbf":900)", 870), "kim r");
    EXPECT_EQ(at(R"("exp":"1000")", 900), "malformed");
    EXPECT_EQ(at(R"("exp":9e300)", 900), "malformed");
    EXPECT_EQ(at(R"("exp":9223372036854775807)", 900), "malformed");
    EXPECT_EQ(at(R"("exp":1000,"nbf":"soon")", 900), "malformed");
    EXPECT_EQ(at(R"("iat":1)", 900), "no_exp");
}

TEST(AuthJwt, IssuerAudienceSubjectRole) {
    JwtSettings settings;
    settings.issuer = "https://id.example.com";
    settings.audience = "plant";
    settings.role_claim = "realm_access.roles";
    auto with = [&](std::string_view claims) { return outcome(hs(R"({"exp":1800000100,)" + std::string(claims) + "}"), settings); };
    const std::string names = R"("iss":"https://id.example.com","aud":"plant","sub":"kim")";
    EXPECT_EQ(with(names + R"(,"realm_access":{"roles":["a","b"]})"), "kim a b");
    EXPECT_EQ(with(names + R"(,"realm_access.roles":"c","realm_access":{"roles":["a"]})"), "kim c");
    EXPECT_EQ(with(names), "no_role");
    EXPECT_EQ(with(names + R"(,"realm_access":{"roles":[1]})"), "no_role");
    EXPECT_EQ(with(R"("iss":"https://id.example.com","aud":["x","plant"],"sub":"kim","realm_access":{"roles":"a"})"), "kim a");
    EXPECT_EQ(with(R"("iss":"https://id.example.com","aud":["x"],"sub":"kim")"), "wrong_audience");
    EXPECT_EQ(with(R"("iss":"https://id.example.com","sub":"kim")"), "wrong_audience");
    EXPECT_EQ(with(R"("iss":"https://id.example.com/","aud":"plant","sub":"kim")"), "wrong_issuer");
    EXPECT_EQ(with(R"("aud":"plant","sub":"kim")"), "wrong_issuer");
    EXPECT_EQ(with(R"("iss":"https://id.example.com","aud":"plant")"), "no_subject");
    EXPECT_EQ(with(R"("iss":"https://id.example.com","aud":"plant","sub":"")"), "no_subject");
    EXPECT_EQ(with(R"("iss":"https://id.example.com","aud":"plant","sub":7)"), "no_subject");
    settings.role = "guest";
    EXPECT_EQ(with(names), "kim guest");
    settings.role_claim = "";
    EXPECT_EQ(with(names + R"(,"role":"administrator")"), "kim guest");
}

TEST(AuthJwt, KeysThatAreNone) {
    auto refused = [](std::string_view text) {
        auto keys = JwtKeys::read(text);
        return keys ? std::string("taken") : keys.error().what;
    };
    EXPECT_EQ(refused("short secret"), "a secret for HS256 must have at least 32 bytes");
    EXPECT_EQ(refused(std::string(31, 'x') + "\n"), "a secret for HS256 must have at least 32 bytes");
    EXPECT_EQ(refused("{\"keys\":[]}"), "no key of the JWKS is of use: HS256, RS256, ES256 (P-256) and EdDSA (Ed25519) are");
    EXPECT_EQ(refused("{\"keys\":{}}"), "keys of the JWKS must be a list");
    EXPECT_EQ(refused(R"({"keys":[{"kty":"oct","kid":"a","k":"c2hvcnQ"}]})"),
              "key \"a\" of the JWKS: a secret for HS256 must have at least 32 bytes (k)");
    EXPECT_EQ(refused(R"({"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA"})"),
              "a key of the JWKS is no EC key: its numbers are missing or wrong");
    EXPECT_EQ(refused(R"({"kty":"EC","crv":"P-521"})"),
              "a JWK must have kty oct, RSA, EC with crv P-256, or OKP with crv Ed25519");
    EXPECT_NE(refused(R"({"kty":"RSA","n":")" + to_base64url(std::string(128, '\xc1')) + R"(","e":"AQAB"})").find("2048 to 8192"),
              std::string::npos);
    EXPECT_EQ(refused("{"), "the keys for tokens are no JSON object (a JWKS or a JWK), or name a member twice");
    EXPECT_EQ(refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), "the PEM text holds no public key (BEGIN PUBLIC KEY)");
    EXPECT_EQ(refused("-----BEGIN PRIVATE KEY-----\nAAAA"), "that is a private key; a public key is needed to check tokens");
    EXPECT_EQ(refused(std::string(70'000, 'x')), "the keys for tokens exceed 64 KiB");
    EXPECT_NE(refused(Issuer(EVP_EC_gen("P-384")).pem()), "taken");
    // A key for encryption, or for another algorithm, checks nothing.
    EXPECT_NE(refused(R"({"keys":[{"kty":"oct","use":"enc","k":")" + to_base64url(secret) + "\"}]}"), "taken");
    EXPECT_NE(refused(R"({"keys":[{"kty":"oct","alg":"HS512","k":")" + to_base64url(secret) + "\"}]}"), "taken");
}

}  // namespace
}  // namespace heddle::auth
