#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "realms/text_hash.hpp"

namespace heddle {

/// What one user's retained events, or list entries, come to.
struct KeptShare {
    std::string user;
    std::size_t count = 0, bytes = 0;
};

/// The shares of all users (Session::account) of one store. A share of nothing is forgotten.
class KeptShares {
 public:
    /// Null: nobody's. Call `forget_if_empty` where nothing came of it.
    KeptShare* of(std::string_view user) {
        if (user.empty()) return nullptr;
        auto found = shares_.find(user);
        if (found == shares_.end()) found = shares_.emplace(std::string(user), KeptShare{std::string(user), 0, 0}).first;
        return &found->second;
    }
    void add(KeptShare* share, std::size_t bytes) {
        if (!share) return;
        ++share->count;
        share->bytes += bytes;
    }
    void remove(KeptShare* share, std::size_t bytes) {
        if (!share) return;
        --share->count;
        share->bytes -= bytes;
        forget_if_empty(share);
    }
    void forget_if_empty(KeptShare* share) {
        if (share && share->count == 0) shares_.erase(shares_.find(share->user));
    }
    std::size_t size() const { return shares_.size(); }

 private:
    TextMap<KeptShare> shares_;
};

}  // namespace heddle
