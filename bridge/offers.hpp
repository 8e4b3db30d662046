#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "serializers/ids.hpp"

namespace heddle {

/// The procedures that one WARP connection offers, and the invocations it has not answered yet.
class Offers {
 public:
    void add(RegistrationId registration, std::string_view procedure);
    void remove(std::string_view procedure);
    RegistrationId registration(std::string_view procedure) const;    // 0: not offered
    const std::string* procedure(RegistrationId registration) const;  // null: not offered
    std::size_t size() const { return registrations_.size(); }
    std::vector<std::string> procedures() const;

    /// Beyond `open_max` the oldest is forgotten: whose call was canceled without a word to the callee, that one stays
    /// here until it is answered.
    void ask(RequestId invocation, const std::string& procedure, std::size_t open_max);
    void answered(RequestId invocation) { asked_.erase(invocation.value); }
    const std::string* asked(RequestId invocation) const;  // of which procedure; null: of none
    /// Forgets all open invocations of a procedure; which they were, oldest first.
    std::vector<RequestId> abandon(std::string_view procedure);

 private:
    std::map<std::string, RegistrationId, std::less<>> registrations_;
    std::unordered_map<RegistrationId, std::string> procedures_;
    std::map<std::uint64_t, std::string> asked_;  // ids grow, so the first is the oldest
};

}  // namespace heddle
