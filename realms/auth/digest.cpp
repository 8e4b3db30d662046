#include "realms/auth/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <stdexcept>

namespace heddle::auth {
namespace {

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::string& secret) {
    OPENSSL_cleanse(secret.data(), secret.size());
    secret.clear();
}

std::string sha256(std::string_view bytes) {
    std::string out(digest_size, '\0');
    if (EVP_Digest(bytes.data(), bytes.size(), raw(out), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not to be had");
    return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string out(digest_size, '\0');
    // A null key would mean "the key used before" to HMAC.
    const void* from = key.empty() ? "" : key.data();
    if (!HMAC(EVP_sha256(), from, static_cast<int>(key.size()), raw(bytes), bytes.size(), raw(out), nullptr))
        throw std::runtime_error("HMAC is not to be had");
    return out;
}

std::string pbkdf2_sha256(std::string_view password, std::string_view salt, std::uint32_t iterations,
                          std::size_t length) {
    std::string out(length, '\0');
    const char* from = password.empty() ? "" : password.data();
    if (PKCS5_PBKDF2_HMAC(from, static_cast<int>(password.size()), raw(salt), static_cast<int>(salt.size()),
                          static_cast<int>(iterations), EVP_sha256(), static_cast<int>(length), raw(out)) != 1)
        throw std::runtime_error("PBKDF2 is not to be had");
    return out;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
    std::string out(a);
    const std::size_t size = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(out[i] ^ b[i]);
    return out;
}

}  // namespace heddle::auth
