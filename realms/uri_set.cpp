#include "realms/uri_set.hpp"

namespace heddle {
namespace {

/// Walks two wildcards (or a wildcard and a URI, which is one without gaps) part by part.
template <class PartsAgree>
bool agree_by_parts(std::string_view left, std::string_view right, PartsAgree agree) {
    UriParts a(left), b(right);
    for (;;) {
        const bool more_a = a.next(), more_b = b.next();
        if (more_a != more_b) return false;
        if (!more_a) return true;
        if (!agree(a.part, b.part)) return false;
    }
}

bool has_gap(std::string_view wildcard) {
    for (UriParts parts(wildcard); parts.next();)
        if (parts.part.empty()) return true;
    return false;
}

/// prefix x wildcard: do the parts of the prefix (its last one may go on) agree with the wildcard's first parts?
bool prefix_meets_wildcard(std::string_view prefix, std::string_view wildcard) {
    UriParts want(prefix), have(wildcard);
    while (want.next()) {
        if (!have.next()) return false;
        if (want.done) return have.part.empty() || have.part.starts_with(want.part);
        if (want.part.empty()) return false;  // no URI has an empty part: such a prefix is the empty set
        if (!have.part.empty() && have.part != want.part) return false;
    }
    return true;
}

bool is_one_uri(UriSet set) { return set.match == Match::exact || (set.match == Match::wildcard && !has_gap(set.uri)); }

}  // namespace

std::string_view fixed_head(std::string_view wildcard) {
    if (wildcard.empty() || wildcard.front() == '.') return {};
    const std::size_t gap = wildcard.find("..");
    if (gap != std::string_view::npos) return wildcard.substr(0, gap + 1);
    return wildcard;  // a trailing dot stays: "a." fits "a.x" only
}

bool holds(UriSet set, std::string_view uri) {
    switch (set.match) {
        case Match::exact:
            return set.uri == uri;
        case Match::prefix:
            return uri.starts_with(set.uri);
        case Match::wildcard:
            return agree_by_parts(set.uri, uri, [](std::string_view want, std::string_view have) {
                return want.empty() || want == have;
            });
    }
    return false;
}

bool contains(UriSet outer, UriSet inner) {
    if (is_one_uri(inner)) return holds(outer, inner.uri);
    switch (outer.match) {
        case Match::exact:
            return false;  // inner has more than one URI
        case Match::prefix:
            return inner.match == Match::prefix ? inner.uri.starts_with(outer.uri)
                                                : fixed_head(inner.uri).starts_with(outer.uri);
        case Match::wildcard:  // a prefix has URIs of every length, a wildcard of one
            return inner.match == Match::wildcard && holds(outer, inner.uri);
    }
    return false;
}

bool intersects(UriSet a, UriSet b) {
    if (a.match == Match::exact) return holds(b, a.uri);
    if (b.match == Match::exact) return holds(a, b.uri);
    if (a.match == Match::prefix && b.match == Match::prefix)
        return a.uri.starts_with(b.uri) || b.uri.starts_with(a.uri);
    if (a.match == Match::prefix) return prefix_meets_wildcard(a.uri, b.uri);
    if (b.match == Match::prefix) return prefix_meets_wildcard(b.uri, a.uri);
    return agree_by_parts(a.uri, b.uri, [](std::string_view left, std::string_view right) {
        return left.empty() || right.empty() || left == right;
    });
}

}  // namespace heddle
