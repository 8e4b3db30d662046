#pragma once
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>

#include "realms/authorizer.hpp"
#include "realms/authorizer_answers.hpp"
#include "realms/kept_publisher.hpp"
#include "realms/lanes.hpp"
#include "realms/settings.hpp"
#include "realms/tallies.hpp"
#include "realms/text_hash.hpp"

namespace heddle {

/// May somebody do this to this URI? Checks the URI, then the rules, and remembers answers about concrete URIs: a
/// message on a known URI costs one look into a hash map. They are remembered for a role, and for each authid only
/// where the role has rules with `{authid}`.
///
/// Where no rule speaks and the realm has a dynamic authorizer, its answers count (authorizer_asking.hpp finds them
/// out): without one at hand the verdict is `denied`.
class Gate {
 public:
    enum class Verdict : std::uint8_t { allowed, denied, invalid_uri };
    struct Answer {
        Verdict verdict = Verdict::denied;
        bool keep = false;    // publish only: a lane rule makes this topic keep its last event, asked for or not
        bool unsaid = false;  // no rule speaks, and the dynamic authorizer may be asked
        const LaneRule* list = nullptr;  // publish only: the rule that makes this topic a list
        Disclosure disclosure =
            Disclosure::as_asked;  // call: of the caller; register: of callers; publish: of the publisher
    };

    /// All must outlive the gate.
    Gate(const RealmSettings& settings, const Authorizer& authorizer, const Lanes& lanes);

    Answer check(const Actor& actor, Action action, std::string_view uri);                // concrete
    Verdict check(const Actor& actor, Action action, Match match, std::string_view uri);  // or a pattern
    Answer answer(const Actor& actor, Action action, Match match, std::string_view uri);
    /// What the rules alone say.
    Answer by_rules(const Actor& actor, const Deed& deed);
    /// May somebody who was let have a pattern have this one of its URIs, too? Not those that no pattern reaches.
    bool reaches(const Actor& actor, Action action, std::string_view uri) {
        const Answer rules = by_rules(actor, {action, {Match::exact, uri}});
        return rules.verdict == Verdict::allowed || rules.unsaid;
    }

    /// Other settings, roles or lanes are in force: nothing that was decided before counts.
    void forget();

    /// For what is kept of a publication that had this answer.
    KeptPublisher publisher(const Actor& actor, const Answer& answer) const;
    /// May whoever published this still publish there? One comparison where nothing was edited since.
    bool still_published(const KeptPublisher& by, std::string_view topic) {
        return by.epoch == epoch_ || still_published_now(by, topic);
    }

    // The dynamic authorizer.

    AuthorizerAnswers& answers() { return answers_; }
    void set_time(TimePoint now) { now_ = now; }  // before checks, where there is an authorizer
    /// While this lives, what the authorizer said about one message counts for that.
    class Once {
     public:
        Once(Gate& gate, const Actor& actor, const Deed& deed, AuthorizerAnswers::Answer answer)
            : gate_(gate), said_{actor, deed, answer} {
            gate_.once_ = &said_;
        }
        ~Once() { gate_.once_ = nullptr; }
        Once(const Once&) = delete;
        Once& operator=(const Once&) = delete;

     private:
        friend class Gate;
        struct Said {
            Actor actor;
            Deed deed;
            AuthorizerAnswers::Answer answer;
        };
        Gate& gate_;
        Said said_;
    };
    /// What it said and still holds; null: it has to be asked.
    const AuthorizerAnswers::Answer* said(const Actor& actor, const Deed& deed) const;

    const std::array<Tallies::Decisions, action_count>& decided() const { return decided_; }
    /// Something was refused at a limit: counted here, where all who decide about requests come by.
    void refuse(Refusal refusal) { refusals_.add(refusal); }
    const Refusals& refusals() const { return refusals_; }
    std::size_t remembered() const { return young_.size() + old_.size(); }

 private:
    struct Key {
        std::uint64_t role_action;
        std::string authid, uri;
    };
    struct KeyView {
        std::uint64_t role_action;
        std::string_view authid, uri;
    };
    struct KeyHash {
        using is_transparent = void;
        // Not noexcept, see TextHash.
        std::size_t operator()(const KeyView& key) const {
            std::uint64_t mixed = key.role_action;
            if (!key.authid.empty()) mixed ^= TextHash{}(key.authid) << 1 | 1;
            return TextHash{}(key.uri) ^ static_cast<std::size_t>(mixed * 0x9E3779B97F4A7C15u);
        }
        std::size_t operator()(const Key& key) const { return (*this)(KeyView{key.role_action, key.authid, key.uri}); }
    };
    struct KeyEqual {
        using is_transparent = void;
        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            return a.role_action == b.role_action && std::string_view(a.uri) == std::string_view(b.uri) &&
                   std::string_view(a.authid) == std::string_view(b.authid);
        }
    };
    using Memory = std::unordered_map<Key, Answer, KeyHash, KeyEqual>;

    Answer count(Action action, const Answer& answer) {
        Tallies::Decisions& decided = decided_[static_cast<std::size_t>(action)];
        ++(answer.verdict == Verdict::allowed ? decided.allowed : decided.denied);
        if (answer.verdict == Verdict::invalid_uri) refuse(Refusal::uri);
        return answer;
    }
    Answer known(const Actor& actor, Action action, std::string_view uri);
    Answer decide(const Actor& actor, Action action, UriSet what) const;
    Answer allow(Action action, UriSet what, Disclosure disclosure) const;
    bool may_ask(Action action, UriSet what) const;
    Answer with_authorizer(const Actor& actor, const Deed& deed, Answer answer) const;
    Answer remember(KeyView key, Answer answer);
    bool still_published_now(const KeptPublisher& by, std::string_view topic);

    const RealmSettings& settings_;
    const Authorizer& authorizer_;
    const Lanes& lanes_;
    // Two halves bound the memory without a list of uses: a full young one becomes the old one, whose entries move over
    // when asked for.
    Memory young_, old_;
    AuthorizerAnswers answers_;
    const Once::Said* once_ = nullptr;
    TimePoint now_{};
    std::uint32_t epoch_ = 1;
    std::array<Tallies::Decisions, action_count> decided_{};
    Refusals refusals_;
};

}  // namespace heddle
