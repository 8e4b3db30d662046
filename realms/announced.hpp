#pragma once
#include "serializers/messages.hpp"

namespace heddle {

/// What WELCOME announces, and nothing else: a feature enters this table in the change that builds it.
struct AnnouncedFeature {
    Role role;
    Feature feature;
};
inline constexpr AnnouncedFeature announced_features[] = {
    {Role::broker, Feature::publisher_exclusion},
    {Role::broker, Feature::subscriber_blackwhite_listing},
    {Role::broker, Feature::pattern_based_subscription},
    {Role::broker, Feature::event_retention},
    {Role::broker, Feature::event_history},
    {Role::broker, Feature::publisher_identification},
    {Role::broker, Feature::publication_trustlevels},
    {Role::broker, Feature::subscription_revocation},
    {Role::broker, Feature::payload_passthru_mode},
    {Role::broker, Feature::session_meta_api},
    {Role::broker, Feature::subscription_meta_api},
    {Role::dealer, Feature::pattern_based_registration},
    {Role::dealer, Feature::shared_registration},
    {Role::dealer, Feature::progressive_call_results},
    {Role::dealer, Feature::call_canceling},
    {Role::dealer, Feature::progressive_call_invocations},
    {Role::dealer, Feature::call_timeout},
    {Role::dealer, Feature::caller_identification},
    {Role::dealer, Feature::call_trustlevels},
    {Role::dealer, Feature::call_reroute},
    {Role::dealer, Feature::registration_revocation},
    {Role::dealer, Feature::payload_passthru_mode},
    {Role::dealer, Feature::session_meta_api},
    {Role::dealer, Feature::registration_meta_api},
    {Role::dealer, Feature::testament_meta_api},
};

inline Roles announced_roles() {
    Roles roles;
    for (const AnnouncedFeature& announced : announced_features) roles.add(announced.role, announced.feature);
    return roles;
}

}  // namespace heddle
