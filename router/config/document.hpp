#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "router/config/mistakes.hpp"
#include "router/settings.hpp"

/// A realm as a JSON document with the very keys of [[realm]] in the configuration file, read by the same table
/// (schema.hpp). `users` and `uplinks` are not of it: administration has its own way with users, and uplinks stand in the
/// file alone.
namespace heddle::config {

struct Fault {
    std::string pointer;  // RFC 6901, into the document
    std::string detail;
};

/// The realm that a document describes, under `name`. Whatever is wrong with it stands in `faults`, unknown keys with the
/// nearest name.
RealmEntry realm_of(const nlohmann::json& document, const std::string& name, const RealmEntry& defaults,
                    std::vector<Fault>& faults);

/// The document that describes a realm: what differs from `defaults`.
nlohmann::json document_of(const RealmEntry& realm, const RealmEntry& defaults);

/// One [[realm]] as TOML, in the order of the table; with `users`, where the document has some.
std::string toml_of(const nlohmann::json& document);

/// The other way, for a text that holds one [[realm]] and nothing else; not checked but for TOML and names of keys.
nlohmann::json document_of_toml(std::string_view text, Mistakes& mistakes);

}  // namespace heddle::config
