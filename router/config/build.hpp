#pragma once
#include <string>
#include <string_view>

#include "router/config/tree.hpp"

namespace heddle::config {

/// What relative names in the file are relative to.
struct Folders {
    std::string file;     // of the configuration file
    std::string runtime;  // for unix:NAME
    std::string name = {};  // the configuration file itself; empty: none, so nothing in it is secret
};

/// The settings that a tree describes: values converted and checked one by one (validate.hpp checks them against each
/// other). List elements come out in the file's order, one for each element of the tree.
ServerSettings build(const Element& root, const Folders& folders, Mistakes& mistakes);

/// One [[realm]], starting from `defaults` (ServerSettings::realm_defaults).
RealmEntry build_realm(const Element& realm, const RealmEntry& defaults, const Folders& folders, Mistakes& mistakes);

/// A place with defaults in it, to read fields from: what `config keys` and `config default` show.
class Defaults {
 public:
    Defaults() = default;
    Defaults(const Defaults&) = delete;
    Place place();

 private:
    ServerSettings server_;
    RealmEntry realm_;
    TlsSettings tls_;
    ListenerSettings listener_;
    PagesSettings pages_;
    BridgePath bridge_;
    LaneRule lane_;
    HistoryRule history_;
    RoleSettings role_;
    UserSettings user_;
    PermissionRule rule_;
    UplinkEntry uplink_;
    UplinkLane uplink_lane_;
    UplinkEntry::Credential credential_;
};

}  // namespace heddle::config
