#include "realms/auth/cryptosign.hpp"

#include <openssl/evp.h>

#include <memory>

#include "realms/auth/digest.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

Key private_key(std::string_view seed) {
    if (seed.size() != key_size) return {nullptr, &EVP_PKEY_free};
    return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(seed), seed.size()), &EVP_PKEY_free};
}

}  // namespace

std::optional<std::string> public_key_of(std::string_view seed) {
    const Key key = private_key(seed);
    std::string out(key_size, '\0');
    std::size_t size = out.size();
    if (!key || EVP_PKEY_get_raw_public_key(key.get(), raw(out), &size) != 1) return std::nullopt;
    return out;
}

std::optional<std::string> sign(std::string_view seed, std::string_view message) {
    const Key key = private_key(seed);
    const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    std::string out(signature_size, '\0');
    std::size_t size = out.size();
    if (!key || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), raw(out), &size, raw(message), message.size()) != 1)
        return std::nullopt;
    return out;
}

bool verify(std::string_view public_key, std::string_view message, std::string_view signature) {
    if (public_key.size() != key_size || signature.size() != signature_size) return false;
    const Key key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(public_key), public_key.size()),
                  &EVP_PKEY_free};
    const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    return key && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(message), message.size()) == 1;
}

std::string cryptosign_message(std::string_view challenge, std::string_view channel_id) {
    return channel_id.empty() ? std::string(challenge) : exclusive_or(challenge, channel_id);
}

std::optional<std::string> cryptosign_answer(std::string_view seed, std::string_view message) {
    auto signature = sign(seed, message);
    if (!signature) return std::nullopt;
    return to_hex(*signature) + to_hex(message);
}

bool check_cryptosign(std::string_view public_key, std::string_view expected, std::string_view answer_hex) {
    if (expected.size() != challenge_size || answer_hex.size() != 2 * (signature_size + challenge_size)) return false;
    const auto answer = from_hex(answer_hex);
    if (!answer) return false;
    const std::string_view bytes = *answer;
    return same(bytes.substr(signature_size), expected) && verify(public_key, expected, bytes.substr(0, signature_size));
}

}  // namespace heddle::auth
