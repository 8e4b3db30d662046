// TLS streams over a socket pair, against OpenSSL's client side: what an ending is taken for.
#include "router/stream.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>

namespace heddle {
namespace {

struct Freed {
    void operator()(SSL_CTX* one) const { SSL_CTX_free(one); }
    void operator()(SSL* one) const { SSL_free(one); }
};
using ServerTls = std::unique_ptr<SSL_CTX, Freed>;

ServerTls server_context() {
    ServerTls context(SSL_CTX_new(TLS_server_method()));
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context.get(), certificate);
    SSL_CTX_use_PrivateKey(context.get(), key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

class TlsStream : public testing::TestWithParam<int> {
 protected:
    TlsStream() {
        ::signal(SIGPIPE, SIG_IGN);  // as in the router: OpenSSL may write to a socket whose peer is gone
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
        stream = std::make_unique<Stream>(ends[0]);
        peer = ends[1];
        EXPECT_TRUE(stream->start_tls(context.get()));
        client.reset(SSL_new(client_context.get()));
        SSL_set_min_proto_version(client.get(), GetParam());
        SSL_set_max_proto_version(client.get(), GetParam());
        SSL_set_fd(client.get(), peer);
        SSL_set_connect_state(client.get());
    }
    ~TlsStream() override {
        if (peer >= 0) ::close(peer);
    }
    IoResult read() { return stream->read(buffer); }
    void shake_hands() {
        for (int i = 0; i < 4; ++i) {
            SSL_do_handshake(client.get());
            EXPECT_EQ(read().status, IoStatus::want_read);
        }
        EXPECT_TRUE(SSL_is_init_finished(client.get()));
    }
    void lose_peer() {
        ::close(peer);
        peer = -1;
    }

    ServerTls context = server_context(), client_context{SSL_CTX_new(TLS_client_method())};
    std::unique_ptr<SSL, Freed> client;
    std::unique_ptr<Stream> stream;
    std::array<char, 1024> buffer{};
    int peer = -1;
};

TEST_P(TlsStream, APeerThatIsLostAfterTheHandshakeIsNoFaultOfTheHandshake) {
    shake_hands();
    EXPECT_EQ(SSL_write(client.get(), "abc", 3), 3);
    const IoResult got = read();
    EXPECT_EQ(got.status, IoStatus::done);
    EXPECT_EQ(got.bytes, 3u);
    lose_peer();
    EXPECT_EQ(read().status, IoStatus::failed);
    EXPECT_EQ(stream->handshake_fault(), "");
}

TEST_P(TlsStream, SoIsOneThatNeverSaidAWordBehindIt) {
    shake_hands();
    lose_peer();
    EXPECT_EQ(read().status, IoStatus::failed);
    EXPECT_EQ(stream->handshake_fault(), "");
}

TEST_P(TlsStream, APeerThatTakesLeaveIsAnEnd) {
    shake_hands();
    SSL_shutdown(client.get());
    lose_peer();
    EXPECT_EQ(read().status, IoStatus::end);
    EXPECT_EQ(stream->handshake_fault(), "");
}

TEST_P(TlsStream, WhoIsNoTlsClientFailsTheHandshake) {
    EXPECT_EQ(::send(peer, "\x16\x03\x01\x00\x05hello", 10, 0), 10);
    EXPECT_EQ(read().status, IoStatus::failed);
    EXPECT_NE(stream->handshake_fault(), "");
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsStream, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace heddle
