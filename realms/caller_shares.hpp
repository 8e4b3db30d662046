#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "realms/text_hash.hpp"

namespace heddle {

/// How many of a callee's open calls are each user's (Session::account). A callee has one only while it is busy, so that
/// calls to others pay nothing for it. Bounded by the calls that the callee may have open.
class CallerShares {
 public:
    void add(std::string_view user) {
        const auto found = counts_.find(user);
        if (found != counts_.end())
            ++found->second;
        else
            counts_.emplace(std::string(user), 1);
    }
    void remove(std::string_view user) {
        const auto found = counts_.find(user);
        if (found != counts_.end() && --found->second == 0) counts_.erase(found);
    }
    std::size_t of(std::string_view user) const {
        const auto found = counts_.find(user);
        return found == counts_.end() ? 0 : found->second;
    }

 private:
    TextMap<std::size_t> counts_;
};

}  // namespace heddle
