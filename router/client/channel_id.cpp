#include "router/client/channel_id.hpp"

#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "realms/auth/digest.hpp"

namespace heddle {
namespace {

std::optional<std::string> exporter(ssl_st* tls) {
    constexpr std::string_view label = "EXPORTER-Channel-Binding";
    constexpr unsigned char nothing = 0;
    std::string id(auth::digest_size, '\0');
    auto* at = reinterpret_cast<unsigned char*>(id.data());
    if (SSL_export_keying_material(tls, at, id.size(), label.data(), label.size(), &nothing, 0, 1) != 1)
        return std::nullopt;
    return id;
}

std::optional<std::string> unique(ssl_st* tls) {
    std::string finished(EVP_MAX_MD_SIZE, '\0');
    const std::size_t size = SSL_session_reused(tls) ? SSL_get_peer_finished(tls, finished.data(), finished.size())
                                                     : SSL_get_finished(tls, finished.data(), finished.size());
    if (size == 0 || size > finished.size()) return std::nullopt;
    return auth::sha256(std::string_view(finished).substr(0, size));
}

std::optional<std::string> server_end_point(ssl_st* tls) {
    X509* certificate = SSL_get1_peer_certificate(tls);
    if (!certificate) return std::nullopt;
    int hash = NID_undef;
    std::string id(auth::digest_size, '\0');
    const bool known = X509_get_signature_info(certificate, &hash, nullptr, nullptr, nullptr) == 1;
    const bool short_hash = hash == NID_md5 || hash == NID_sha1 || hash == NID_sha256;  // taken with SHA-256 (4.1)
    const bool done =
        known && short_hash &&
        X509_digest(certificate, EVP_sha256(), reinterpret_cast<unsigned char*>(id.data()), nullptr) == 1;
    X509_free(certificate);
    if (!done) return std::nullopt;
    return id;
}

}  // namespace

std::optional<std::string> channel_id(ssl_st* tls, std::string_view type) {
    if (!tls || !SSL_is_init_finished(tls)) return std::nullopt;
    const bool newest = SSL_version(tls) >= TLS1_3_VERSION;
    if (type == "tls-server-end-point") return server_end_point(tls);
    // Below TLS 1.3 only the extended master secret binds them to the certificate (RFC 7627).
    if (!newest && SSL_get_extms_support(tls) != 1) return std::nullopt;
    if (type == "tls-exporter") return exporter(tls);
    if (type == "tls-unique" && !newest) return unique(tls);
    return std::nullopt;
}

}  // namespace heddle
