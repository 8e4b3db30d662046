// What realms say of logins, against itself and against listeners.
#include <map>

#include "realms/uri_check.hpp"
#include "router/config/validate.hpp"

namespace heddle::config {
namespace {

void check_users(const Element& realm, const RealmSettings& settings, Mistakes& mistakes) {
    const auto users = children_of(realm, "users");
    const auto roles = names_of(children_of(realm, "role"));
    std::map<std::string_view, const Element*> seen;
    for (std::size_t i = 0; i < users.size() && i < settings.users.size(); ++i) {
        const UserSettings& user = settings.users[i];
        const Element& element = *users[i];
        const auto [first, fresh] = seen.try_emplace(user.authid, &element);
        if (!fresh && !user.authid.empty())
            report(mistakes, false, element, "authid", "user \"" + user.authid + "\" stands twice",
                   "the first is in line " + std::to_string(spot_of(*first->second, "authid").line));
        if (!user.role.empty() && !one_of(user.role, roles))
            report(mistakes, false, element, "role", "realm \"" + settings.name + "\" has no role \"" + user.role + "\"",
                   did_you_mean(user.role, roles));
        const bool credential = element.find("scram") || element.find("ticket") || element.find("wampcra") ||
                                element.find("keys") || element.find("certificates") || element.find("token");
        if (!credential && !user.authid.empty())
            report(mistakes, true, element, "authid", "user \"" + user.authid + "\" has no credential: nobody can log in so",
                   "like scram = \"file:kim.scram\"");
    }
}

void check_anonymous(const Element& element, const RealmSettings& realm, Mistakes& mistakes) {
    const auto roles = names_of(children_of(element, "role"));
    const bool named = element.find("anonymous_role") != nullptr, on = realm.auth.methods.has(AuthMethod::anonymous);
    if (!on && named) {
        report(mistakes, false, element, "anonymous_role", "anonymous_role without anonymous login",
               "add auth = [\"anonymous\"]");
    } else if (on && !one_of(realm.anonymous_role, roles) && realm.auth.authenticator.empty()) {
        report(mistakes, false, element, named ? "anonymous_role" : "auth",
               "realm \"" + realm.name + "\" has no role \"" + realm.anonymous_role + "\" for anonymous clients",
               "write [[realm.role]]");
    }
}

void check_procedure(const Element& realm, std::string_view table, const std::string& procedure,
                     const RealmSettings& settings, Mistakes& mistakes) {
    const auto tables = children_of(realm, table);
    if (tables.empty()) return;
    const std::string name(table);
    if (procedure.empty() && tables.front()->find("procedure")) return;  // said to be none
    if (procedure.empty())
        report(mistakes, false, *tables.front(), "procedure", name + " names no procedure",
               "like procedure = \"com.example.may\"");
    else if (!valid_uri(procedure, Match::exact, settings.uri_check, settings.limits))
        report(mistakes, false, *tables.front(), "procedure", "\"" + procedure + "\" is no URI");
}

}  // namespace

void validate_auth(const Element& realm, const RealmSettings& settings, Mistakes& mistakes) {
    const AuthSettings& auth = settings.auth;
    const bool none = auth.methods.bits == 0;
    if (none && !realm.find("anonymous_role"))
        report(mistakes, true, realm, "auth", "nobody can join realm \"" + settings.name + "\": it lists no auth",
               "like auth = [\"anonymous\"]");
    check_anonymous(realm, settings, mistakes);
    check_users(realm, settings, mistakes);
    check_procedure(realm, "authenticator", auth.authenticator, settings, mistakes);
    check_procedure(realm, "authorizer", auth.authorizer, settings, mistakes);
    const bool jwt = auth.methods.has(AuthMethod::jwt);
    if (jwt && auth.jwt.keys.empty() && auth.authenticator.empty())
        report(mistakes, false, realm, "auth", "nothing says whose JWTs are good", "like jwt = { keys = \"jwks.json\" }");
    if (!jwt && !auth.jwt.keys.empty() && !children_of(realm, "jwt").empty())
        report(mistakes, true, *children_of(realm, "jwt").front(), "keys", "jwt without effect: auth does not list it");
    const std::uint16_t alone = 1u << static_cast<unsigned>(AuthMethod::cookie);
    if (auth.methods.bits == alone)
        report(mistakes, true, realm, "auth", "a cookie is worth what somebody logged in with: another method has to come first",
               "like auth = [\"cookie\", \"scram\"]");
    if (auth.throttle.block > auth.throttle.block_max)
        for (const Element* throttle : children_of(realm, "throttle"))
            report(mistakes, false, *throttle, "block", "block is longer than block_max");
}

void validate_bearers(const Element& root, const ServerSettings& settings, Mistakes& mistakes) {
    const auto realms = children_of(root, "realm");
    for (const ListenerSettings& listener : settings.listeners) {
        if (listener.local() || !listener.tls.empty() || (!listener.wamp && !listener.warp && !listener.bridge)) continue;
        for (std::size_t i = 0; i < realms.size(); ++i) {
            const AuthSettings& auth = settings.realms[i].realm.auth;
            if (auth.insecure_ticket) continue;
            for (const AuthMethod method : {AuthMethod::ticket, AuthMethod::jwt, AuthMethod::token})
                if (auth.methods.has(method))
                    report(mistakes, false, *realms[i], "auth",
                           "realm \"" + settings.realms[i].realm.name + "\" takes " + std::string(name_of(method)) +
                               ", and listener \"" + listener.name + "\" is open to others without TLS",
                           "add tls to the listener, or insecure_ticket = true to the realm");
        }
    }
}

}  // namespace heddle::config
