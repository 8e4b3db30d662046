#include "router/cli/credentials.hpp"

#include "realms/auth/key_text.hpp"
#include "router/cli/references.hpp"
#include "router/cli/settings.hpp"

namespace heddle::cli {
namespace {

std::string of_whom(const Globals& globals) { return globals.authid.empty() ? "" : " of " + globals.authid; }

std::string plain_path(const std::string& text) { return text.starts_with("file:") ? text.substr(5) : text; }

}  // namespace

LoginCredentials read_credentials(const Globals& globals) {
    LoginCredentials out;
    out.method = globals.auth;
    out.authid = globals.authid;
    out.channel_binding = globals.channel_binding;
    out.certificate = !globals.tls_cert.empty();
    const auto read = [&](const std::string& reference, const char* setting, const char* what) {
        if (reference.empty()) return std::string();
        return read_reference(reference, what + of_whom(globals), origin_of(globals, setting), globals);
    };
    out.ticket = read(globals.ticket, "ticket", "ticket");
    out.secret = read(globals.secret, "secret", "password");
    out.jwt = read(globals.jwt, "jwt", "token");
    if (!globals.private_key.empty()) {
        const std::string origin = origin_of(globals, "private-key");
        auto seed = auth::read_private_key(
            read_key_text(globals.private_key, "private key" + of_whom(globals), origin, globals));
        if (!seed) throw Failure(Failure::Kind::usage, origin + ": " + seed.error().what);
        out.private_key = *seed;
    }
    const bool nameless = out.ticket.empty() && out.secret.empty() && out.private_key.empty() && out.jwt.empty() &&
                          !out.certificate && out.method.empty();
    if (nameless && !out.authid.empty())
        throw Failure(Failure::Kind::usage,
                      origin_of(globals, "authid") + " " + out.authid + " comes without anything that proves it",
                      {"one of --ticket, --secret, --private-key, --jwt; like --secret - to be asked"});
    return out;
}

WampOptions wamp_options(const Globals& globals) {
    auto address = parse_address(globals.url);
    if (!address)
        throw Failure(Failure::Kind::usage, "not an address: " + globals.url + ": " + address.error().what,
                      {"address " + globals.url_origin});
    if (!globals.tls_cert.empty() && !address->tls)
        throw Failure(Failure::Kind::usage,
                      origin_of(globals, "tls-cert") + ": a certificate needs TLS, and " + globals.url + " is without",
                      {"address " + globals.url_origin + "; like wss://host or rss://host:port"});
    Encoding encoding = globals.serializer == "msgpack" ? Encoding::msgpack
                        : globals.serializer == "cbor"  ? Encoding::cbor
                                                        : Encoding::json;
    WampOptions options{*address, globals.realm, encoding, plain_path(globals.tls_ca), globals.timeout};
    options.tls_cert = plain_path(globals.tls_cert);
    options.tls_key = plain_path(globals.tls_key);
    options.credentials = read_credentials(globals);
    options.joined = [who = globals.who](const WampIdentity& identity) {
        if (who) *who = identity;
    };
    return options;
}

std::string describe_identity(const Globals& globals) {
    std::string out = "anonymous";
    if (globals.who && globals.who->session != 0) {
        if (globals.who->authmethod != "anonymous") out = globals.who->authid;
        if (globals.who->authrole != out) out += ", role " + globals.who->authrole;
        out += ", realm " + globals.who->realm;
    } else {
        if (!globals.authid.empty()) out = globals.authid;
        out += ", realm " + globals.realm;
    }
    return globals.context.empty() ? out : out + " (context " + globals.context + ")";
}

}  // namespace heddle::cli
