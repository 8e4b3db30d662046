#include "router/certificate.hpp"

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>

namespace heddle {

CertificateFacts certificate_of(ssl_ctx_st* context) {
    CertificateFacts facts;
    const X509* certificate = SSL_CTX_get0_certificate(context);
    if (!certificate) return facts;
    unsigned int size = 0;
    X509_digest(certificate, EVP_sha256(), facts.digest.data(), &size);
    std::tm end{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1) facts.not_after = ::timegm(&end);
    return facts;
}

}  // namespace heddle
