#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "realms/accounts.hpp"
#include "serializers/messages.hpp"

/// What an administrator says about one realm. Plain values; the config reader fills them, the realm copies them.
namespace heddle {

using TimePoint = std::chrono::steady_clock::time_point;  // always an argument: nothing here reads a clock

enum class Action : std::uint8_t { call, register_, publish, subscribe };
inline constexpr std::size_t action_count = 4;
struct ActionSet {
    std::uint8_t bits = 0;  // bit per Action
    bool has(Action action) const { return bits >> static_cast<unsigned>(action) & 1u; }
    void add(Action action) { bits = static_cast<std::uint8_t>(bits | 1u << static_cast<unsigned>(action)); }
};

/// Who may be named to the other side: the caller to the callee, the publisher to subscribers.
enum class Identified : std::uint8_t { caller, publisher };
struct IdentifiedSet {
    std::uint8_t bits = 0;  // bit per Identified
    bool has(Identified who) const { return bits >> static_cast<unsigned>(who) & 1u; }
    void add(Identified who) { bits = static_cast<std::uint8_t>(bits | 1u << static_cast<unsigned>(who)); }
};

/// One permission of a role, on all URIs that `match` and `uri` describe.
struct PermissionRule {
    Match match = Match::exact;
    std::string uri;
    ActionSet allow, deny;
    // What is said of identities by a rule that allows: `disclose` names who acts (or, where it allows to register, who
    // calls what is registered) even if nobody asked; `conceal` refuses to. Neither: as the clients ask.
    IdentifiedSet disclose = {}, conceal = {};
};
struct RoleSettings {
    std::string name;
    std::vector<PermissionRule> permissions;
    std::size_t trustlevel = 0;  // told to callees and subscribers that know trust levels; 0: nothing is told
};

/// How topics and procedures look as lanes. `by_state`: value where a retained event stands, event otherwise.
enum class LaneKind : std::uint8_t { by_state, value, map, event, command, list };
struct LaneRule {
    Match match = Match::exact;
    std::string uri;
    LaneKind kind = LaneKind::by_state;
    std::size_t entries_max = 0;  // of a list, or of one link to a map; 0: as everywhere (RealmLimits, WarpLimits)
    std::size_t waiting_max = 0;  // of an event lane: frames that wait for one link; 0: as everywhere (WarpLimits)
};

/// A subscription whose events are kept, and which is there whether anybody subscribes or not ("Event History"). Bounds:
/// whichever is reached first.
enum class HistoryKind : std::uint8_t { memory, sqlite };
struct HistoryRule {
    Match match = Match::exact;
    std::string uri;
    std::size_t events_max = 1'000;
    std::size_t bytes_max = std::size_t{16} << 20;
    std::chrono::milliseconds age_max{0};  // 0: of any age
    HistoryKind kind = HistoryKind::memory;
};

enum class UriCheck : std::uint8_t { loose, strict };
enum class RequestIds : std::uint8_t { strict, tolerant };  // strict: 1, 2, 3, ..; a gap or a repeat is a violation

struct RealmLimits {
    std::size_t uri_bytes_max = 255;
    std::size_t uri_parts_max = 16;
    std::size_t sessions_max = 100'000;
    std::size_t authid_sessions_max = 100;  // of one authid; anonymous clients have one each
    std::size_t address_sessions_max = 1'000;  // anonymous ones from one address; IPv6 counts by /64
    std::size_t logins_max = 10'000;        // that are being decided at once
    std::size_t subscriptions_max = 10'000;  // per session
    std::size_t registrations_max = 1'000;   // per session
    std::size_t calls_max = 10'000;          // open at once, per caller
    std::size_t invocations_max = 10'000;    // open at once, per callee
    std::size_t caller_invocations_max = 1'000;  // of these one user's, however little room is left
    std::size_t topics_max = 1'000'000;      // different subscriptions (topic and match) in the realm
    std::size_t procedures_max = 1'000'000;  // different registrations in the realm
    std::size_t decisions_max = 65'536;      // remembered permission decisions
    std::size_t retained_events_max = 200'000;
    std::size_t retained_bytes_max = std::size_t{256} << 20;
    // Of these, one user's: of an authid, of an address where the publisher is anonymous.
    std::size_t user_retained_events_max = 100'000;
    std::size_t user_retained_bytes_max = std::size_t{128} << 20;
    std::size_t list_entries_max = 10'000;               // of one list, where no rule says it
    std::size_t list_bytes_max = std::size_t{64} << 20;  // of all lists
    std::size_t user_list_bytes_max = std::size_t{32} << 20;  // of these, entries that one user set last
    std::size_t history_answer_max = 1'000;              // events in one answer of wamp.subscription.get_events
    std::size_t history_answer_bytes_max = std::size_t{1} << 20;
    // Looked at for one answer, whether they are in it or not: the realm does nothing else meanwhile.
    std::size_t history_scan_max = 20'000;
    std::size_t history_scan_bytes_max = std::size_t{16} << 20;
    std::size_t testaments_max = 64;                     // of one session
    std::size_t testament_bytes_max = std::size_t{64} << 10;  // of one session
    std::size_t held_bytes_max = std::size_t{64} << 20;  // of calls that may yet go to another callee
    std::chrono::milliseconds call_timeout{60'000};      // bounds every call, whatever it asks for; 0: nothing does
    std::chrono::milliseconds goodbye_wait_max{5'000};
    std::chrono::milliseconds authenticate_wait_max{10'000};  // for AUTHENTICATE; and for what decides about it
};

struct RealmSettings {
    std::string name;
    std::vector<RoleSettings> roles;
    std::string anonymous_role;  // empty: anonymous clients are not let in
    AuthSettings auth = {};
    std::vector<UserSettings> users = {};  // to begin with; later Realm::put_user, remove_user
    bool administers = false;  // the realm `heddle.admin`: its users are the router's administrators
    std::vector<LaneRule> lanes;
    std::vector<HistoryRule> histories = {};
    UriCheck uri_check = UriCheck::loose;
    RequestIds request_ids = RequestIds::tolerant;
    bool take_over = false;  // who registers what a session of the same authid still holds gets it
    RealmLimits limits;
};

}  // namespace heddle
