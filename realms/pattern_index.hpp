#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "realms/text_hash.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// Which patterns does a URI fit? Knows patterns and the handles they were put in with, nothing else.
///
///   exact      text -> handle                         one look
///   prefix     text -> handle, lengths in use         one look for each length in use that the URI has
///   wildcard   a tree of parts; `.` is a gap:         each node at most once, literal before gap
///
///       a.b.c   root -a-> o -b-> o -c-> (1)
///       a..c             o -gap-> o -c-> (2)
///
/// The URI's bytes and parts bound the depth (RealmLimits::uri_*), the owner's limits the number of patterns.
class PatternIndex {
 public:
    using Handle = std::uint32_t;
    static constexpr Handle none = ~Handle{0};

    PatternIndex();
    PatternIndex(PatternIndex&&) = default;
    PatternIndex& operator=(PatternIndex&&) = default;

    /// The handle of this very pattern.
    Handle find(Match match, std::string_view uri) const;
    void insert(Match match, std::string_view uri, Handle handle);  // must not be in
    void erase(Match match, std::string_view uri);                  // must be in

    /// Appends every pattern that the concrete `uri` fits: exact, then prefixes from short to long, then wildcards.
    void match(std::string_view uri, std::vector<Handle>& found) const;

    /// The one that wins a call (advanced profile, "Pattern-based Registrations"): exact; else the longest prefix; else
    /// the wildcard with the longest literal run from the left, ties by the next run: literal first at every part.
    /// Where every prefix that fits ends inside a part, wildcards go first: the specification lets "a1.b2.c33..e5" win
    /// "a1.b2.c33.d4.e5" though "a1.b2.c3" is a prefix of it as plain text.
    Handle best(std::string_view uri) const;

    std::size_t size() const { return size_; }

 private:
    struct Edge {
        std::uint32_t parent;
        std::string part;
    };
    struct Node {
        std::uint32_t gap = 0;       // child for an empty part; 0: none (the root is nobody's child)
        std::uint32_t literals = 0;  // how many children by text
        Handle handle = none;
        std::uint32_t only = 0;           // the one child by text, where it is known: then nothing is hashed
        const Edge* only_edge = nullptr;  // the key in edges_
    };
    struct EdgeView {
        std::uint32_t parent;
        std::string_view part;
    };
    struct EdgeHash {
        using is_transparent = void;
        std::size_t operator()(const EdgeView& edge) const {
            return TextHash{}(edge.part) ^ (edge.parent * std::size_t{0x9E3779B97F4A7C15u});
        }
        std::size_t operator()(const Edge& edge) const { return (*this)(EdgeView{edge.parent, edge.part}); }
    };
    struct EdgeEqual {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return a.parent == b.parent && std::string_view(a.part) == std::string_view(b.part);
        }
    };
    struct Length {
        std::size_t bytes;
        std::size_t patterns;
    };

    std::uint32_t child(std::uint32_t parent, std::string_view part) const;  // 0: none
    std::uint32_t make_child(std::uint32_t parent, std::string_view part);
    void match_below(std::uint32_t node, std::string_view rest, bool done, std::vector<Handle>& found) const;
    Handle best_below(std::uint32_t node, std::string_view rest, bool done) const;
    void erase_below(std::uint32_t node, std::string_view rest, bool done);
    void count_length(std::size_t bytes);
    void uncount_length(std::size_t bytes);

    TextMap<Handle> exact_, prefix_;
    std::vector<Length> lengths_;  // of the prefixes, ascending
    std::vector<Node> nodes_;      // [0] is the root
    std::vector<std::uint32_t> free_nodes_;
    std::unordered_map<Edge, std::uint32_t, EdgeHash, EdgeEqual> edges_;
    std::size_t wildcards_ = 0;
    std::size_t size_ = 0;
};

}  // namespace heddle
