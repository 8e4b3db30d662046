#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "serializers/ids.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// What an edit ended, or would end: counted in full, the first `shown_max` by name.
struct Ends {
    enum class What : std::uint8_t { session, subscription, registration, link };
    struct One {
        What what;
        SessionId session;
        std::string authid;
        Match match = Match::exact;
        std::string uri;  // empty for a session
    };
    static constexpr std::size_t shown_max = 100;
    std::size_t sessions = 0, subscriptions = 0, registrations = 0, links = 0;
    std::vector<One> shown;

    std::size_t total() const { return sessions + subscriptions + registrations + links; }
    void add(One one) {
        ++(one.what == What::session        ? sessions
           : one.what == What::subscription ? subscriptions
           : one.what == What::registration ? registrations
                                            : links);
        if (shown.size() < shown_max) shown.push_back(std::move(one));
    }
};

}  // namespace heddle
