#include "router/config/build.hpp"

#include <filesystem>

#include "router/config/auth_secrets.hpp"
#include "router/config/convert.hpp"
#include "router/config/validate.hpp"

namespace heddle::config {
namespace {

class Builder {
 public:
    Builder(const Folders& folders, Mistakes& mistakes) : folders_(folders), mistakes_(mistakes) {}

    /// Keys in the schema's order, since a later one may lean on an earlier one; then the tables in theirs.
    void fill(const Element& element, Place place) {
        const Table& table = *element.table;
        if (table.rows.enter) table.rows.enter(place);
        for (const Key& key : table.keys) {
            if (const Setting* setting = element.find(key.name))
                convert(*setting, table, place, folders_, mistakes_);
            else if (key.required)
                missing(element, key);
        }
        for (const Table& inner : table.tables) {
            for (const Element& child : element.children) {
                if (child.table == &inner) fill(child, place);
            }
        }
    }

 private:
    void missing(const Element& element, const Key& key) {
        mistakes_.error(element.spot, title(*element.table) + " lacks \"" + std::string(key.name) + "\"",
                        "like " + std::string(key.name) + " = \"" + std::string(key.sample) + "\"");
    }

    const Folders& folders_;
    Mistakes& mistakes_;
};

/// `file:NAME` is relative to the configuration file, as all files are.
std::string secret_in(const std::string& folder, const std::string& reference) {
    constexpr std::string_view file = "file:";
    if (!reference.starts_with(file)) return reference;
    const auto path = std::filesystem::path(folder) / reference.substr(file.size());
    return std::string(file) + path.lexically_normal().string();
}

}  // namespace

ServerSettings build(const Element& root, const Folders& folders, Mistakes& mistakes) {
    ServerSettings server;
    RealmEntry realm_defaults;
    Place place;
    place.server = &server;
    place.realm_defaults = &realm_defaults;
    Builder(folders, mistakes).fill(root, place);
    for (ListenerSettings& listener : server.listeners)
        if (listener.serves_default) listener.admin = listener.console = listener.metrics = listener.local();
    for (BridgePath& path : server.bridge) path.secret = secret_in(folders.file, path.secret);
    for (RealmEntry& realm : server.realms) {
        realm.warp.links_max = server.limits.links;
        realm.store = server.store;
        for (UplinkEntry& uplink : realm.uplinks)
            for (UplinkEntry::Credential& credential : uplink.credentials)
                credential.secret = secret_in(folders.file, credential.secret);
    }
    const auto realms = children_of(root, "realm");
    for (std::size_t i = 0; i < realms.size(); ++i) read_auth_secrets(*realms[i], server.realms[i], folders, mistakes);
    realm_defaults.warp.links_max = server.limits.links;
    realm_defaults.store = server.store;
    server.realm_defaults = std::move(realm_defaults);
    return server;
}

RealmEntry build_realm(const Element& realm, const RealmEntry& defaults, const Folders& folders, Mistakes& mistakes) {
    ServerSettings server;
    RealmEntry start = defaults;
    Place place;
    place.server = &server;
    place.realm_defaults = &start;
    Builder(folders, mistakes).fill(realm, place);
    read_auth_secrets(realm, server.realms.front(), folders, mistakes);
    return std::move(server.realms.front());
}

Place Defaults::place() {
    Place place;
    place.server = &server_;
    place.realm_defaults = place.realm = &realm_;
    place.tls = &tls_;
    place.listener = &listener_;
    place.pages = &pages_;
    place.bridge = &bridge_;
    place.lane = &lane_;
    place.history = &history_;
    place.role = &role_;
    place.user = &user_;
    place.rule = &rule_;
    place.uplink = &uplink_;
    place.uplink_lane = &uplink_lane_;
    place.credential = &credential_;
    return place;
}

}  // namespace heddle::config
