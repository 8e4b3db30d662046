#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/meta_names.hpp"
#include "realms/realm.hpp"
#include "serializers/function_ref.hpp"

namespace heddle {

/// A link as others may know it. Views, good inside the visit.
struct LinkSight {
    SessionId session;
    Match match = Match::exact;
    std::string_view uri;  // topic or pattern
    double prio = 0, rate = 0;
    std::size_t waiting = 0;   // events, changed keys or a state that wait for room
    std::uint64_t events = 0;  // it was to hear so far
};

/// Who knows the links of a realm: its host.
class LinkCensus {
 public:
    virtual ~LinkCensus() = default;
    /// Until `visit` says false.
    virtual void each_link(FunctionRef<bool(const LinkSight&)> visit) const = 0;

    /// Of all links that there ever were.
    struct Totals {
        std::uint64_t events = 0;    // that links were to hear
        std::uint64_t commands = 0;  // that WARP clients sent
        std::uint64_t conflated = 0;  // events of links that a newer one replaced before they were told
        Totals& operator+=(const Totals& other) {
            events += other.events;
            commands += other.commands;
            conflated += other.conflated;
            return *this;
        }
    };
    virtual Totals totals() const = 0;
};

/// One lane, whoever made it be: subscribers, links, a retained event, a callee.
struct LaneFacts {
    std::string node, lane;
    Match match = Match::exact;
    std::string uri;
    std::string_view kind;  // value, map, event, list, command
    std::size_t links = 0;
    std::size_t subscribers = 0;  // sessions, links among them: what wamp.subscription.count_subscribers says
    bool retained = false;        // of exact topics
    bool callable = false;        // a procedure of this name is registered
};
struct LinkFacts {
    std::string key;  // 5330888/com/car/7/speed: unique in the realm
    SessionId session;
    std::string node, lane;
    Match match = Match::exact;
    std::string uri;
    std::string_view kind;
    double prio = 0, rate = 0;
    std::size_t waiting = 0;
    std::uint64_t events = 0;
};

/// What of a realm to look at.
struct Section {
    MetaLane::Scope scope = MetaLane::Scope::host;
    std::string_view node;  // of node and lane
    TopicName topic;        // of lane
};

/// Lanes and links of a section of the realm, sorted by node and lane (links: then by session).
struct Facts {
    std::vector<LaneFacts> lanes;
    std::vector<LinkFacts> links;
    LinkCensus::Totals totals;  // of the whole realm
    std::size_t looked_at = 0;  // what it cost
    bool too_many = false;      // more than `entries_max`: incomplete
};
Facts look(const Realm& realm, const LinkCensus& census, const Section& section, std::size_t entries_max);

/// What `node` and `lane` name in this realm: a rule may make a topic the map of all below it.
TopicName resolve(const Realm& realm, TopicName name);

}  // namespace heddle
