#include "router/stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace heddle {
namespace {

constexpr std::size_t tls_record_max = 16 << 10;

IoResult socket_result(ssize_t result, IoStatus would_block) {
    if (result > 0) return {IoStatus::done, static_cast<std::size_t>(result)};
    if (result == 0) return {IoStatus::end, 0};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {would_block, 0};
    return {IoStatus::failed, 0};
}

}  // namespace

Stream::~Stream() {
    if (ssl_) SSL_free(ssl_);
    if (descriptor_ >= 0) ::close(descriptor_);
}

int Stream::peek_first_byte() const {
    unsigned char byte = 0;
    const ssize_t got = ::recv(descriptor_, &byte, 1, MSG_PEEK);
    if (got == 1) return byte;
    return got < 0 && (errno == EAGAIN || errno == EINTR) ? -2 : -1;
}

bool Stream::start_tls(ssl_ctx_st* context) {
    ssl_ = SSL_new(context);
    if (!ssl_ || SSL_set_fd(ssl_, descriptor_) != 1) return false;
    SSL_set_accept_state(ssl_);
    return true;
}

IoResult Stream::tls_result(int result) const {
    if (result > 0) return {IoStatus::done, static_cast<std::size_t>(result)};
    const int error = SSL_get_error(ssl_, result);
    if (error == SSL_ERROR_SSL && !handshake_was_finished()) note_handshake_fault();
    ERR_clear_error();
    switch (error) {
        case SSL_ERROR_WANT_READ:
            return {IoStatus::want_read, 0};
        case SSL_ERROR_WANT_WRITE:
            return {IoStatus::want_write, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {IoStatus::end, 0};
        default:
            return {IoStatus::failed, 0};
    }
}

/// SSL_is_init_finished does not tell: after a fatal error, and be it the end of the socket, it says no.
bool Stream::handshake_was_finished() const {
    unsigned char any[EVP_MAX_MD_SIZE];
    return SSL_get_peer_finished(ssl_, any, sizeof any) > 0;
}

void Stream::note_handshake_fault() const {
    const long verdict = SSL_get_verify_result(ssl_);
    if (verdict != X509_V_OK) {
        fault_ = std::string("client certificate: ") + X509_verify_cert_error_string(verdict);
    } else if (const char* reason = ERR_reason_error_string(ERR_peek_last_error())) {
        fault_ = reason;
    } else {
        fault_ = "TLS handshake failed";
    }
}

IoResult Stream::read(std::span<char> into) {
    if (ssl_) {
        // One call hands over at most one record: go on while whole records are there, or they would wait for the next
        // readiness.
        std::size_t total = 0;
        while (total < into.size()) {
            const IoResult result =
                tls_result(SSL_read(ssl_, into.data() + total, static_cast<int>(into.size() - total)));
            if (result.status != IoStatus::done) return total > 0 ? IoResult{IoStatus::done, total} : result;
            total += result.bytes;
        }
        return {IoStatus::done, total};
    }
    return socket_result(::recv(descriptor_, into.data(), into.size(), 0), IoStatus::want_read);
}

IoResult Stream::write(std::span<const iovec> parts) {
    if (!ssl_) {
        if (parts.size() == 1)  // nearly always: the kernel has less to copy and check than for a list of one
            return socket_result(::send(descriptor_, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL),
                                 IoStatus::want_write);
        msghdr message{};
        message.msg_iov = const_cast<iovec*>(parts.data());
        message.msg_iovlen = parts.size();
        return socket_result(::sendmsg(descriptor_, &message, MSG_NOSIGNAL), IoStatus::want_write);
    }
    // Small frames are gathered into one record. A retry after want_write repeats the same bytes: the queue only grows
    // behind them.
    char record[tls_record_max];
    std::size_t size = 0;
    for (const iovec& part : parts) {
        const std::size_t take = std::min(part.iov_len, sizeof record - size);
        std::memcpy(record + size, part.iov_base, take);
        size += take;
        if (take < part.iov_len) break;
    }
    return tls_result(SSL_write(ssl_, record, static_cast<int>(size)));
}

std::size_t Stream::unsent() const {
    int bytes = 0;
    return ::ioctl(descriptor_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

void Stream::set_send_buffer(std::size_t bytes) {
    const int value = static_cast<int>(std::min<std::size_t>(bytes, 1 << 30));
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &value, sizeof value);
}

void Stream::reset_on_close() {
    const ::linger no_wait{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &no_wait, sizeof no_wait);
}

void Stream::shutdown_write() {
    if (ssl_) {
        SSL_shutdown(ssl_);
        ERR_clear_error();
    }
    ::shutdown(descriptor_, SHUT_WR);
}

}  // namespace heddle
