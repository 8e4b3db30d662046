#pragma once
#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "router/tls_context.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace heddle {

enum class IoStatus : unsigned char { done, want_read, want_write, end, failed };
struct IoResult {
    IoStatus status = IoStatus::done;
    std::size_t bytes = 0;
};

/// A non-blocking byte stream over a socket, plain or TLS: the one place that knows the difference. Owns the
/// descriptor. Waiting for readiness is another's business (ConnectionSocket); nothing here blocks.
class Stream {
 public:
    explicit Stream(int descriptor) : descriptor_(descriptor) {}
    virtual ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    int descriptor() const { return descriptor_; }
    bool secure() const { return ssl_ != nullptr; }
    /// Null without TLS.
    ssl_st* tls() const { return ssl_; }
    /// Why the TLS handshake failed; empty where it did not.
    const std::string& handshake_fault() const { return fault_; }

    /// The first byte without taking it: -1 end or failure, -2 nothing there yet.
    virtual int peek_first_byte() const;
    /// From here on the bytes are TLS. The handshake runs inside read and write.
    bool start_tls(ssl_ctx_st* context);

    virtual IoResult read(std::span<char> into);
    virtual IoResult write(std::span<const iovec> parts);
    /// Bytes that were written and that the peer's side has not taken yet (SIOCOUTQ); 0 where the kernel does not say.
    virtual std::size_t unsent() const;
    /// How much the kernel holds for the socket (SO_SNDBUF), in bytes.
    virtual void set_send_buffer(std::size_t bytes);
    /// The peer gets no more of what the kernel still holds: closing resets the connection (SO_LINGER of zero).
    virtual void reset_on_close();
    /// No more bytes from us; the peer's may still come.
    virtual void shutdown_write();

 private:
    IoResult tls_result(int result) const;
    bool handshake_was_finished() const;
    void note_handshake_fault() const;
    int descriptor_;
    ssl_st* ssl_ = nullptr;
    mutable std::string fault_;  // of the handshake
};

}  // namespace heddle
