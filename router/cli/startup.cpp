#include "realms/login_note.hpp"
#include "router/cli/startup.hpp"

#include <algorithm>

namespace heddle::cli {
namespace {

std::string left_aligned(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string speaks(const ListenerSettings& listener) {
    std::string out;
    if (listener.wamp) out += "  wamp (ws, rawsocket)";
    if (listener.warp) out += "  warp";
    if (listener.health || listener.bridge || listener.admin || !listener.pages.empty()) out += "  http";
    if (listener.console) out += "  console";
    if (!listener.tls.empty()) out += "  tls";
    for (const PagesSettings& pages : listener.pages) out += "  " + pages.path;
    return out.empty() ? out : out.substr(2);
}

/// "anonymous may call, publish"; what any of its rules allows, somewhere. "by its rules" where that is not everywhere.
std::string anonymous_may(const RealmSettings& realm) {
    if (realm.anonymous_role.empty()) {
        std::string ways;
        for (std::size_t i = 0; i < auth_method_count; ++i)
            if (const auto method = static_cast<AuthMethod>(i); realm.auth.methods.has(method))
                (ways += ways.empty() ? "" : ", ") += name_of(method);
        return ways.empty() ? "nobody may join: no auth" : "by " + ways;
    }
    constexpr std::string_view names[action_count] = {"call", "register", "publish", "subscribe"};
    ActionSet allowed, everywhere;
    bool denies = false;
    for (const RoleSettings& role : realm.roles) {
        if (role.name != realm.anonymous_role) continue;
        for (const PermissionRule& rule : role.permissions) {
            allowed.bits = static_cast<std::uint8_t>(allowed.bits | rule.allow.bits);
            if (rule.match == Match::prefix && rule.uri.empty())
                everywhere.bits = static_cast<std::uint8_t>(everywhere.bits | rule.allow.bits);
            denies = denies || rule.deny.bits != 0;
        }
    }
    const bool narrow = denies || everywhere.bits != allowed.bits;
    std::string list;
    for (std::size_t i = 0; i < action_count; ++i) {
        if (allowed.has(static_cast<Action>(i))) list += (list.empty() ? "" : ", ") + std::string(names[i]);
    }
    if (list.empty()) return realm.anonymous_role + " may do nothing";
    return realm.anonymous_role + " may " + list + (narrow ? ", by its rules" : "");
}

bool loopback_only(const ServerSettings& settings) {
    return std::all_of(settings.listeners.begin(), settings.listeners.end(), [](const ListenerSettings& l) {
        return !l.unix_path.empty() || l.host.starts_with("127.") || l.host == "::1" || l.host == "localhost";
    });
}

std::string first_command(const Startup& startup) {
    if (startup.settings.realms.empty()) return "heddle health";
    std::string flags;
    for (std::size_t i = 0; i < startup.bound.size() && i < startup.settings.listeners.size(); ++i) {
        const BoundListener& bound = startup.bound[i];
        if (!startup.settings.listeners[i].wamp) continue;
        bool is_default = bound.address == "127.0.0.1:8080";
        bool is_unix = bound.address.starts_with("unix:");
        if (!is_default) flags = " --url " + (is_unix ? "ws+" + bound.address : "ws://" + bound.address);
        break;
    }
    const std::string& realm = startup.settings.realms.front().realm.name;
    if (realm != "realm1") flags += " --realm " + realm;
    return "heddle subscribe com.example.hello" + flags;
}

}  // namespace

namespace {

std::string store_text(const Startup& startup) {
    if (startup.store == StoreState::none) return "   store: none, edits last until the end";
    return "   store " + startup.settings.store + (startup.store == StoreState::fresh ? " (new)" : "");
}

}  // namespace

std::string startup_text(const Startup& startup) {
    const ServerSettings& settings = startup.settings;
    std::string out = "heddle " + std::string(version()) + "   config " + std::string(startup.config) +
                      store_text(startup) + "\n";
    std::size_t width = 9;
    for (const RealmEntry& realm : settings.realms) width = std::max(width, realm.realm.name.size());
    for (std::size_t i = 0; i < startup.bound.size() && i < settings.listeners.size(); ++i) {
        out += "  " + left_aligned("listening", width) + "  " + left_aligned(startup.bound[i].address, 15) + "  " +
               speaks(settings.listeners[i]) + "\n";
    }
    for (const RealmEntry& realm : settings.realms) {
        out += "  " + left_aligned(realm.realm.name, width) + "  " + anonymous_may(realm.realm) +
               (loopback_only(settings) ? "      loopback only" : "") + "\n";
    }
    if (!startup.admin_password.empty())
        out += "  " + left_aligned("admin", width) + "  user admin, password " + std::string(startup.admin_password) +
               "      shown this once; change: console, or heddle user passwd admin --realm heddle.admin\n";
    out += "  " + left_aligned("try", width) + "  " + first_command(startup) + "        ready in " +
           std::to_string(startup.took.count()) + " ms\n";
    return out;
}

std::string ready_text(const std::vector<BoundListener>& bound) {
    std::string out;
    for (const BoundListener& listener : bound) out += listener.address + "\n";
    return out;
}

std::string_view version() { return HEDDLE_VERSION; }

}  // namespace heddle::cli
