#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "realms/settings.hpp"
#include "realms/uri_set.hpp"

namespace heddle {

/// A role's place in the authorizer.
using RoleIndex = std::uint32_t;

/// Is somebody named to the other side: as the clients ask, or whether they do or not.
enum class Disclosure : std::uint8_t { as_asked, always, never };

/// What the rules say, and which of them said it.
struct Decision {
    bool allowed = false;
    Disclosure disclosure = Disclosure::as_asked;
    std::vector<const PermissionRule*> deciding;  // what was left over; empty: no rule speaks, hence denied
    std::vector<const PermissionRule*> beaten;    // fitted, but yielded to a rule inside its own set
};

/// Rules of roles. Of all rules that fit and name the action, one yields only to a rule whose set lies inside its own;
/// a deny left over: denied; nothing left: denied. A pattern needs an allow that contains all of it, and every deny
/// that cuts into it must have yielded to an allow that contains all of it. So whatever is allowed for a pattern is
/// allowed for each URI in it.
class Authorizer {
 public:
    /// `extra_role` exists even when no settings name it; it then may do nothing.
    Authorizer(const std::vector<RoleSettings>& roles, std::string_view extra_role);

    std::optional<RoleIndex> find(std::string_view role) const;
    /// Of the router's own session, which calls what it wants. `find` never gives it.
    RoleIndex router_role() const { return router_role_; }
    std::string_view name(RoleIndex role) const { return roles_[role].name; }
    std::size_t trustlevel(RoleIndex role) const { return roles_[role].trustlevel; }

    Decision decide(RoleIndex role, Action action, UriSet what) const;

 private:
    std::deque<RoleSettings> roles_;  // stays where it is: sessions keep views of names
    RoleIndex router_role_ = ~RoleIndex{0};
};

/// Procedures that end somebody else's session, registration or subscription. An allow reaches them only if its own
/// text begins with `wamp.`: whoever writes prefix "" means the application, not this.
bool removes_others(std::string_view procedure);

/// URIs that stand for lanes which tell of other lanes (bridge/meta_names.hpp). They name topics that the reader may
/// not subscribe to, so an allow reaches them only if its own text begins so, too.
inline constexpr std::string_view meta_lanes = "swim.meta.";

}  // namespace heddle
