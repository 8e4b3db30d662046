#include "router/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stdexcept>

namespace heddle {
namespace {

constexpr int chain_depth_max = 8;
// TLS 1.3 has no others; of TLS 1.2 what is left without CBC, static RSA and finite fields.
constexpr const char* ciphers_of_tls12 = "ECDHE+AESGCM:ECDHE+CHACHA20";

[[noreturn]] void fail(const std::string& what, const std::string& file) {
    throw std::runtime_error(what + file + ": " + last_tls_error());
}

}  // namespace

std::string last_tls_error() {
    char text[256] = "unknown TLS error";
    if (unsigned long code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
    ERR_clear_error();
    return text;
}

TlsContext::TlsContext(const TlsSettings& settings) : context_(SSL_CTX_new(TLS_server_method())) {
    if (!context_) throw std::runtime_error("cannot start TLS: " + last_tls_error());
    try {
        SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
        SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                          SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
        SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_num_tickets(context_, 0);
        SSL_CTX_set_cipher_list(context_, ciphers_of_tls12);
        SSL_CTX_set_mode(
            context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
        use_certificate(settings);
        ask_clients(settings);
    } catch (...) {
        SSL_CTX_free(context_);
        throw;
    }
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

void TlsContext::use_certificate(const TlsSettings& settings) {
    if (SSL_CTX_use_certificate_chain_file(context_, settings.certificate.c_str()) != 1)
        fail("cannot use certificate ", settings.certificate);
    if (SSL_CTX_use_PrivateKey_file(context_, settings.key.c_str(), SSL_FILETYPE_PEM) != 1)
        fail("cannot use key ", settings.key);
    if (SSL_CTX_check_private_key(context_) != 1) fail("the certificate does not belong to key ", settings.key);
}

void TlsContext::ask_clients(const TlsSettings& settings) {
    if (settings.client_certificate == ClientCertificate::no) return;
    const char* file = settings.client_ca.c_str();
    if (SSL_CTX_load_verify_locations(context_, file, nullptr) != 1)
        fail("cannot use the authorities in ", settings.client_ca);
    // Their names go to the client, who may have several certificates to choose from.
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file);
    if (!names) fail("no certificate authority in ", settings.client_ca);
    SSL_CTX_set_client_CA_list(context_, names);
    SSL_CTX_set_verify_depth(context_, chain_depth_max);
    const bool required = settings.client_certificate == ClientCertificate::required;
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

}  // namespace heddle
