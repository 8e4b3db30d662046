#include "bridge/meta_board.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "bridge/meta_records.hpp"

namespace heddle {
namespace {

using Scope = MetaLane::Scope;
using What = MetaLane::What;

/// To look at one subscription, topic or link, or to write one entry, takes about half a microsecond (measured: 180,000
/// in 90 ms); ten times that is rest.
constexpr std::chrono::microseconds rest_per_look{5};

std::vector<MetaContent::Entry> nodes(const Facts& facts, const MetaLane& lane) {
    struct Node {
        std::size_t lanes = 0, links = 0;
    };
    std::map<std::string_view, Node> found;
    for (const LaneFacts& at : facts.lanes) {
        if (at.node.find(lane.search) == std::string::npos) continue;
        Node& node = found[at.node];
        ++node.lanes;
        node.links += at.links;
    }
    std::vector<MetaContent::Entry> entries;
    for (const auto& [uri, node] : found)
        entries.push_back({std::string(uri), node_record(uri, node.lanes, node.links)});
    return entries;
}

/// The next step of `node` below `parent`: "/com/car" of "/com/car/7" below "/com".
std::string_view child_of(std::string_view parent, std::string_view node) {
    const bool below = node.size() > parent.size() + 1 && node.starts_with(parent) && node[parent.size()] == '/';
    return below ? node.substr(0, node.find('/', parent.size() + 1)) : std::string_view();
}

std::vector<MetaContent::Entry> children(const Facts& facts, std::string_view parent) {
    std::map<std::string_view, std::set<std::string_view>> found;
    for (const LaneFacts& at : facts.lanes) {
        const std::string_view child = child_of(parent, at.node);
        if (child.empty()) continue;
        auto& grandchildren = found[child];
        if (const std::string_view next = child_of(child, at.node); !next.empty()) grandchildren.insert(next);
    }
    std::vector<MetaContent::Entry> entries;
    for (const auto& [uri, grandchildren] : found)
        entries.push_back({std::string(uri), child_record(uri, grandchildren.size())});
    return entries;
}

}  // namespace

std::shared_ptr<const MetaContent> MetaBoard::content(const MetaLane& lane, TimePoint now) {
    std::string key = lane.key();
    const auto known = kept_.find(key);
    if (known != kept_.end() && now - known->second.at < period) return known->second.content;
    const bool at_hand = lane.scope == Scope::host && facts_ && now - facts_at_ < period;
    if (now < quiet_until_ && !at_hand) return nullptr;
    if (known == kept_.end() && kept_.size() >= forget_at_) forget_old(now);
    Kept& kept = kept_[std::move(key)];
    make(lane, kept, now);
    return kept.content;
}

void MetaBoard::make(const MetaLane& lane, Kept& kept, TimePoint now) {
    ++made_;
    std::shared_ptr<const Facts> all;
    Facts some;
    if (lane.scope == Scope::host)
        all = facts(now, period);
    else
        some = facts({lane.scope, lane.node, resolve(realm_, lane.topic)}, now);
    const Facts& facts = all ? *all : some;
    const TimePoint at = all ? facts_at_ : now;

    auto content = std::make_shared<MetaContent>();
    content->too_large = facts.too_many;
    if (!facts.too_many) {
        switch (lane.what) {
            case What::nodes:
                content->entries = lane.child_nodes ? children(facts, lane.parent) : nodes(facts, lane);
                break;
            case What::lanes:
                for (const LaneFacts& one : facts.lanes) content->entries.push_back({one.lane, lane_record(one)});
                break;
            case What::uplinks:
                for (const LinkFacts& one : facts.links) content->entries.push_back({one.key, link_record(one)});
                break;
            case What::pulse:
                take_pulse(lane.scope, facts, std::chrono::duration<double>(at - kept.at).count(), kept, *content);
                break;
        }
    }
    const auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };
    std::sort(content->entries.begin(), content->entries.end(), by_key);
    quiet_until_ = std::max(now, quiet_until_) + rest_per_look * content->entries.size();
    kept.content = std::move(content);
    kept.at = at;
}

/// `seconds`: since the last one.
void MetaBoard::take_pulse(Scope scope, const Facts& facts, double seconds, Kept& kept, MetaContent& content) {
    Pulse pulse = pulse_of(facts);
    if (scope == Scope::host) {
        pulse.events = facts.totals.events;
        pulse.commands = facts.totals.commands;
    }
    if (kept.content) {
        pulse.event_rate = rate(kept.events, pulse.events, seconds);
        pulse.command_rate = rate(kept.commands, pulse.commands, seconds);
    }
    kept.events = pulse.events;
    kept.commands = pulse.commands;
    content.entries.push_back({{}, pulse_record(scope, pulse)});
}

std::shared_ptr<const Facts> MetaBoard::facts(TimePoint now, TimePoint::duration age) {
    const bool good = facts_ && (now - facts_at_ < age || now < quiet_until_);
    if (good) return facts_;
    facts_ = std::make_shared<const Facts>(facts(Section{}, now));
    facts_at_ = now;
    return facts_;
}

Facts MetaBoard::facts(const Section& section, TimePoint now) {
    Facts found = look(realm_, census_, section, entries_max_);
    quiet_until_ = std::max(now, quiet_until_) + rest_per_look * found.looked_at;
    return found;
}

void MetaBoard::leave() {
    if (--readers_ > 0) return;
    kept_.clear();
    facts_.reset();
    forget_at_ = 16;
}

/// What nobody looked at for a while, and holds no more.
void MetaBoard::forget_old(TimePoint now) {
    std::erase_if(kept_, [&](const auto& kept) {
        return kept.second.content.use_count() == 1 && now - kept.second.at >= 2 * period;
    });
    forget_at_ = 2 * kept_.size() + 16;
}

}  // namespace heddle
