#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "realms/authorizer.hpp"
#include "realms/lanes.hpp"
#include "realms/settings.hpp"
#include "realms/text_hash.hpp"

namespace heddle {

/// May this role do this to this URI? Checks the URI, then the rules, and remembers answers about concrete URIs: a
/// message on a known URI costs one look into a hash map.
class Gate {
 public:
    enum class Verdict : std::uint8_t { allowed, denied, invalid_uri };
    struct Answer {
        Verdict verdict = Verdict::denied;
        bool keep = false;  // publish only: a lane rule makes this topic keep its last event, asked for or not
        const LaneRule* list = nullptr;  // publish only: the rule that makes this topic a list
        Disclosure disclosure =
            Disclosure::as_asked;  // call: of the caller; register: of callers; publish: of the publisher
    };

    /// All must outlive the gate.
    Gate(const RealmSettings& settings, const Authorizer& authorizer, const Lanes& lanes);

    Answer check(RoleIndex role, Action action, std::string_view uri);                // concrete
    Verdict check(RoleIndex role, Action action, Match match, std::string_view uri);  // or a pattern
    Answer answer(RoleIndex role, Action action, Match match, std::string_view uri);

    std::size_t remembered() const { return young_.size() + old_.size(); }

 private:
    struct Key {
        std::uint64_t role_action;
        std::string uri;
    };
    struct KeyView {
        std::uint64_t role_action;
        std::string_view uri;
    };
    struct KeyHash {
        using is_transparent = void;
        // Not noexcept, see TextHash.
        std::size_t operator()(const KeyView& key) const {
            return TextHash{}(key.uri) ^ static_cast<std::size_t>(key.role_action * 0x9E3779B97F4A7C15u);
        }
        std::size_t operator()(const Key& key) const { return (*this)(KeyView{key.role_action, key.uri}); }
    };
    struct KeyEqual {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return a.role_action == b.role_action && std::string_view(a.uri) == std::string_view(b.uri);
        }
    };
    using Memory = std::unordered_map<Key, Answer, KeyHash, KeyEqual>;

    Answer decide(RoleIndex role, Action action, UriSet what) const;
    Answer remember(KeyView key, Answer answer);

    const RealmSettings& settings_;
    const Authorizer& authorizer_;
    const Lanes& lanes_;
    // Two halves bound the memory without a list of uses: a full young one becomes the old one, whose entries move over
    // when asked for.
    Memory young_, old_;
};

}  // namespace heddle
