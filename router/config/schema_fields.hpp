#pragma once
#include <algorithm>
#include <iterator>

#include "router/config/schema.hpp"

/// How the schema's rows reach into the settings; included by the schema's own files only.
namespace heddle::config {

constexpr std::uint64_t kib = 1024, mib = kib * kib, gib = kib * mib;
constexpr std::uint64_t second = 1'000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;

/// An enum whose values count up from 0 in the order of `Key::choices`.
template <class E>
Bits enumeration(E& value) {
    return {&value, [](const void* object) { return static_cast<unsigned>(*static_cast<const E*>(object)); },
            [](void* object, unsigned number) { *static_cast<E*>(object) = static_cast<E>(number); }};
}

inline Bits actions(ActionSet& set) {
    return {
        &set, [](const void* object) { return unsigned{static_cast<const ActionSet*>(object)->bits}; },
        [](void* object, unsigned bits) { static_cast<ActionSet*>(object)->bits = static_cast<std::uint8_t>(bits); }};
}

inline Bits identified(IdentifiedSet& set) {
    return {&set, [](const void* object) { return unsigned{static_cast<const IdentifiedSet*>(object)->bits}; },
            [](void* object, unsigned bits) {
                static_cast<IdentifiedSet*>(object)->bits = static_cast<std::uint8_t>(bits);
            }};
}

inline Bits uplink_kind(UplinkLane& lane) {
    static constexpr LaneKind kinds[] = {LaneKind::value, LaneKind::map, LaneKind::event, LaneKind::command};
    return {&lane,
            [](const void* object) {
                const LaneKind kind = static_cast<const UplinkLane*>(object)->kind;
                return static_cast<unsigned>(std::find(std::begin(kinds), std::end(kinds), kind) - std::begin(kinds));
            },
            [](void* object, unsigned number) { static_cast<UplinkLane*>(object)->kind = kinds[number]; }};
}

inline Bits served(ListenerSettings& listener) {
    return {&listener,
            [](const void* object) {
                auto& l = *static_cast<const ListenerSettings*>(object);
                return (l.wamp ? 1u : 0u) | (l.warp ? 2u : 0u) | (l.bridge ? 4u : 0u) | (l.admin ? 8u : 0u) |
                       (l.console ? 16u : 0u) | (l.metrics ? 32u : 0u) | (l.health ? 64u : 0u);
            },
            [](void* object, unsigned bits) {
                auto& l = *static_cast<ListenerSettings*>(object);
                l.wamp = bits & 1u, l.warp = bits & 2u, l.bridge = bits & 4u, l.admin = bits & 8u;
                l.console = bits & 16u, l.metrics = bits & 32u, l.health = bits & 64u;
                l.serves_default = false;
            }};
}

/// Anonymous login is on exactly where the realm names a role for it. `local` is no choice: listeners offer it.
inline Bits auth_methods(RealmSettings& realm) {
    return {&realm,
            [](const void* object) {
                auto& r = *static_cast<const RealmSettings*>(object);
                const unsigned rest = r.auth.methods.bits & ~1u & ~(1u << static_cast<unsigned>(AuthMethod::local));
                return rest | (r.anonymous_role.empty() ? 0u : 1u);
            },
            [](void* object, unsigned bits) {
                auto& r = *static_cast<RealmSettings*>(object);
                r.auth.methods.bits = static_cast<std::uint16_t>(bits);
                r.anonymous_role = bits & 1u ? "anonymous" : "";
            }};
}

/// The rows of a list: `Part` is what of the place points at an element, `list` gives the vector of them.
template <auto Part, class List>
Rows rows_of(List) {
    return {[](Place& p) { p.*Part = &List{}(p).emplace_back(); },
            [](const Place& p) { return List{}(p).size(); },
            [](Place& p, std::size_t index) { p.*Part = &List{}(p)[index]; }};
}

std::vector<Key> realm_limit_keys();
Table realm_table();
std::vector<Key> auth_keys();
std::vector<Table> auth_tables();
Table uplinks_table();

}  // namespace heddle::config
