#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/client/failure.hpp"

namespace heddle {

/// What a client proves itself with; secrets as they are, not references. At most one of ticket, secret, private_key and
/// jwt; a TLS client certificate may go with any of them.
struct LoginCredentials {
    std::string method;  // on the wire; empty: follows from what is there
    std::string authid;
    std::string ticket;       // or a token of the router, "hdl_.."
    std::string secret;       // password: SCRAM, else WAMP-CRA
    std::string private_key;  // Ed25519 seed, 32 bytes
    std::string jwt;
    std::string channel_binding;  // "tls-exporter", "tls-unique", "tls-server-end-point"; empty: none
    bool certificate = false;     // the TLS connection shows one
    bool local = false;           // a Unix socket whose router trusts our user id

    bool anonymous() const;
};

/// Methods that --auth takes.
std::vector<std::string_view> auth_methods();

/// The client's side of logging in, over JSON and without a connection: what HELLO says, how a CHALLENGE is answered,
/// what WELCOME must show. Refuses to be let in by a router that cannot prove what it should.
class Login {
 public:
    /// Gives the id of the channel, or nothing where it has none of that kind.
    using ChannelId = std::function<std::optional<std::string>(std::string_view type)>;

    /// `random`: at least 16 bytes, never used before. Throws Failure (usage) where the credentials do not make a login.
    Login(LoginCredentials credentials, std::string_view random, ChannelId channel_id);
    ~Login();

    /// Members of HELLO.Details: authmethods, authid, authextra.
    nlohmann::json hello() const;
    struct Answer {
        std::string signature;
        nlohmann::json extra = nlohmann::json::object();
    };
    /// Throws Failure (not_let_in) where the challenge is none that may be answered.
    Answer answer(const std::string& method, const nlohmann::json& extra);
    /// `details` of WELCOME. Throws Failure (not_let_in).
    void check(const nlohmann::json& details) const;

    /// "as kim by scram", "by jwt", "as anonymous": for messages.
    std::string description() const;

 private:
    std::vector<std::string> methods() const;
    Answer answer_cra(const nlohmann::json& extra) const;
    Answer answer_scram(const nlohmann::json& extra);
    Answer answer_cryptosign(const nlohmann::json& extra) const;
    std::string bound_channel(const nlohmann::json& extra) const;

    LoginCredentials credentials_;
    ChannelId channel_id_;
    std::string nonce_;             // ours, of SCRAM
    std::string server_signature_;  // what WELCOME must show; empty: SCRAM was not asked of us
    bool challenged_ = false;
};

}  // namespace heddle
