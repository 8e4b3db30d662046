#include "realms/lists.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "serializers/msgpack_writer.hpp"

namespace heddle {
namespace {

using Change = ListChange::Kind;

/// Key and value, and about what the containers take around them.
std::size_t cost(std::string_view key, const Payload& value) {
    constexpr std::size_t overhead = 256;
    return key.size() + value.args.size() + value.kwargs.size() + overhead;
}
std::size_t cost(const ListEntry& entry) { return cost(entry.key, entry.value.view()); }

/// A text, so that every client can say it.
std::string fresh_key(Entropy& entropy) {
    constexpr std::string_view digits = "abcdefghijkmnpqrstuvwxyz23456789";  // none that looks like another
    std::string text;
    std::uint64_t bits = entropy.next();
    for (int count = 0; count < 10; ++count, bits >>= 5) text += digits[bits & 31];
    ByteBuffer key;
    MsgpackWriter(key).text(text);
    return std::string(key.view());
}

}  // namespace

Lists::Result Lists::apply(std::string_view topic, const ListOperation& what, std::size_t entries_max,
                           PublicationId publication, Entropy& entropy, const ListSetter& by) {
    gone_.reset();
    if (what.kind == ListOperation::Kind::clear && !aside_.empty())
        forget_aside([&](std::string_view other) { return other == topic; });
    auto at = lists_.find(topic);
    if (at == lists_.end()) {
        switch (what.kind) {
            case ListOperation::Kind::clear:
                return {};
            case ListOperation::Kind::move:
                return {Fault::no_such_key, {}};
            case ListOperation::Kind::remove:
                return {what.key.empty() ? Fault::no_such_index : Fault::no_such_key, {}};
            case ListOperation::Kind::put:
                at = lists_.emplace(std::string(topic), List{}).first;
        }
    }
    List& list = at->second;
    using Kind = ListOperation::Kind;
    const Result result = what.kind == Kind::put      ? put(list, what, entries_max, publication, entropy, by)
                          : what.kind == Kind::move   ? move(list, what)
                          : what.kind == Kind::remove ? remove(list, what)
                                                      : clear(list);
    if (list.order.empty()) lists_.erase(at);
    return result;
}

std::size_t Lists::List::place(const ListEntry& entry) const {
    const auto at = std::find_if(order.begin(), order.end(), [&](const auto& other) { return other.get() == &entry; });
    return static_cast<std::size_t>(at - order.begin());
}

void Lists::count_in(const ListEntry& entry) {
    bytes_ += cost(entry);
    shares_.add(entry.share, cost(entry));
}

void Lists::count_out(const ListEntry& entry) {
    bytes_ -= cost(entry);
    shares_.remove(entry.share, cost(entry));
}

/// What does not grow is never refused: a limit may have become less than what is there.
Lists::Fault Lists::fault_of(std::size_t bytes, const KeptShare* share, const ListEntry* gone) const {
    const std::size_t before = gone ? cost(*gone) : 0, own_before = gone && gone->share == share ? before : 0;
    const auto fits = [bytes](std::size_t freed, std::size_t used, std::size_t used_max) {
        return bytes <= freed || (bytes <= used_max && used - freed <= used_max - bytes);
    };
    if (!fits(before, bytes_, bytes_max_.now())) return Fault::full;
    if (share && !fits(own_before, share->bytes, user_bytes_max_)) return Fault::user_full;
    return Fault::none;
}

Lists::Result Lists::update(List& list, ListEntry& entry, const Payload& value, PublicationId publication,
                            const ListSetter& by) {
    KeptShare* const share = shares_.of(by.user);
    if (const Fault fault = fault_of(cost(entry.key, value), share, &entry); fault != Fault::none) {
        shares_.forget_if_empty(share);
        return {fault, {}};
    }
    shares_.add(share, 0);  // so that it outlives what the entry counted for
    count_out(entry);
    entry.value = OwnedPayload(value);
    entry.publication = publication;
    entry.body.forget();
    entry.publisher = by.publisher;
    entry.share = share;
    count_in(entry);
    shares_.remove(share, 0);
    return {Fault::none, {Change::updated, list.place(entry), 0, entry.key, entry.value.view()}};
}

Lists::Result Lists::put(List& list, const ListOperation& what, std::size_t entries_max, PublicationId publication,
                         Entropy& entropy, const ListSetter& by) {
    const Payload value = what.value();
    const auto known = what.key.empty() ? list.by_key.end() : list.by_key.find(what.key);
    if (known != list.by_key.end()) return update(list, *known->second, value, publication, by);
    const std::size_t index = what.index ? static_cast<std::size_t>(*what.index) : list.order.size();
    if (index > list.order.size()) return {Fault::no_such_index, {}};
    if (list.order.size() >= entries_max) return {Fault::full, {}};
    std::string key = what.key;
    while (key.empty() || list.by_key.contains(key)) key = fresh_key(entropy);
    KeptShare* const share = shares_.of(by.user);
    if (const Fault fault = fault_of(cost(key, value), share, nullptr); fault != Fault::none) {
        shares_.forget_if_empty(share);
        return {fault, {}};
    }
    auto made = std::make_unique<ListEntry>(
        ListEntry{std::move(key), OwnedPayload(value), publication, {}, by.publisher, share});
    const ListEntry& entry = *made;
    entry.body.count_in(copy_bytes_);
    list.by_key.emplace(entry.key, made.get());
    list.order.insert(list.order.begin() + static_cast<std::ptrdiff_t>(index), std::move(made));
    ++entries_;
    count_in(entry);
    return {Fault::none, {Change::inserted, index, 0, entry.key, entry.value.view()}};
}

Lists::Result Lists::move(List& list, const ListOperation& what) {
    const auto known = list.by_key.find(what.key);
    if (known == list.by_key.end()) return {Fault::no_such_key, {}};
    if (*what.index >= list.order.size()) return {Fault::no_such_index, {}};
    const std::size_t from = list.place(*known->second), to = static_cast<std::size_t>(*what.index);
    if (from == to) return {};
    const auto at = [&](std::size_t index) { return list.order.begin() + static_cast<std::ptrdiff_t>(index); };
    if (from < to)
        std::rotate(at(from), at(from + 1), at(to + 1));
    else
        std::rotate(at(to), at(from), at(from + 1));
    return {Fault::none, {Change::moved, to, from, known->second->key, {}}};
}

Lists::Result Lists::remove(List& list, const ListOperation& what) {
    std::size_t index = 0;
    if (!what.key.empty()) {
        const auto known = list.by_key.find(what.key);
        if (known == list.by_key.end()) return {Fault::no_such_key, {}};
        index = list.place(*known->second);
    } else {
        if (*what.index >= list.order.size()) return {Fault::no_such_index, {}};
        index = static_cast<std::size_t>(*what.index);
    }
    const auto at = list.order.begin() + static_cast<std::ptrdiff_t>(index);
    list.by_key.erase((*at)->key);
    gone_ = std::move(*at);
    list.order.erase(at);
    --entries_;
    count_out(*gone_);
    return {Fault::none, {Change::removed, index, 0, gone_->key, {}}};
}

Lists::Result Lists::clear(List& list) {
    for (const auto& entry : list.order) count_out(*entry);
    entries_ -= list.order.size();
    list.by_key.clear();
    list.order.clear();
    return {Fault::none, {Change::cleared, 0, 0, {}, {}}};
}

void Lists::take_out(std::string_view topic, List& list, std::size_t index,
                     FunctionRef<void(std::string_view, const ListChange&)> tell) {
    const auto at = list.order.begin() + static_cast<std::ptrdiff_t>(index);
    std::unique_ptr<ListEntry> entry = std::move(*at);
    list.by_key.erase(entry->key);
    list.order.erase(at);
    --entries_;
    tell(topic, {Change::removed, index, 0, entry->key, {}});
    aside_.emplace_back(topic, std::move(entry));
}

void Lists::sift(FunctionRef<bool(std::string_view, const ListEntry&)> stands,
                 FunctionRef<void(std::string_view, const ListChange&)> tell) {
    for (auto at = lists_.begin(); at != lists_.end();) {
        List& list = at->second;
        for (std::size_t index = list.order.size(); index-- > 0;)
            if (!stands(at->first, *list.order[index])) take_out(at->first, list, index, tell);
        at = list.order.empty() ? lists_.erase(at) : std::next(at);
    }
    for (std::size_t at = aside_.size(); at-- > 0;) {  // the last one taken out stood first
        if (!stands(aside_[at].first, *aside_[at].second)) continue;
        auto [topic, entry] = std::move(aside_[at]);
        aside_.erase(aside_.begin() + static_cast<std::ptrdiff_t>(at));
        List& list = lists_[topic];
        if (list.by_key.contains(entry->key)) {
            count_out(*entry);
            continue;
        }
        list.by_key.emplace(entry->key, entry.get());
        list.order.push_back(std::move(entry));
        ++entries_;
        const ListEntry& back = *list.order.back();
        tell(topic, {Change::inserted, list.order.size() - 1, 0, back.key, back.value.view()});
    }
}

void Lists::forget_aside(FunctionRef<bool(std::string_view)> which) {
    std::erase_if(aside_, [&](const auto& one) {
        const bool gone = which(one.first);
        if (gone) count_out(*one.second);
        return gone;
    });
}

std::size_t Lists::size(std::string_view topic) const {
    const auto at = lists_.find(topic);
    return at == lists_.end() ? 0 : at->second.order.size();
}

std::size_t Lists::place(std::string_view topic, std::string_view key) const {
    const auto at = lists_.find(topic);
    if (at == lists_.end()) return 0;
    const auto known = at->second.by_key.find(key);
    return known == at->second.by_key.end() ? at->second.order.size() : at->second.place(*known->second);
}

void Lists::walk(std::string_view topic, std::size_t first,
                 FunctionRef<bool(std::size_t, const ListEntry&)> visit) const {
    const auto at = lists_.find(topic);
    if (at == lists_.end()) return;
    const auto& order = at->second.order;
    for (std::size_t index = first; index < order.size(); ++index)
        if (!visit(index, *order[index])) return;
}

void Lists::topics(UriSet which, FunctionRef<void(std::string_view)> visit) const {
    if (which.match == Match::exact) {
        if (lists_.contains(which.uri)) visit(which.uri);
        return;
    }
    const std::string_view head = which.match == Match::wildcard ? fixed_head(which.uri) : which.uri;
    for (auto at = lists_.lower_bound(head); at != lists_.end() && at->first.starts_with(head); ++at)
        if (holds(which, at->first)) visit(at->first);
}

}  // namespace heddle
