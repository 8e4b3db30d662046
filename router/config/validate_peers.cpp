// What listeners and certificates say of those who come: TLS clients, browsers, local users.
#include <algorithm>

#include "router/config/validate.hpp"

namespace heddle::config {
namespace {

void check_clients(const Element& element, const TlsSettings& tls, Mistakes& mistakes) {
    check_file(element, "client_ca", tls.client_ca, false, mistakes);
    const bool asks = tls.client_certificate != ClientCertificate::no;
    if (asks && tls.client_ca.empty())
        report(mistakes, false, element, "client_certificate", "nobody could check the certificates of clients",
               "like client_ca = \"certs/clients.pem\"");
    if (!asks && !tls.client_ca.empty())
        report(mistakes, true, element, "client_ca", "clients are not asked for a certificate",
               "add client_certificate = \"asked\" or \"required\"");
}

/// Browsers say `scheme://host` or `scheme://host:port`, in lower case, without a port that goes without saying.
std::string_view why_no_origin(std::string_view origin) {
    if (origin == "null") return "is what any page can have a browser say";
    const std::size_t scheme = origin.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return "has no scheme, like https://app.example.com";
    const std::string_view authority = origin.substr(scheme + 3);
    if (authority.empty() || authority.find_first_of("/?#@ ") != std::string_view::npos)
        return "is more than scheme, host and port";
    if (authority.find('*') != std::string_view::npos) return "is a pattern; only exact origins and \"*\" alone are known";
    if (std::any_of(origin.begin(), origin.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
        return "has capitals, which browsers write small";
    const bool default_port = (origin.starts_with("https://") && authority.ends_with(":443")) ||
                              (origin.starts_with("http://") && authority.ends_with(":80"));
    return default_port ? "names the port that browsers leave out" : std::string_view();
}

void check_origins(const Element& element, const ListenerSettings& listener, bool cookies, Mistakes& mistakes) {
    for (const std::string& origin : listener.origins) {
        if (origin == "*") {
            if (cookies)
                report(mistakes, false, element, "origins",
                       "\"*\" lets every web page in, but a realm lets browsers log in by cookie",
                       "name the pages: origins = [\"https://app.example.com\"]");
        } else if (const std::string_view why = why_no_origin(origin); !why.empty()) {
            report(mistakes, false, element, "origins", "origin \"" + origin + "\" " + std::string(why));
        }
    }
}

void check_peer_admins(const Element& element, const ListenerSettings& listener, Mistakes& mistakes) {
    if (listener.peer_admins.empty()) return;
    if (listener.unix_path.empty())
        report(mistakes, false, element, "peer_admins", "only a Unix socket tells who is at the other end",
               "like address = \"unix:admin.sock\"");
    for (const std::string& name : listener.peer_admins)
        if (name.empty() || name == "%" || name.find_first_of(" ,:\n") != std::string::npos)
            report(mistakes, false, element, "peer_admins", "\"" + name + "\" is no user and no %group",
                   "like [\"root\", \"%heddle\"]");
}

}  // namespace

void validate_peers(const Element& root, const ServerSettings& settings, Mistakes& mistakes) {
    const auto tls = children_of(root, "tls"), listeners = children_of(root, "listener");
    for (std::size_t i = 0; i < tls.size(); ++i) check_clients(*tls[i], settings.tls[i], mistakes);
    const bool cookies = std::any_of(settings.realms.begin(), settings.realms.end(), [](const RealmEntry& entry) {
        return entry.realm.auth.methods.has(AuthMethod::cookie);
    });
    for (std::size_t i = 0; i < listeners.size(); ++i) {
        check_origins(*listeners[i], settings.listeners[i], cookies, mistakes);
        check_peer_admins(*listeners[i], settings.listeners[i], mistakes);
    }
}

}  // namespace heddle::config
