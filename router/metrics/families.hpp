#pragma once
#include <string>

#include "router/metrics/exposition.hpp"
#include "router/metrics/snapshot.hpp"

namespace heddle::metrics {

inline constexpr std::size_t realms_max = 200;  // by name; the rest is one realm, `other`

/// All that `/metrics` says. No label ever holds a URI, an authid, a session's id or an address, and every label value
/// that can be known is there from the start, with 0. docs/metrics.md tells what each family means.
std::string text(const Snapshot& snapshot, Form form);

}  // namespace heddle::metrics
