#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "realms/settings.hpp"

namespace heddle {

/// May this role, under this authid (empty: whoever), do this?
struct PermissionQuestion {
    std::string_view authid, role;
    Action action = Action::call;
    Match match = Match::exact;  // of subscribe and register
    std::string_view uri;
};

/// The rules behind a decision, as the role has them ({authid} not replaced).
struct Explanation {
    enum class Because : std::uint8_t {
        rules,      // `deciding` says so
        no_rule,    // none speaks: denied
        authorizer, // none speaks: the dynamic authorizer is asked
        no_role,    // the realm has none of this name
        bad_uri,    // no URI, or one that nobody may use so
    };
    bool allowed = false;
    Because because = Because::no_rule;
    std::vector<PermissionRule> deciding, beaten;
};

}  // namespace heddle
