#include "realms/pattern_index.hpp"

#include <algorithm>
#include <cassert>

namespace heddle {
namespace {

struct Split {
    std::string_view part, rest;
    bool last;
};
Split split(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return {text, {}, true};
    return {text.substr(0, dot), text.substr(dot + 1), false};
}

/// Does the prefix of this length end where a part of the URI does?
bool ends_with_a_part(std::string_view uri, std::size_t bytes) {
    return bytes == 0 || bytes == uri.size() || uri[bytes] == '.' || uri[bytes - 1] == '.';
}

}  // namespace

PatternIndex::PatternIndex() : nodes_(1) {}

PatternIndex::Handle PatternIndex::find(Match match, std::string_view uri) const {
    if (match != Match::wildcard) {
        const auto& map = match == Match::exact ? exact_ : prefix_;
        const auto found = map.find(uri);
        return found == map.end() ? none : found->second;
    }
    std::uint32_t node = 0;
    for (bool done = false; !done;) {
        const Split s = split(uri);
        node = child(node, s.part);
        if (node == 0) return none;
        uri = s.rest;
        done = s.last;
    }
    return nodes_[node].handle;
}

void PatternIndex::insert(Match match, std::string_view uri, Handle handle) {
    assert(handle != none && find(match, uri) == none);
    ++size_;
    if (match == Match::exact) {
        exact_.emplace(uri, handle);
        return;
    }
    if (match == Match::prefix) {
        prefix_.emplace(uri, handle);
        count_length(uri.size());
        return;
    }
    ++wildcards_;
    std::uint32_t node = 0;
    for (bool done = false; !done;) {
        const Split s = split(uri);
        const std::uint32_t next = child(node, s.part);
        node = next != 0 ? next : make_child(node, s.part);
        uri = s.rest;
        done = s.last;
    }
    nodes_[node].handle = handle;
}

void PatternIndex::erase(Match match, std::string_view uri) {
    assert(find(match, uri) != none);
    --size_;
    if (match == Match::exact) {
        exact_.erase(exact_.find(uri));
    } else if (match == Match::prefix) {
        prefix_.erase(prefix_.find(uri));
        uncount_length(uri.size());
    } else {
        --wildcards_;
        erase_below(0, uri, false);
    }
}

void PatternIndex::match(std::string_view uri, std::vector<Handle>& found) const {
    if (!exact_.empty())
        if (const auto it = exact_.find(uri); it != exact_.end()) found.push_back(it->second);
    for (const Length& length : lengths_) {
        if (length.bytes > uri.size()) break;
        if (const auto it = prefix_.find(uri.substr(0, length.bytes)); it != prefix_.end()) found.push_back(it->second);
    }
    if (wildcards_ != 0) match_below(0, uri, false, found);
}

PatternIndex::Handle PatternIndex::best(std::string_view uri) const {
    if (!exact_.empty())  // nothing is hashed for nothing
        if (const auto it = exact_.find(uri); it != exact_.end()) return it->second;
    Handle longest = none;
    for (auto length = lengths_.rbegin(); length != lengths_.rend(); ++length) {
        if (length->bytes > uri.size()) continue;
        const auto it = prefix_.find(uri.substr(0, length->bytes));
        if (it == prefix_.end()) continue;
        if (longest == none) longest = it->second;
        if (ends_with_a_part(uri, length->bytes)) return longest;
    }
    if (wildcards_ != 0)
        if (const Handle wildcard = best_below(0, uri, false); wildcard != none) return wildcard;
    return longest;
}

std::uint32_t PatternIndex::child(std::uint32_t parent, std::string_view part) const {
    if (part.empty()) return nodes_[parent].gap;
    const Node& above = nodes_[parent];
    if (above.literals == 0) return 0;
    if (above.only != 0) return above.only_edge->part == part ? above.only : 0;
    const auto found = edges_.find(EdgeView{parent, part});
    return found == edges_.end() ? 0 : found->second;
}

std::uint32_t PatternIndex::make_child(std::uint32_t parent, std::string_view part) {
    std::uint32_t made;
    if (free_nodes_.empty()) {
        made = static_cast<std::uint32_t>(nodes_.size());
        nodes_.emplace_back();
    } else {
        made = free_nodes_.back();
        free_nodes_.pop_back();
        nodes_[made] = Node{};
    }
    if (part.empty()) {
        nodes_[parent].gap = made;
    } else {
        const Edge& edge = edges_.emplace(Edge{parent, std::string(part)}, made).first->first;
        const bool first = ++nodes_[parent].literals == 1;
        nodes_[parent].only = first ? made : 0;
        nodes_[parent].only_edge = first ? &edge : nullptr;
    }
    return made;
}

void PatternIndex::match_below(std::uint32_t node, std::string_view rest, bool done, std::vector<Handle>& found) const {
    if (done) {
        if (nodes_[node].handle != none) found.push_back(nodes_[node].handle);
        return;
    }
    const Split s = split(rest);
    if (const std::uint32_t next = s.part.empty() ? 0 : child(node, s.part)) match_below(next, s.rest, s.last, found);
    if (const std::uint32_t gap = nodes_[node].gap) match_below(gap, s.rest, s.last, found);
}

PatternIndex::Handle PatternIndex::best_below(std::uint32_t node, std::string_view rest, bool done) const {
    if (done) return nodes_[node].handle;
    const Split s = split(rest);
    if (const std::uint32_t next = s.part.empty() ? 0 : child(node, s.part))
        if (const Handle found = best_below(next, s.rest, s.last); found != none) return found;
    if (const std::uint32_t gap = nodes_[node].gap) return best_below(gap, s.rest, s.last);
    return none;
}

/// Walks down the pattern, takes its handle out, and on the way back frees the nodes that lead nowhere any more.
void PatternIndex::erase_below(std::uint32_t node, std::string_view rest, bool done) {
    if (done) {
        nodes_[node].handle = none;
        return;
    }
    const Split s = split(rest);
    const std::uint32_t next = child(node, s.part);
    erase_below(next, s.rest, s.last);
    const Node& below = nodes_[next];
    if (below.handle != none || below.gap != 0 || below.literals != 0) return;
    if (s.part.empty()) {
        nodes_[node].gap = 0;
    } else {
        --nodes_[node].literals;
        nodes_[node].only = 0;  // who is left is looked up
        edges_.erase(edges_.find(EdgeView{node, s.part}));
    }
    free_nodes_.push_back(next);
}

void PatternIndex::count_length(std::size_t bytes) {
    auto at = std::lower_bound(lengths_.begin(), lengths_.end(), bytes,
                               [](const Length& length, std::size_t wanted) { return length.bytes < wanted; });
    if (at == lengths_.end() || at->bytes != bytes) at = lengths_.insert(at, {bytes, 0});
    ++at->patterns;
}

void PatternIndex::uncount_length(std::size_t bytes) {
    auto at = std::lower_bound(lengths_.begin(), lengths_.end(), bytes,
                               [](const Length& length, std::size_t wanted) { return length.bytes < wanted; });
    if (--at->patterns == 0) lengths_.erase(at);
}

}  // namespace heddle
