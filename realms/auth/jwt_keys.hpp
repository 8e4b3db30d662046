#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serializers/result.hpp"

struct evp_pkey_st;

/// The keys that tokens are signed with, as an administrator's file holds them.
namespace heddle::auth {

enum class JwtAlgorithm { hs256, rs256, es256, eddsa };
/// "HS256", .. ; nothing for all others, "none" among them.
std::optional<JwtAlgorithm> jwt_algorithm(std::string_view name);

/// One key is good for one algorithm. Checking does not change it: it may be shared among threads.
class JwtKey {
 public:
    JwtAlgorithm algorithm() const { return algorithm_; }
    const std::string& id() const { return id_; }  // kid; empty: has none
    bool checks(std::string_view signed_text, std::string_view signature) const;

 private:
    friend class JwtKeys;
    JwtAlgorithm algorithm_ = JwtAlgorithm::hs256;
    std::string id_, secret_;  // secret: of HS256
    std::shared_ptr<evp_pkey_st> key_;
};

class JwtKeys {
 public:
    /// A JWKS or one JWK (kty oct, RSA, EC with P-256, OKP with Ed25519; other keys of a set are passed over), PEM public
    /// keys, or else the secret of HS256 itself, at least 32 bytes without the line end. At most 64 KiB and 64 keys; RSA
    /// from 2048 bits. Errors never quote the text.
    static Result<JwtKeys> read(std::string_view text);

    /// The keys that may have signed this: of that algorithm, and of that id where the token and the key name one.
    std::vector<const JwtKey*> fitting(JwtAlgorithm algorithm, const std::optional<std::string>& id) const;
    std::size_t size() const { return keys_.size(); }

 private:
    Error read_set(std::string_view text);
    Error read_jwk(std::string_view text, bool in_set);
    Error read_pem(std::string_view text);
    Error add(evp_pkey_st* key, std::string id);
    std::vector<JwtKey> keys_;
};

}  // namespace heddle::auth
