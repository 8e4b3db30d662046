#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bridge/flow.hpp"
#include "bridge/waiting.hpp"
#include "bridge/waiting_list.hpp"
#include "realms/settings.hpp"
#include "serializers/ids.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// The server's end of one link (docs/warp.md 2.3). A link that is not in the table is in state `none`.
struct Link {
    /// What waits until there is room: only while something does.
    struct Waiting {
        WaitingEvents events;    // exact links
        WaitingMap map;          // map links
        WaitingList list;        // list links
        std::uint64_t turn = 0;  // its place in the LinkQueue; 0: none
        bool parked = false;     // there until not_before
        bool empty() const { return events.empty() && map.empty() && list.empty(); }
        std::size_t size() const { return events.size() + map.size() + list.size(); }
        std::size_t bytes() const { return events.bytes() + list.bytes(); }
    };

    Match match = Match::exact;  // exact: a value, event or command lane; otherwise a map lane
    std::string uri;             // topic or pattern
    LaneKind kind = LaneKind::by_state;
    std::string header;           // (node:..,lane:..) as the link's first request spelled it: so all answers do
    std::string linked_header;    // the same with prio and rate
    SubscriptionId subscription;  // 0: a command lane, which hears results only
    double prio = 0;              // higher is first when several wait
    double rate = 0;              // events a second; 0: as many as come
    TimePoint not_before{};       // where there is a rate: of the next event
    std::size_t waiting_max = 0;  // frames of an event or list lane that may wait
    std::size_t entries_max = 0;  // of a map lane
    std::size_t entries = 0;      // of a map lane, as far as it knows: told by a sync, added and removed since
    std::uint64_t ticket = 0;     // Flow: of the state told last
    std::uint64_t events = 0;     // it was to hear so far
    KeysOnTheWay keys;            // of a map lane
    std::unique_ptr<Waiting> waiting;

    bool synced = false;          // it was told its state, and hears of changes

    bool is_map() const { return match != Match::exact; }
    bool is_list() const { return kind == LaneKind::list && subscription; }
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

    template <class F>
    void for_each(F&& f) const {
        for (const auto& [key, link] : links_) f(*link);
    }

 private:
    static std::string key_of(Match match, std::string_view uri);

    std::unordered_map<std::string, std::unique_ptr<Link>> links_;
    std::unordered_map<SubscriptionId, Link*> by_subscription_;
};

}  // namespace heddle
