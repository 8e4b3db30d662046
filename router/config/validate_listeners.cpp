// What listeners, their certificates and the paths of the HTTP bridge refer to, and who can reach what over them.
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <stdexcept>

#include "router/address_range.hpp"
#include "router/certificate.hpp"
#include "router/config/validate.hpp"
#include "router/tls_context.hpp"

namespace heddle::config {
namespace {

constexpr int days_of_warning = 21;  // before a certificate ends

bool url_path(const std::string& text) {
    return text.starts_with('/') && text.find("..") == text.npos && text.find_first_of("?# ") == text.npos;
}

void check_mode(const Element& element, std::string_view key, const std::string& path, Mistakes& mistakes) {
    struct stat info {};
    if (path.empty() || ::stat(path.c_str(), &info) != 0 || (info.st_mode & 07) == 0) return;
    const std::string what = key == "key" ? "the key " : "the password in ";
    report(mistakes, false, element, key, "others may read " + what + path, "chmod o= " + path);
}

/// The certificate with its key, as a listener would load them; then how long it is good for.
void check_certificate(const Element& element, const TlsSettings& tls, Mistakes& mistakes) {
    const std::size_t before = mistakes.errors();
    check_file(element, "certificate", tls.certificate, false, mistakes);
    check_file(element, "key", tls.key, false, mistakes);
    check_mode(element, "key", tls.key, mistakes);
    const bool no_authorities =
        tls.client_certificate != ClientCertificate::no && !std::filesystem::exists(tls.client_ca);
    if (mistakes.errors() > before || no_authorities || tls.certificate.empty() || tls.key.empty()) return;
    try {
        const TlsContext context(tls);
        const auto end = std::chrono::system_clock::from_time_t(certificate_of(context.get()).not_after);
        const std::chrono::duration<double, std::ratio<86400>> left = end - std::chrono::system_clock::now();
        const int days = static_cast<int>(std::floor(left.count()));
        if (days < 0)
            report(mistakes, true, element, "certificate", "certificate \"" + tls.name + "\" is over: clients refuse it");
        else if (days < days_of_warning)
            report(mistakes, true, element, "certificate",
                   "certificate \"" + tls.name + "\" ends in " + std::to_string(days) + (days == 1 ? " day" : " days"));
    } catch (const std::runtime_error& error) {
        report(mistakes, false, element, "certificate", error.what());
    }
}

/// Administration passes passwords and decides over everything: nobody on the way may read or change it.
void check_reach(const Element& element, const ListenerSettings& listener, Mistakes& mistakes) {
    if (listener.console && !listener.admin)
        report(mistakes, false, element, "serve", "the console is a client of admin, which this listener does not serve",
               "add \"admin\"");
    if (listener.local()) return;
    if (listener.admin && listener.tls.empty())
        report(mistakes, false, element, "serve",
               "admin can be reached from other machines without TLS: passwords would go over the network in the open",
               "tls = \"..\", or serve admin at 127.0.0.1 or unix:NAME");
    else if (listener.admin)
        report(mistakes, true, element, "serve", "admin can be reached from other machines");
    if (listener.metrics) report(mistakes, true, element, "serve", "metrics can be read from other machines");
}

void check_client_address(const Element& listener, const ClientAddressSettings& settings, Mistakes& mistakes) {
    const auto found = children_of(listener, "client_address");
    if (found.empty()) return;
    const Element& element = *found.front();
    if (settings.header.empty() != settings.from.empty())
        report(mistakes, false, element, settings.header.empty() ? "from" : "header",
               settings.header.empty() ? "which header says where clients come from?"
                                       : "whose header is believed? Anybody could claim to be anybody",
               settings.header.empty() ? "like header = \"X-Forwarded-For\"" : "like from = [\"10.0.0.0/8\"]");
    if (settings.header.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
        settings.header.npos)
        report(mistakes, false, element, "header", "\"" + settings.header + "\" is no name of a header");
    for (const std::string& range : settings.from)
        if (!AddressRange::parse(range))
            report(mistakes, false, element, "from", "\"" + range + "\" is no range of addresses",
                   "like 10.0.0.0/8, 192.168.7.1 or fd00::/8");
}

void check_listener(const Element& element, const ListenerSettings& listener,
                    const std::vector<std::string_view>& certificates, Mistakes& mistakes) {
    if (!listener.tls.empty() && !one_of(listener.tls, certificates)) {
        report(mistakes, false, element, "tls", "no [[tls]] is named \"" + listener.tls + "\"",
               did_you_mean(listener.tls, certificates));
    }
    auto pages = children_of(element, "pages");
    const bool anything = listener.wamp || listener.warp || listener.bridge || listener.admin || listener.console ||
                          listener.metrics || listener.health;
    if (!anything && pages.empty()) {
        report(mistakes, false, element, "serve", "listener \"" + listener.name + "\" serves nothing",
               "all: wamp, warp, bridge, admin, console, metrics, health");
    }
    check_reach(element, listener, mistakes);
    check_client_address(element, listener.client_address, mistakes);
    if (!listener.long_poll.empty() && (!url_path(listener.long_poll) || listener.long_poll.ends_with('/'))) {
        report(mistakes, false, element, "long_poll", "\"" + listener.long_poll + "\" is no path of a URL",
               "like \"/lp\"");
    }
    for (std::size_t i = 0; i < pages.size() && i < listener.pages.size(); ++i) {
        const PagesSettings& page = listener.pages[i];
        check_file(*pages[i], "folder", page.folder, true, mistakes);
        if (!page.path.empty() && !url_path(page.path))
            report(mistakes, false, *pages[i], "path", "\"" + page.path + "\" is no path of a URL", "like \"/demo\"");
    }
}

void same_address_twice(const std::vector<const Element*>& elements, const ServerSettings& settings,
                        Mistakes& mistakes) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const ListenerSettings &a = settings.listeners[i], &b = settings.listeners[j];
            bool set = !a.unix_path.empty() || a.port != 0;  // port 0 is a fresh one each time
            if (!set || a.unix_path != b.unix_path || a.host != b.host || a.port != b.port) continue;
            report(mistakes, false, *elements[i], "address",
                   "listener \"" + a.name + "\" has the address of listener \"" + b.name + "\"");
            break;
        }
    }
}

void check_bridge(const Element& element, const BridgePath& path, const std::vector<std::string_view>& realms,
                  Mistakes& mistakes) {
    if (!path.path.empty() && (!url_path(path.path) || path.path == "/" || path.path.starts_with("/realms/")))
        report(mistakes, false, element, "path", "\"" + path.path + "\" is no path for this", "like \"/publish\"");
    if (!path.realm.empty() && !one_of(path.realm, realms))
        report(mistakes, true, element, "realm", "no [[realm]] is named \"" + path.realm + "\": is it in the store?",
               did_you_mean(path.realm, realms));
    if (path.key.empty() && !(path.secret.empty() && path.role.empty()))
        report(mistakes, false, element, path.secret.empty() ? "role" : "secret",
               "a secret and a role are those of a key", "like key = \"panel\"");
    if (path.key.empty()) return;
    if (path.secret.empty())
        report(mistakes, false, element, "key", "a key without its secret", "like secret = \"file:panel.secret\"");
    if (!path.secret.empty() && !path.secret.starts_with("file:") && !path.secret.starts_with("env:"))
        report(mistakes, false, element, "secret", "where the secret stands, not the secret itself",
               "file:NAME or env:NAME");
    if (path.role.empty())
        report(mistakes, false, element, "key", "what may signed requests do? This lacks their role",
               "like role = \"panel\"");
}

}  // namespace

void validate_listeners(const Element& root, const ServerSettings& settings, Mistakes& mistakes) {
    const auto tls = children_of(root, "tls"), listeners = children_of(root, "listener"),
               bridge = children_of(root, "bridge"), admin = children_of(root, "admin");
    unique_names(tls, mistakes);
    unique_names(listeners, mistakes);
    for (std::size_t i = 0; i < tls.size(); ++i) check_certificate(*tls[i], settings.tls[i], mistakes);
    for (std::size_t i = 0; i < listeners.size(); ++i)
        check_listener(*listeners[i], settings.listeners[i], names_of(tls), mistakes);
    same_address_twice(listeners, settings, mistakes);
    const auto realms = names_of(children_of(root, "realm"));
    for (std::size_t i = 0; i < bridge.size(); ++i) {
        check_bridge(*bridge[i], settings.bridge[i], realms, mistakes);
        for (std::size_t j = 0; j < i; ++j)
            if (settings.bridge[i].path == settings.bridge[j].path)
                report(mistakes, false, *bridge[i], "path", "\"" + settings.bridge[i].path + "\" stands twice");
    }
    for (const Element* element : admin) {
        check_file(*element, "password_file", settings.admin_password_file, false, mistakes);
        check_mode(*element, "password_file", settings.admin_password_file, mistakes);
    }
    if (listeners.empty())
        mistakes.error({}, "no [[listener]]: nobody could connect",
                       "heddle config default prints a file to start from");
}

}  // namespace heddle::config
