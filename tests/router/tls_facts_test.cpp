// What a TLS connection tells of itself, held against what OpenSSL's client side says of the same connection.
#include "router/tls_facts.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace heddle {
namespace {

using Digest = PeerFacts::Digest;

template <auto free>
struct Free {
    template <class T>
    void operator()(T* one) const {
        free(one);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, Free<SSL_free>>;
using Session = std::unique_ptr<SSL_SESSION, Free<SSL_SESSION_free>>;

struct Identity {
    Key key{EVP_EC_gen("P-256")};
    Certificate certificate{X509_new()};

    explicit Identity(const std::string& name, const EVP_MD* hash = EVP_sha256()) {
        X509* x = certificate.get();
        X509_set_version(x, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
        X509_gmtime_adj(X509_getm_notBefore(x), -60);
        X509_gmtime_adj(X509_getm_notAfter(x), 3600);
        X509_set_pubkey(x, key.get());
        X509_NAME* subject = X509_get_subject_name(x);
        for (const std::string& common : {std::string("organisation"), name})
            X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(common.data()),
                                       static_cast<int>(common.size()), -1, 0);
        X509_set_issuer_name(x, subject);
        X509_sign(x, key.get(), hash);
    }
    void use(SSL_CTX* context) const {
        SSL_CTX_use_certificate(context, certificate.get());
        SSL_CTX_use_PrivateKey(context, key.get());
    }
};

Digest sha256(const unsigned char* bytes, std::size_t size) {
    Digest digest{};
    EVP_Digest(bytes, size, digest.data(), nullptr, EVP_sha256(), nullptr);
    return digest;
}
Digest fingerprint(const Identity& of) {
    Digest digest{};
    X509_digest(of.certificate.get(), EVP_sha256(), digest.data(), nullptr);
    return digest;
}

class TlsFacts : public testing::Test {
 protected:
    TlsFacts() { own.use(server_context.get()); }

    /// Both ends talk until both are done.
    PeerFacts connect(int version, long client_options = 0, SSL_SESSION* resume = nullptr) {
        for (SSL_CTX* context : {server_context.get(), client_context.get()}) {
            SSL_CTX_set_min_proto_version(context, version);
            SSL_CTX_set_max_proto_version(context, version);
        }
        SSL_CTX_set_options(client_context.get(), static_cast<std::uint64_t>(client_options));
        server.reset(SSL_new(server_context.get()));
        client.reset(SSL_new(client_context.get()));
        BIO *one = nullptr, *other = nullptr;
        BIO_new_bio_pair(&one, 1 << 16, &other, 1 << 16);
        SSL_set_bio(server.get(), one, one);
        SSL_set_bio(client.get(), other, other);
        SSL_set_accept_state(server.get());
        SSL_set_connect_state(client.get());
        if (resume) SSL_set_session(client.get(), resume);
        PeerFacts before;
        tell_tls_facts(server.get(), before);
        EXPECT_FALSE(before.tls_exporter || before.server_end_point) << "there is no connection yet";
        for (int i = 0; i < 10; ++i) {
            SSL_do_handshake(client.get());
            SSL_do_handshake(server.get());
        }
        EXPECT_TRUE(SSL_is_init_finished(server.get()) && SSL_is_init_finished(client.get()));
        PeerFacts facts;
        tell_tls_facts(server.get(), facts);
        return facts;
    }
    Digest clients_exporter() {
        Digest id{};
        const unsigned char nothing = 0;
        SSL_export_keying_material(client.get(), id.data(), id.size(), "EXPORTER-Channel-Binding", 24, &nothing, 0, 1);
        return id;
    }
    Digest clients_finished(bool own_one) {
        unsigned char bytes[64];
        const std::size_t size = own_one ? SSL_get_finished(client.get(), bytes, sizeof bytes)
                                         : SSL_get_peer_finished(client.get(), bytes, sizeof bytes);
        EXPECT_EQ(size, 12u);
        return sha256(bytes, size);
    }

    Identity own{"router"}, kim{"kim"};
    Context server_context{SSL_CTX_new(TLS_server_method())}, client_context{SSL_CTX_new(TLS_client_method())};
    Tls server, client;
};

TEST_F(TlsFacts, OfTls13AreTheExporterAndNoFinished) {
    const PeerFacts facts = connect(TLS1_3_VERSION);
    EXPECT_EQ(facts.tls_exporter, clients_exporter());
    EXPECT_FALSE(facts.tls_unique);
    const PeerFacts another = connect(TLS1_3_VERSION);
    EXPECT_NE(another.tls_exporter, facts.tls_exporter);
}

TEST_F(TlsFacts, OfTls12AreBothTheFirstFinishedBeingTheClients) {
    const PeerFacts facts = connect(TLS1_2_VERSION);
    EXPECT_EQ(facts.tls_exporter, clients_exporter());
    EXPECT_EQ(facts.tls_unique, clients_finished(true));
}

TEST_F(TlsFacts, WhereASessionIsResumedTheServersFinishedIsTheFirst) {
    connect(TLS1_2_VERSION);
    const Session session(SSL_get1_session(client.get()));
    for (SSL* end : {server.get(), client.get()})  // a session of a connection that breaks off is not to be resumed
        SSL_set_shutdown(end, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    const PeerFacts facts = connect(TLS1_2_VERSION, 0, session.get());
    ASSERT_TRUE(SSL_session_reused(server.get()));
    EXPECT_EQ(facts.tls_unique, clients_finished(false));
    EXPECT_NE(facts.tls_unique, clients_finished(true));
}

TEST_F(TlsFacts, WithoutTheExtendedMasterSecretNothingBinds) {
    const PeerFacts facts = connect(TLS1_2_VERSION, SSL_OP_NO_EXTENDED_MASTER_SECRET);
    EXPECT_FALSE(facts.tls_exporter);
    EXPECT_FALSE(facts.tls_unique);
    EXPECT_TRUE(facts.server_end_point);
}

TEST_F(TlsFacts, TheServersCertificateIsAnEndPointWhereItsHashHas32Bytes) {
    EXPECT_EQ(connect(TLS1_3_VERSION).server_end_point, fingerprint(own));
    const Identity longer("router", EVP_sha384());
    longer.use(server_context.get());
    EXPECT_FALSE(connect(TLS1_3_VERSION).server_end_point);
}

TEST_F(TlsFacts, AClientsCertificateCountsOnceItsChainIsVerified) {
    kim.use(client_context.get());
    EXPECT_FALSE(connect(TLS1_3_VERSION).certificate) << "nobody asked";
    SSL_CTX_set_verify(server_context.get(), SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    EXPECT_FALSE(connect(TLS1_3_VERSION).certificate) << "it was let through unverified";
    SSL_CTX_set_verify(server_context.get(), SSL_VERIFY_PEER, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(server_context.get()), kim.certificate.get());
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const PeerFacts facts = connect(version);
        EXPECT_EQ(facts.certificate, fingerprint(kim));
        EXPECT_EQ(facts.certificate_name, "kim") << "the last common name";
    }
}

TEST_F(TlsFacts, ANameThatEndsEarlyIsNone) {
    const Identity split(std::string("kim\0.evil.org", 13));
    split.use(client_context.get());
    SSL_CTX_set_verify(server_context.get(), SSL_VERIFY_PEER, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(server_context.get()), split.certificate.get());
    const PeerFacts facts = connect(TLS1_3_VERSION);
    EXPECT_EQ(facts.certificate, fingerprint(split));
    EXPECT_EQ(facts.certificate_name, "");
}

}  // namespace
}  // namespace heddle
