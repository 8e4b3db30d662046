// What a user must be, whichever operation makes him so.
#include <algorithm>

#include "router/admin/desk_state.hpp"

namespace heddle::admin {
namespace {

/// One key, certificate or token lets one user in.
void check_holders(Store& store, const std::string& realm, const UserSettings& user) {
    std::string after;
    while (true) {
        const auto page = store.users(realm, after, 1000);
        for (const StoredUser& other : page) {
            if (other.user.authid == user.authid) continue;
            const auto meets = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
                return std::any_of(a.begin(), a.end(),
                                   [&](const std::string& one) { return std::find(b.begin(), b.end(), one) != b.end(); });
            };
            if (meets(user.keys, other.user.keys)) refuse_field("/keys", "user " + other.user.authid + " has this key");
            if (meets(user.certificates, other.user.certificates))
                refuse_field("/certificates", "user " + other.user.authid + " has this certificate");
        }
        if (page.size() < 1000) return;
        after = page.back().user.authid;
    }
}

void check_confinement(const std::string& realm, const UserSettings& user) {
    std::vector<config::Fault> faults;
    if (realm != admin_realm && !user.realms.empty())
        faults.push_back({"/realms", "only users of heddle.admin are confined to realms"});
    for (std::size_t i = 0; realm == admin_realm && i < user.realms.size(); ++i)
        if (user.realms[i] == admin_realm)
            faults.push_back({"/realms/" + std::to_string(i), "who may edit heddle.admin may edit everything: leave it out"});
    if (!faults.empty()) refuse_faults(faults);
}

}  // namespace

void check_authid(const std::string& authid) {
    if (authid.size() > 255) refuse_field("/user", "longer than 255 bytes");
    for (const char c : authid)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) refuse_field("/user", "a control character in it");
}

void check_user(Store& store, const std::string& realm, const UserSettings& user) {
    check_authid(user.authid);
    check_confinement(realm, user);
    if (!user.keys.empty() || !user.certificates.empty()) check_holders(store, realm, user);
}

/// A realm's name is a URI of its own, and stands in addresses and logs.
void check_realm_name(const std::string& name) {
    if (name.size() > 255) refuse_field("/realm", "longer than 255 bytes");
    for (const char c : name)
        if (static_cast<unsigned char>(c) <= ' ' || c == '#' || c == '/' || c == '?' || c == 0x7f)
            refuse_field("/realm", "a realm's name has no spaces, and none of / ? #");
}

}  // namespace heddle::admin
