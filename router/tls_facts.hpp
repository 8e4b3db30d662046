#pragma once
#include "realms/peer_facts.hpp"

struct ssl_st;

namespace heddle {

/// What a TLS connection whose handshake is done tells of itself and its peer: channel ids and the client's certificate.
/// Fields that do not apply stay as they are.
///
/// Channel ids need a key that no third party can have steered: TLS 1.3, or 1.2 with the extended master secret (RFC 7627).
/// `tls_unique` does not exist in TLS 1.3.
void tell_tls_facts(ssl_st* tls, PeerFacts& facts);

}  // namespace heddle
