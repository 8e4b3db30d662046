#pragma once
#include <functional>
#include <memory>
#include <string>

#include "bridge/envelope.hpp"
#include "router/client/login.hpp"
#include "router/client/transport.hpp"

namespace heddle {

struct WarpOptions {
    Address address;  // WebSocket; its path is the realm, or /REALM where it has none
    std::string realm;
    std::string tls_ca;
    std::chrono::milliseconds timeout{10'000};
    std::string tls_cert = {}, tls_key = {};  // as WampOptions'
    LoginCredentials credentials = {};             // anonymous, ticket, token, jwt: what @auth can carry
};

/// One WARP connection as a client: sends envelopes, hears envelopes. Offers `warp0`.
class WarpClient {
 public:
    using OnEnvelope = std::function<void(const Envelope&)>;  // good during the call

    /// Connects, or throws Failure.
    WarpClient(Loop& loop, const WarpOptions& options, OnEnvelope heard);
    ~WarpClient();

    /// `body` is Recon as it stands behind the header: empty, or what put_body wrote.
    void send(EnvelopeKind kind, std::string_view node, std::string_view lane, std::string_view body = {});

    /// As WampClient's.
    void wait(const std::function<bool()>& done, std::string_view what);
    bool wait_long(const std::function<bool()>& done, Deadline deadline);

    /// After what was sent has left.
    void leave();

    /// What swim clients call the host: the URL with the realm in its path.
    static std::string host_uri(const Address& address, const std::string& realm);

 private:
    void throw_ended() const;
    void authenticate();

    Loop& loop_;
    WarpOptions options_;
    OnEnvelope heard_;
    EnvelopeReader reader_;
    std::unique_ptr<ClientTransport> transport_;
    std::string ended_;  // why; empty while all is well
    bool authed_ = false, deauthed_ = false;
};

}  // namespace heddle
