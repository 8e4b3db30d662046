#pragma once
#include <string>

#include "router/settings.hpp"

struct ssl_ctx_st;

namespace heddle {

/// What a listener shows and asks of TLS clients, loaded and checked: TLS 1.2 at least, forward secrecy and authenticated
/// ciphers only, no renegotiation, no compression, no session tickets, so no session is ever resumed. Immutable; whoever
/// began a connection with it keeps what he needs.
class TlsContext {
 public:
    /// Throws std::runtime_error with a sentence that names the file.
    explicit TlsContext(const TlsSettings& settings);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;
    ssl_ctx_st* get() const { return context_; }

 private:
    void use_certificate(const TlsSettings& settings);
    void ask_clients(const TlsSettings& settings);
    ssl_ctx_st* context_;
};

/// What OpenSSL complained about last, as a sentence; takes it out of its queue.
std::string last_tls_error();

}  // namespace heddle
