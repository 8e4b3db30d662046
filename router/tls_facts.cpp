#include "router/tls_facts.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <optional>
#include <string_view>

namespace heddle {
namespace {

using Digest = PeerFacts::Digest;

std::optional<Digest> sha256(const void* bytes, std::size_t size) {
    Digest digest{};
    unsigned int length = 0;
    if (EVP_Digest(bytes, size, digest.data(), &length, EVP_sha256(), nullptr) != 1 || length != digest.size())
        return std::nullopt;
    return digest;
}

std::optional<Digest> sha256(const X509* certificate) {
    Digest digest{};
    unsigned int length = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &length) != 1 || length != digest.size())
        return std::nullopt;
    return digest;
}

/// RFC 9266: label and length are fixed, and the context is there, but empty.
std::optional<Digest> exporter(ssl_st* tls) {
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    constexpr unsigned char nothing = 0;
    Digest id{};
    if (SSL_export_keying_material(tls, id.data(), id.size(), label.data(), label.size(), &nothing, 0, 1) != 1)
        return std::nullopt;
    return id;
}

/// RFC 5929, 3: the first Finished message of the handshake, the client's, or the server's where a session is resumed.
/// It has 12 bytes; what binds is its SHA-256, as Autobahn takes it.
std::optional<Digest> unique(ssl_st* tls) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> finished{};
    const std::size_t size = SSL_session_reused(tls) ? SSL_get_finished(tls, finished.data(), finished.size())
                                                     : SSL_get_peer_finished(tls, finished.data(), finished.size());
    if (size == 0 || size > finished.size()) return std::nullopt;
    return sha256(finished.data(), size);
}

/// RFC 5929, 4.1: the hash is that of the certificate's signature, with SHA-256 in the place of MD5 and SHA-1. Where that
/// is a longer one there is no id of 32 bytes, and none is offered.
std::optional<Digest> server_end_point(ssl_st* tls) {
    const X509* certificate = SSL_get_certificate(tls);
    int hash = NID_undef;
    if (!certificate || X509_get_signature_info(const_cast<X509*>(certificate), &hash, nullptr, nullptr, nullptr) != 1)
        return std::nullopt;
    if (hash != NID_md5 && hash != NID_sha1 && hash != NID_sha256) return std::nullopt;
    return sha256(certificate);
}

/// The last one stands nearest to the holder (RFC 6125, 1.8: the most specific).
std::string common_name(const X509* certificate) {
    const X509_NAME* name = X509_get_subject_name(certificate);
    int at = -1;
    for (int next = X509_NAME_get_index_by_NID(name, NID_commonName, -1); next >= 0;
         next = X509_NAME_get_index_by_NID(name, NID_commonName, at))
        at = next;
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    std::string common = size > 0 ? std::string(reinterpret_cast<char*>(text), static_cast<std::size_t>(size)) : "";
    OPENSSL_free(text);
    if (common.find('\0') != std::string::npos) return {};  // one name for us, another for who looks at it as C text
    return common;
}

}  // namespace

void tell_tls_facts(ssl_st* tls, PeerFacts& facts) {
    if (!SSL_is_init_finished(tls)) return;
    const bool newest = SSL_version(tls) >= TLS1_3_VERSION;
    if (newest || SSL_get_extms_support(tls) == 1) {
        facts.tls_exporter = exporter(tls);
        if (!newest) facts.tls_unique = unique(tls);
    }
    facts.server_end_point = server_end_point(tls);
    X509* certificate = SSL_get_verify_mode(tls) == SSL_VERIFY_NONE ? nullptr : SSL_get1_peer_certificate(tls);
    if (!certificate) return;
    if (SSL_get_verify_result(tls) == X509_V_OK) {
        facts.certificate = sha256(certificate);
        facts.certificate_name = common_name(certificate);
    }
    X509_free(certificate);
}

}  // namespace heddle
