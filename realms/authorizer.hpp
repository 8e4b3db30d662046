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

/// A role's place in the authorizer: stays the same for a name, through all edits.
using RoleIndex = std::uint32_t;

/// Is somebody named to the other side: as the clients ask, or whether they do or not.
enum class Disclosure : std::uint8_t { as_asked, always, never };

/// What the rules say, and which of them said it (good until the next edit).
struct Decision {
    bool allowed = false;
    Disclosure disclosure = Disclosure::as_asked;
    std::vector<const PermissionRule*> deciding;  // what was left over; empty: no rule speaks, hence denied
    std::vector<const PermissionRule*> beaten;    // fitted, but yielded to a rule inside its own set
};

/// Stands in the URI of a rule for the authid of whoever acts.
inline constexpr std::string_view authid_placeholder = "{authid}";

/// Can the id stand for `{authid}`, so that the rule still means one part of a URI? Not so with dots, commas, '#',
/// braces, white space, control characters, or nothing.
bool fits_one_part(std::string_view authid);

/// Rules of roles. Of all rules that fit and name the action, one yields only to a rule whose set lies inside its own;
/// a deny left over: denied; nothing left: denied. A pattern needs an allow that contains all of it, and every deny
/// that cuts into it must have yielded to an allow that contains all of it. So whatever is allowed for a pattern is
/// allowed for each URI in it.
///
/// Rules with `{authid}` mean something else for each authid. For an id that does not fit one part, such an allow fits
/// nothing, and such a deny all that its text could mean, and yields to nobody. An allow of prefixes that ends with
/// `{authid}` ends with that part: "desk.{authid}" lets kim at desk.kim and desk.kim.x, not at desk.kimberly.
class Authorizer {
 public:
    /// `extra_role` exists even when no settings name it; it then may do nothing.
    Authorizer(const std::vector<RoleSettings>& roles, std::string_view extra_role);

    /// These are the roles from now on. Those that are gone keep their places, under which nothing is allowed.
    void apply(const std::vector<RoleSettings>& roles, std::string_view extra_role);

    std::optional<RoleIndex> find(std::string_view role) const;
    /// Of the router's own sessions, which may do everything (gate.hpp). `find` never gives it.
    RoleIndex router_role() const { return router_role_; }
    bool exists(RoleIndex role) const { return roles_[role].exists; }
    std::string_view name(RoleIndex role) const { return roles_[role].settings.name; }  // good as long as this lives
    std::size_t trustlevel(RoleIndex role) const { return roles_[role].settings.trustlevel; }
    /// Has the role rules with `{authid}`?
    bool names_authid(RoleIndex role) const { return roles_[role].names_authid; }

    Decision decide(RoleIndex role, Action action, UriSet what, std::string_view authid = {}) const;

 private:
    struct Entry {
        RoleSettings settings;
        bool exists = true, names_authid = false;
    };
    Entry& entry(std::string_view name);

    std::deque<Entry> roles_;  // an entry stays where it is: sessions keep views of names
    RoleIndex router_role_ = ~RoleIndex{0};
};

/// Procedures that end somebody else's session, registration or subscription. An allow reaches them only if its own
/// text begins with `wamp.`: whoever writes prefix "" means the application, not this.
bool removes_others(std::string_view procedure);

/// URIs that stand for lanes which tell of other lanes (bridge/meta_names.hpp). They name topics that the reader may
/// not subscribe to, so an allow reaches them only if its own text begins so, too.
inline constexpr std::string_view meta_lanes = "swim.meta.";

/// What the text of a rule must begin with to allow this; empty: no matter what.
std::string_view guarded_root(Action action, UriSet what);

}  // namespace heddle
