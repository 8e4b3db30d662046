#include "bridge/meta_facts.hpp"

#include <algorithm>
#include <tuple>

#include "bridge/lane_kinds.hpp"
#include "realms/handle_table.hpp"
#include "realms/text_hash.hpp"
#include "realms/uri_set.hpp"

namespace heddle {
namespace {

using Scope = MetaLane::Scope;

/// Gathers one lane after the other. A lane is a (match, URI), since a link may spell its node and lane in several
/// ways.
class Gatherer {
 public:
    Gatherer(const Realm& realm, const Section& section, std::size_t entries_max, Facts& facts)
        : realm_(realm), section_(section), entries_max_(entries_max), facts_(facts) {
        if (section_.scope != Scope::node) return;
        const TopicName any = topic_of(section_.node, "x");
        prefix_ = any.match == Match::wildcard ? fixed_head(any.uri)
                                               : std::string_view(any.uri).substr(0, any.uri.size() - 1);
    }

    /// What every topic of the section, which is no lane, begins with.
    std::string_view prefix() const { return prefix_; }

    /// Null: not in the section, no lane, or no room.
    LaneFacts* lane(Match match, std::string_view uri) {
        ++facts_.looked_at;
        if (full() || !may_be_in(match, uri)) return nullptr;
        const std::uint64_t hash = TextHash{}(uri)*0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(match);
        const std::uint32_t known = places_.find(hash, [&](std::uint32_t place) {
            return facts_.lanes[place].match == match && facts_.lanes[place].uri == uri;
        });
        if (known != HandleTable::none) return &facts_.lanes[known];
        auto name = name_of_lane(match, uri);
        if (!name || (section_.scope == Scope::node && name->node != section_.node)) return nullptr;
        if (facts_.lanes.size() >= entries_max_) {
            facts_.too_many = true;
            return nullptr;
        }
        places_.insert(hash, static_cast<std::uint32_t>(facts_.lanes.size()));
        LaneFacts& added = facts_.lanes.emplace_back();
        added.node = std::move(name->node);
        added.lane = std::move(name->lane);
        added.match = match;
        added.uri = uri;
        if (match == Match::exact) added.kind = name_of(realm_.lane_of(uri));
        return &added;
    }
    bool full() const { return facts_.too_many; }

 private:
    bool may_be_in(Match match, std::string_view uri) const {
        if (section_.scope == Scope::lane) return match == section_.topic.match && uri == section_.topic.uri;
        return uri.starts_with(prefix_) || match == Match::wildcard;
    }
    std::optional<LaneName> name_of_lane(Match match, std::string_view uri) const {
        if (match == Match::prefix && uri.ends_with('.')) {
            const std::string_view topic = uri.substr(0, uri.size() - 1);
            if (realm_.lane_of(topic) == LaneKind::map) return heddle::lane_of(topic);
        }
        return heddle::lane_of(match, uri);
    }

    const Realm& realm_;
    const Section& section_;
    const std::size_t entries_max_;
    Facts& facts_;
    std::string prefix_;
    HandleTable places_;  // of lanes, by match and URI
};

void settle_kinds(Facts& facts) {
    for (LaneFacts& lane : facts.lanes) {
        if (lane.match != Match::exact)
            lane.kind = "map";
        else if (lane.kind.empty())
            lane.kind = lane.retained ? "value" : lane.callable && lane.subscribers == 0 ? "command" : "event";
    }
}

/// Moves each once, since they are large.
template <class Facts, class Less>
void sort(std::vector<Facts>& all, Less less) {
    std::vector<Facts*> order;
    order.reserve(all.size());
    for (Facts& facts : all) order.push_back(&facts);
    std::sort(order.begin(), order.end(), [&](const Facts* a, const Facts* b) { return less(*a, *b); });
    std::vector<Facts> sorted;
    sorted.reserve(all.size());
    for (Facts* facts : order) sorted.push_back(std::move(*facts));
    all = std::move(sorted);
}

LinkFacts link_facts(const LinkSight& link, const LaneFacts& lane) {
    LinkFacts facts;
    facts.key = std::to_string(link.session.value) + lane.node;
    if (!facts.key.ends_with('/')) facts.key += '/';
    facts.key += lane.lane;
    facts.session = link.session;
    facts.node = lane.node;
    facts.lane = lane.lane;
    facts.match = link.match;
    facts.uri = lane.uri;
    facts.prio = link.prio;
    facts.rate = link.rate;
    facts.waiting = link.waiting;
    facts.events = link.events;
    return facts;
}

}  // namespace

TopicName resolve(const Realm& realm, TopicName name) {
    if (name && name.match == Match::exact && realm.lane_of(name.uri) == LaneKind::map) {
        name.match = Match::prefix;
        name.uri += '.';
    }
    return name;
}

Facts look(const Realm& realm, const LinkCensus& census, const Section& section, std::size_t entries_max) {
    Facts facts;
    facts.totals = census.totals();
    Gatherer gather(realm, section, entries_max, facts);
    realm.each_subscription([&](const PatternFacts& subscription) {
        if (LaneFacts* lane = gather.lane(subscription.match, subscription.uri))
            lane->subscribers = subscription.members.size();
    });
    realm.each_registration([&](const PatternFacts& registration) {
        if (registration.match != Match::exact) return;
        if (LaneFacts* lane = gather.lane(Match::exact, registration.uri)) lane->callable = true;
    });
    const auto retained = [&](std::string_view topic) {
        if (LaneFacts* lane = gather.lane(Match::exact, topic)) lane->retained = true;
        return !gather.full();
    };
    if (section.scope != Scope::lane)
        realm.each_retained(gather.prefix(), retained);
    else if (section.topic.match == Match::exact && realm.has_retained(section.topic.uri))
        retained(section.topic.uri);
    std::vector<std::size_t> lanes_of_links;
    census.each_link([&](const LinkSight& link) {
        LaneFacts* lane = gather.lane(link.match, link.uri);
        if (lane && facts.links.size() >= entries_max) facts.too_many = true;
        if (!lane || facts.too_many) return !facts.too_many;
        ++lane->links;
        lanes_of_links.push_back(static_cast<std::size_t>(lane - facts.lanes.data()));
        facts.links.push_back(link_facts(link, *lane));
        return true;
    });
    settle_kinds(facts);
    for (std::size_t at = 0; at < facts.links.size(); ++at) facts.links[at].kind = facts.lanes[lanes_of_links[at]].kind;
    sort(facts.lanes, [](const LaneFacts& a, const LaneFacts& b) {
        return std::tie(a.node, a.lane, a.uri) < std::tie(b.node, b.lane, b.uri);
    });
    sort(facts.links, [](const LinkFacts& a, const LinkFacts& b) { return a.key < b.key; });
    return facts;
}

}  // namespace heddle
