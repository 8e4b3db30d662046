#pragma once
#include <array>
#include <cstdint>

struct ssl_ctx_st;

namespace heddle {

/// What a listener's certificate says of itself.
struct CertificateFacts {
    std::array<std::uint8_t, 32> digest{};  // SHA-256 of the whole
    std::int64_t not_after = 0;             // Unix seconds
};

/// Of the certificate that a TLS context shows; nothing but zeros where it has none.
CertificateFacts certificate_of(ssl_ctx_st* context);

}  // namespace heddle
