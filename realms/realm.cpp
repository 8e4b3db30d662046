#include "realms/realm.hpp"

#include <algorithm>
#include <utility>

#include "realms/realm_state.hpp"

namespace heddle {

Realm::Realm(RealmSettings settings, Entropy& entropy, HistoryStores* stores)
    : state_(std::make_unique<State>(std::move(settings), entropy, stores)) {}
Realm::~Realm() = default;

void Realm::on_message(EndpointId from, const Message& message, TimePoint now, Egress& out) {
    state_->on_message(from, message, now, out);
    state_->events.flush(out);
}

void Realm::admit(EndpointId from, const HelloDetails& hello, const Identity& as, TimePoint now, Egress& out) {
    state_->set_time(now);
    state_->logins.drop(from, out);
    state_->welcome(from, hello.roles, as, nullptr, out);
    state_->events.flush(out);
}

void Realm::on_violation(EndpointId from, CloseReason why, std::string_view what, TimePoint now, Egress& out) {
    state_->set_time(now);
    state_->violation(from, why, what, out);
    state_->events.flush(out);
}

void Realm::on_lost(EndpointId from, CloseReason, TimePoint now, Egress& out) {
    state_->set_time(now);
    if (Session* session = state_->sessions.find(from)) state_->end(*session, out);
    state_->logins.lost(from, out);
    state_->sessions.mark_gone(from);
    state_->events.flush(out);
}

void Realm::on_tick(TimePoint now, Egress& out) {
    state_->on_tick(now, out);
    state_->events.flush(out);
}

TimePoint Realm::next_deadline() const {
    TimePoint next = std::min(state_->dealer.next_deadline(), state_->broker.next_deadline());
    next = std::min({next, state_->logins.next_deadline(), state_->next_expiry()});
    if (const auto& asked = state_->asking.deadlines; !asked.empty()) next = std::min(next, asked.begin()->first);
    return state_->goodbyes.empty() ? next : std::min(next, state_->goodbyes.front().until);
}

void Realm::shut_down(TimePoint now, Egress& out, CloseReason why) { state_->shut_down(now, why, out); }
void Realm::drain(TimePoint now, Egress& out) { state_->drain(now, out); }
std::size_t Realm::send_idle_away(std::size_t max, TimePoint now, Egress& out) {
    return state_->send_idle_away(max, now, out);
}
const RealmSettings& Realm::settings() const { return state_->settings; }
bool Realm::has_procedure(std::string_view uri) const {
    return state_->dealer.has_procedure(uri) || state_->meta_callee.has(uri);
}
bool Realm::has_retained(std::string_view topic) const { return state_->retained.has(topic); }
LaneKind Realm::lane_of(std::string_view uri) const { return state_->lanes.kind(uri); }
const LaneRule& Realm::lane_rule(std::string_view uri) const { return state_->lanes.rule(uri); }

void Realm::read_state(EndpointId who, Match match, std::string_view uri, std::string_view after,
                       FunctionRef<bool(const StateEntry&)> visit) const {
    if (const Session* session = state_->sessions.find(who))
        state_->broker.read_state(*session, {match, uri}, after, visit);
}

void Realm::offer(MetaProvider& provider) { state_->meta_callee.add(provider); }
void Realm::set_clock(TimePoint now, std::chrono::system_clock::time_point wall) {
    state_->clock.set(now, wall);
    if (state_->expired_until == 0) state_->expired_until = state_->clock.milliseconds(now) / 1000;
    state_->broker.begin(now);
}

void Realm::keep_out(std::string_view authid, std::string_view address, TimePoint until) {
    state_->logins.keep_out(authid, address, until);
}

bool Realm::revoke_subscription(SessionId who, SubscriptionId subscription, std::string_view reason, Egress& out) {
    const bool held = state_->revoke(who, subscription, reason, out);
    state_->events.flush(out);
    return held;
}

bool Realm::may(EndpointId who, Action action, std::string_view uri) {
    const Session* session = state_->sessions.find(who);
    return session && session->stage() == Stage::open &&
           state_->gate.check(session->actor(), action, uri).verdict == Gate::Verdict::allowed;
}

SessionId Realm::session_of(EndpointId who) const {
    const Session* session = state_->sessions.find(who);
    return session ? session->id : SessionId{};
}

std::optional<Identity> Realm::identity_of(EndpointId who) const {
    const Session* session = state_->sessions.find(who);
    if (!session || session->stage() != Stage::open) return std::nullopt;
    return Identity{session->authid, session->authrole, session->authmethod, session->authprovider, session->router};
}

void Realm::each_subscription(FunctionRef<void(const PatternFacts&)> visit) const { state_->broker.each(visit); }
void Realm::each_registration(FunctionRef<void(const PatternFacts&)> visit) const { state_->dealer.each(visit); }

void Realm::each_retained(std::string_view prefix, FunctionRef<bool(std::string_view)> visit) const {
    bool more = true;
    const auto show = [&](std::string_view topic) { return more = more && visit(topic); };
    state_->retained.walk({Match::prefix, prefix}, {}, [&](const RetainedTopic& topic) { return show(topic.topic); });
    state_->broker.lists().topics({Match::prefix, prefix}, [&](std::string_view topic) { show(topic); });
}

void Realm::read_list(std::string_view topic, std::size_t first, FunctionRef<bool(const ListItem&)> visit) const {
    state_->broker.lists().walk(topic, first, [&](std::size_t index, const ListEntry& entry) {
        return visit({index, entry.key, entry.value.view(), entry.body});
    });
}
std::size_t Realm::list_size(std::string_view topic) const { return state_->broker.lists().size(topic); }
std::size_t Realm::list_place(std::string_view topic, std::string_view key) const {
    return state_->broker.lists().place(topic, key);
}

void Realm::set_room(Room room) {
    state_->room = room;
    state_->broker.let_state_grow(room.state);
    state_->dealer.let_held_grow(room.state);
}

std::size_t Realm::state_bytes() const {
    const Lists& lists = state_->broker.lists();
    return state_->retained.bytes() + state_->retained.copy_bytes() + lists.bytes() + lists.copy_bytes() +
           state_->broker.history_memory_bytes() + state_->dealer.held_bytes();
}

void Realm::count(Refusal refusal) { state_->gate.refuse(refusal); }

Realm::Counts Realm::counts() const {
    Counts counts;
    counts.sessions = state_->sessions.size();
    counts.subscriptions = state_->broker.subscriptions();
    counts.registrations = state_->dealer.registrations();
    counts.calls = state_->dealer.calls();
    counts.retained = state_->retained.events();
    counts.retained_bytes = state_->retained.bytes();
    const Refusals& refused = state_->gate.refusals();
    counts.retained_refused = refused[Refusal::retained] + refused[Refusal::user_retained];
    counts.list_entries = state_->broker.lists().entries();
    counts.history_events = state_->broker.history_events();
    counts.history_bytes = state_->broker.history_bytes();
    counts.list_bytes = state_->broker.lists().bytes();
    counts.copy_bytes = state_->retained.copy_bytes() + state_->broker.lists().copy_bytes();
    counts.history_memory_bytes = state_->broker.history_memory_bytes();
    counts.held_bytes = state_->dealer.held_bytes();
    counts.published = state_->broker.published();
    return counts;
}

Tallies Realm::tallies() const {
    Tallies tallies = state_->tallies;
    tallies.authorizations = state_->gate.decided();
    for (std::size_t i = 0; i < refusal_count; ++i) tallies.refusals.counts[i] += state_->gate.refusals().counts[i];
    return tallies;
}

}  // namespace heddle
