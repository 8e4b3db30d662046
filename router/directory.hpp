#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "realms/text_hash.hpp"
#include "router/settings.hpp"

namespace heddle {

class RealmHost;
class Worker;

/// Where a realm lives. Good for the handler that looked it up, and for as long as a connection is attached there: a
/// realm goes only when nobody is in it and no mail to it is under way (docs/design.md section 4).
struct RealmAddress {
    RealmHost* host = nullptr;
    Worker* worker = nullptr;
    bool administers = false;  // RealmSettings::administers

    explicit operator bool() const { return worker != nullptr; }
};

/// The realms that can be joined, as one worker knows them.
struct Directory {
    std::unordered_map<std::string, RealmAddress, TextHash, std::equal_to<>> realms;

    /// Null where there is none of this name, or none for those who come by this listener: administration is only where
    /// it is served.
    const RealmAddress* find(std::string_view name, const ListenerSettings& by) const {
        const auto found = realms.find(name);
        return found == realms.end() || (found->second.administers && !by.admin) ? nullptr : &found->second;
    }
};

}  // namespace heddle
