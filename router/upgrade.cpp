#include "router/upgrade.hpp"

#include <algorithm>
#include <vector>

#include "router/http_text.hpp"
#include "serializers/escapes.hpp"

namespace heddle {
namespace {

/// Calls `use` with each part of `text` between separators.
template <class Use>
void split(std::string_view text, char separator, Use use) {
    while (!text.empty()) {
        const std::size_t end = text.find(separator);
        use(text.substr(0, end));
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

struct RealmName {
    std::string name;  // empty: none given
    bool contradiction = false;
    bool malformed = false;
};

RealmName realm_in(std::string_view target) {
    const std::size_t question = target.find('?');
    std::string_view path = target.substr(0, question);
    if (path.starts_with('/')) path.remove_prefix(1);
    std::string from_path, from_query;
    const bool path_good = percent_decode(path.substr(0, path.find('/')), from_path);
    bool query_good = true;
    if (question != std::string_view::npos)
        split(target.substr(question + 1), '&', [&](std::string_view pair) {
            if (!pair.starts_with("realm=")) return;
            from_query.clear();
            query_good = percent_decode(pair.substr(6), from_query);
        });
    RealmName realm;
    realm.malformed = !path_good || !query_good;
    if (realm.malformed) return realm;
    realm.contradiction = !from_path.empty() && !from_query.empty() && from_path != from_query;
    realm.name = from_path.empty() ? from_query : from_path;
    return realm;
}

UpgradeDecision refuse(unsigned status, std::string sentence) { return {status, std::move(sentence), {}, nullptr}; }

UpgradeDecision decide_warp(const UpgradeRequest& request, const Directory& directory, std::string_view default_realm,
                            const ListenerSettings& listener, Subprotocol subprotocol) {
    if (!listener.warp) return refuse(403, "this listener does not speak WARP");
    RealmName realm = realm_in(request.target);
    if (realm.malformed) return refuse(400, "the URL has a broken percent escape");
    if (realm.contradiction) return refuse(400, "path and query name different realms");
    if (realm.name.empty()) realm.name = default_realm;
    const RealmAddress* address = directory.find(realm.name, listener);
    if (address) return {101, {}, subprotocol, address};
    if (realm.name.empty()) return refuse(404, "name a realm in the URL: ws://host/realm1");
    return refuse(404, "there is no realm \"" + realm.name + "\" here");
}

}  // namespace

bool origin_allowed(std::string_view origin, std::string_view local_address, bool secure,
                    const ListenerSettings& listener) {
    const auto& list = listener.origins;
    return std::find(list.begin(), list.end(), "*") != list.end() ||
           origin_trusted(origin, local_address, secure, listener);
}

bool origin_trusted(std::string_view origin, std::string_view local_address, bool secure,
                    const ListenerSettings& listener) {
    if (origin.empty()) return true;
    for (const std::string& allowed : listener.origins)
        if (allowed == origin && allowed != "null") return true;
    const std::string scheme = secure ? "https://" : "http://";
    if (local_address.empty() || !origin.starts_with(scheme)) return false;
    // The address that the socket itself has, not the Host header: that one is the attacker's to choose (DNS
    // rebinding).
    const std::size_t colon = local_address.rfind(':');
    const std::string_view host = local_address.substr(0, colon);
    const std::string_view port = local_address.substr(colon);
    const bool loopback = host.starts_with("127.") || host == "[::1]";
    std::vector<std::string> own = {std::string(host)};
    if (loopback) own.insert(own.end(), {"localhost", "127.0.0.1", "[::1]"});
    const bool default_port = port == (secure ? ":443" : ":80");
    const std::string_view authority = origin.substr(scheme.size());
    return std::any_of(own.begin(), own.end(), [&](const std::string& name) {
        return authority == name + std::string(port) || (default_port && authority == name);
    });
}

UpgradeDecision decide_upgrade(const UpgradeRequest& request, const Directory& directory,
                               std::string_view default_realm, const ListenerSettings& listener) {
    if (!origin_allowed(request.origin, request.local_address, request.secure, listener))
        return refuse(403, "origin " + std::string(request.origin) + " is not on this listener's list");
    std::optional<Subprotocol> chosen;
    bool offered = false;
    split(request.subprotocols, ',', [&](std::string_view name) {
        offered = offered || !without_outer_space(name).empty();
        if (!chosen) chosen = find_subprotocol(without_outer_space(name));
    });
    if (offered && !chosen)
        return refuse(
            400,
            "none of the offered subprotocols is spoken here: try wamp.2.json, wamp.2.msgpack, wamp.2.cbor or warp0");
    if (!chosen) chosen = Subprotocol{"", {Encoding::recon, Framing::websocket}, true};
    if (chosen->warp) return decide_warp(request, directory, default_realm, listener, *chosen);
    if (!listener.wamp && !listener.admin) return refuse(403, "this listener does not speak WAMP");
    return {101, {}, *chosen, nullptr};
}

}  // namespace heddle
