#pragma once
#include <string_view>

#include "serializers/messages.hpp"

/// The sets of URIs that patterns describe (wamp specification, "Pattern-based Subscriptions"), and how two of them lie
/// to each other. Over all URIs without empty parts, of any length. Pure.
namespace heddle {

/// A pattern: `exact` is one URI; `prefix` every URI whose text starts so (plain text, not by parts: "a.b" fits
/// "a.bx"); `wildcard` every URI of as many parts, where an empty part fits any one part.
struct UriSet {
    Match match = Match::exact;
    std::string_view uri;
    bool operator==(const UriSet&) const = default;
};

/// Is the concrete `uri` in the set?
bool holds(UriSet set, std::string_view uri);

/// Is every URI of `inner` in `outer`?
bool contains(UriSet outer, UriSet inner);

/// Is there a URI that is in both?
bool intersects(UriSet a, UriSet b);

/// `inner` lies inside `outer` and is smaller.
inline bool properly_contains(UriSet outer, UriSet inner) { return contains(outer, inner) && !contains(inner, outer); }

/// The text that every URI of a wildcard begins with: up to the first gap, or all of it.
std::string_view fixed_head(std::string_view wildcard);

/// Takes the part before the first dot off the front of `rest`; false when none was left.
///   for (UriParts parts(uri); parts.next();) use(parts.part)
struct UriParts {
    explicit UriParts(std::string_view uri) : rest(uri) {}
    bool next() {
        if (done) return false;
        const std::size_t dot = rest.find('.');
        part = rest.substr(0, dot);
        if (dot == std::string_view::npos)
            done = true;
        else
            rest.remove_prefix(dot + 1);
        return true;
    }
    std::string_view rest, part;
    bool done = false;
};

}  // namespace heddle
