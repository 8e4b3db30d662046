#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "realms/settings.hpp"
#include "serializers/ids.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// The server's end of one link (docs/warp.md 2.3). A link that is not in the table is in state `none`.
struct Link {
    Match match = Match::exact;  // exact: a value, event or command lane; otherwise a map lane
    std::string uri;             // topic or pattern
    LaneKind kind = LaneKind::by_state;
    std::string header;           // (node:..,lane:..) as the link's first request spelled it: so all answers do
    std::string linked_header;    // the same with prio and rate
    SubscriptionId subscription;  // 0: a command lane, which hears results only
    std::unordered_set<std::size_t> keys;  // of a map lane: hashes of the topics the client was told

    bool is_map() const { return match != Match::exact; }
};

/// All links of one connection, by what they name (however the client spells it) and by subscription.
class LinkTable {
 public:
    Link* find(Match match, std::string_view uri);
    Link* find(SubscriptionId subscription);
    Link& add(Match match, std::string_view uri);
    void set_subscription(Link& link, SubscriptionId subscription);
    void clear_subscription(Link& link);  // it hears no events any more
    void erase(Link& link);
    std::size_t size() const { return links_.size(); }

 private:
    static std::string key_of(Match match, std::string_view uri);

    std::unordered_map<std::string, std::unique_ptr<Link>> links_;
    std::unordered_map<SubscriptionId, Link*> by_subscription_;
};

}  // namespace heddle
