#pragma once
#include "serializers/messages.hpp"

namespace heddle {

/// What WELCOME announces, and nothing else: a feature enters this table in the change that builds it.
struct AnnouncedFeature {
    Role role;
    Feature feature;
};
inline constexpr AnnouncedFeature announced_features[] = {
    {Role::broker, Feature::publisher_exclusion},        {Role::broker, Feature::subscriber_blackwhite_listing},
    {Role::broker, Feature::pattern_based_subscription}, {Role::broker, Feature::event_retention},
    {Role::dealer, Feature::pattern_based_registration}, {Role::dealer, Feature::shared_registration},
    {Role::dealer, Feature::progressive_call_results},   {Role::dealer, Feature::call_canceling},
};

inline Roles announced_roles() {
    Roles roles;
    for (const AnnouncedFeature& announced : announced_features) roles.add(announced.role, announced.feature);
    return roles;
}

}  // namespace heddle
