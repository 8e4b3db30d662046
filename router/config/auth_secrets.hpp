#pragma once
#include "router/config/build.hpp"

namespace heddle::config {

/// Fetches what a realm's keys about logins refer to: credentials of users, JWT keys, the router's own key. What cannot be
/// had, or is no credential, is reported and left out: it lets nobody in. No report quotes a secret.
void read_auth_secrets(const Element& realm, RealmEntry& entry, const Folders& folders, Mistakes& mistakes);

}  // namespace heddle::config
