#pragma once
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "realms/settings.hpp"

namespace heddle {

/// What stays good for a while after somebody proved who he is, by the secret that stands for it: only its hash is kept.
/// Bounded: the oldest goes first. Values have a member `authid`.
template <class Value>
class LoginMemory {
 public:
    /// Null: nothing, or too old.
    const Value* find(std::string_view hash, TimePoint now) const {
        const auto found = by_hash_.find(hash);
        return found != by_hash_.end() && now < found->second->until ? &found->second->value : nullptr;
    }
    void put(std::string hash, Value value, TimePoint until, std::size_t max) {
        forget(hash);
        while (!kept_.empty() && kept_.size() >= max) forget(std::string(kept_.front().hash));
        if (max == 0) return;
        kept_.push_back({std::move(hash), std::move(value), until});
        by_hash_.emplace(kept_.back().hash, std::prev(kept_.end()));
    }
    void forget(std::string_view hash) {
        const auto found = by_hash_.find(hash);
        if (found == by_hash_.end()) return;
        const auto entry = found->second;
        by_hash_.erase(found);
        kept_.erase(entry);
    }
    void forget_user(std::string_view authid) {
        for (auto at = kept_.begin(); at != kept_.end();) {
            const auto entry = at++;
            if (entry->value.authid == authid) forget(std::string(entry->hash));
        }
    }
    std::size_t size() const { return kept_.size(); }

 private:
    struct Kept {
        std::string hash;
        Value value;
        TimePoint until;
    };
    std::list<Kept> kept_;  // in the order in which they came
    std::unordered_map<std::string_view, typename std::list<Kept>::iterator> by_hash_;
};

}  // namespace heddle
