#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <string>

namespace heddle {
struct WampIdentity;
}

namespace heddle::cli {

enum class Form { human, json, raw };

/// The flags that every command understands. Each also comes from HEDDLE_<FLAG> and most from a context; settings.hpp
/// is their table, and fills in what the command line left out.
struct Globals {
    std::string context, url = "ws://127.0.0.1:8080", realm = "realm1";
    std::string output = "human";
    std::string timeout_text = "10s";
    std::string serializer;  // empty: the default of the command
    std::string color = "auto";
    bool quiet = false, verbose = false;

    // Of logging in. Secrets are references here (secret.hpp): file: env: cmd: or -.
    std::string auth, authid, ticket, secret, private_key, jwt, channel_binding;
    std::string tls_ca, tls_cert, tls_key;

    // Made of the texts above once the command line is read.
    Form form = Form::human;
    std::chrono::milliseconds timeout{10'000};
    std::map<std::string, std::string, std::less<>> origins;  // by setting: "--url", "HEDDLE_URL", "context plant"
    std::string url_origin = "is the default";                // "comes from --url", ..
    std::shared_ptr<WampIdentity> who;                        // whom the router took us for, once it did
};

}  // namespace heddle::cli
