// Long because it is one list: each family with its labels, in the order in which a scraper reads them.
#include "router/metrics/families.hpp"

#include <algorithm>

#include "realms/accounts.hpp"
#include "serializers/rules.hpp"

namespace heddle::metrics {
namespace {

constexpr std::string_view outcome_names[] = {"ok", "error", "timeout", "canceled", "no_callee", "callee_lost", "denied"};
static_assert(std::size(outcome_names) == call_outcome_count);
constexpr std::string_view action_names[] = {"call", "register", "publish", "subscribe"};
static_assert(std::size(action_names) == action_count);
constexpr std::string_view line_names[] = {"tcp", "tls", "unix"};
static_assert(std::size(line_names) == line_count);

template <class M>
void add_map(M& to, const M& from) {
    for (const auto& [key, value] : from) to[key] += value;
}

template <class A>
void add_array(A& to, const A& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
}

void add(Realm::Counts& to, const Realm::Counts& from) {
    to.sessions += from.sessions;
    to.subscriptions += from.subscriptions;
    to.registrations += from.registrations;
    to.calls += from.calls;
    to.retained += from.retained;
    to.retained_bytes += from.retained_bytes;
    to.list_bytes += from.list_bytes;
    to.copy_bytes += from.copy_bytes;
    to.history_memory_bytes += from.history_memory_bytes;
    to.held_bytes += from.held_bytes;
    to.history_events += from.history_events;
    to.published += from.published;
}

void add(RealmSnapshot& to, const RealmSnapshot& from) {
    add(to.counts, from.counts);
    add_array(to.tallies.calls, from.tallies.calls);
    to.tallies.call_seconds.add(from.tallies.call_seconds);
    add_array(to.tallies.refusals.counts, from.tallies.refusals.counts);
    for (std::size_t i = 0; i < action_count; ++i) {
        to.tallies.authorizations[i].allowed += from.tallies.authorizations[i].allowed;
        to.tallies.authorizations[i].denied += from.tallies.authorizations[i].denied;
    }
    add_array(to.counters.received_, from.counters.received_);
    add_array(to.counters.sent_, from.counters.sent_);
    add_array(to.counters.ended_, from.counters.ended_);
    to.counters.opened_ += from.counters.opened_;
    to.counters.recipients_.add(from.counters.recipients_);
    to.counters.routing_.add(from.counters.routing_);
    add_map(to.sessions, from.sessions);
    add_map(to.links, from.links);
    to.uplinks_open += from.uplinks_open;
    to.uplinks_down += from.uplinks_down;
    for (std::size_t i = 0; i < auth_method_count; ++i) add_array(to.tallies.logins[i], from.tallies.logins[i]);
    to.delivered += from.delivered;
    to.dropped += from.dropped;
    to.too_big += from.too_big;
    to.conflated += from.conflated;
    to.slow_readers += from.slow_readers;
    to.waiting_bytes += from.waiting_bytes;
}

/// In the order of their names; what is beyond realms_max is added up.
std::vector<RealmSnapshot> realms_of(const Snapshot& snapshot) {
    std::vector<RealmSnapshot> realms;
    for (const WorkerSnapshot& worker : snapshot.workers)
        realms.insert(realms.end(), worker.realms.begin(), worker.realms.end());
    for (RealmSnapshot& realm : realms)
        for (const WorkerSnapshot& worker : snapshot.workers) {
            const auto of_realm = [&](const auto& counts) {
                const auto found = counts.find(realm.name);
                return found == counts.end() ? 0 : found->second;
            };
            realm.dropped += of_realm(worker.counters.dropped);
            realm.slow_readers += of_realm(worker.slow_readers);
            for (const auto& [key, count] : worker.uplinks)
                if (key.first == realm.name) (key.second ? realm.uplinks_open : realm.uplinks_down) += count;
        }
    std::sort(realms.begin(), realms.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    if (realms.size() <= realms_max) return realms;
    RealmSnapshot other;
    for (std::size_t i = realms_max; i < realms.size(); ++i) add(other, realms[i]);
    other.name = "other";
    realms.resize(realms_max);
    realms.push_back(std::move(other));
    return realms;
}

class Writer {
 public:
    Writer(const Snapshot& snapshot, Form form) : snapshot_(snapshot), realms_(realms_of(snapshot)), out_(form) {}

    std::string write() {
        process();
        sockets();
        http();
        sessions();
        messages();
        events();
        calls();
        state();
        permissions();
        return out_.finish();
    }

 private:
    /// One sample a realm.
    template <class F>
    void each_realm(std::string_view name, Kind kind, std::string_view help, F&& value) {
        out_.family(name, kind, help);
        for (const RealmSnapshot& realm : realms_) out_.sample({{"realm", realm.name}}, value(realm));
    }
    template <class F>
    std::uint64_t over_workers(F&& value) const {
        std::uint64_t sum = 0;
        for (const WorkerSnapshot& worker : snapshot_.workers) sum += value(worker);
        return sum;
    }

    void process();
    void sockets();
    void http();
    void sessions();
    void messages();
    void events();
    void calls();
    void state();
    void permissions();

    const Snapshot& snapshot_;
    std::vector<RealmSnapshot> realms_;
    Exposition out_;
};

void Writer::process() {
    const ProcessSnapshot& p = snapshot_.process;
    out_.family("heddle_build_info", Kind::gauge, "1; which version this is.");
    out_.sample({{"version", p.version}}, std::uint64_t{1});
    out_.family("process_cpu_seconds", Kind::counter, "CPU time of the process, user and system.");
    out_.sample({}, p.cpu_seconds);
    out_.family("process_resident_memory_bytes", Kind::gauge, "Memory in use.");
    out_.sample({}, p.resident_bytes);
    out_.family("heddle_memory_limit_bytes", Kind::gauge, "limits.memory: what the process may take.");
    out_.sample({}, p.memory_max);
    out_.family("heddle_memory_bytes", Kind::gauge, "What the process takes of limits.memory.");
    out_.sample({{"part", "messages"}}, p.memory_messages);
    out_.sample({{"part", "input"}}, p.memory_input);
    out_.sample({{"part", "rest"}}, p.memory_rest);
    out_.family("process_open_fds", Kind::gauge, "Open file descriptors.");
    out_.sample({}, p.open_descriptors);
    out_.family("process_max_fds", Kind::gauge, "How many there may be.");
    out_.sample({}, p.descriptors_max);
    out_.family("process_start_time_seconds", Kind::gauge, "Unix time of the start.");
    out_.sample({}, p.started);
    out_.family("heddle_config_last_reload_success_timestamp_seconds", Kind::gauge,
                "Unix time at which the configuration was last taken in, at start or by a reload.");
    out_.sample({}, p.reload_succeeded);
    out_.family("heddle_config_reloads", Kind::counter, "Reloads of the configuration.");
    out_.sample({{"result", "ok"}}, p.reloads_ok);
    out_.sample({{"result", "failed"}}, p.reloads_failed);
    out_.family("heddle_log_lines_lost", Kind::counter, "Log lines that came faster than they could be written.");
    out_.sample({}, p.log_lines_lost);
    out_.family("heddle_tls_certificate_expiry_timestamp_seconds", Kind::gauge, "Unix time at which a certificate ends.");
    for (const auto& [name, end] : p.certificates) out_.sample({{"name", name}}, end);
    out_.family("heddle_faults", Kind::counter, "Exceptions that nothing expected: faults of the router (log line fault.caught).");
    out_.sample({}, p.faults);
    out_.family("heddle_store_failures", Kind::counter, "Writes to the store that failed.");
    out_.sample({}, p.store_failures);
    out_.family("heddle_store_commit_duration_seconds", Kind::histogram, "Time that a commit of an edit took.");
    out_.histogram({}, wait_bounds, p.store_commits);
    out_.family("heddle_history_lost", Kind::counter, "Events that histories in the store lost, as its queue was full.");
    out_.sample({}, p.history_lost);
    out_.family("heddle_history_queue_bytes", Kind::gauge, "Events that wait to be written to histories in the store.");
    out_.sample({}, p.history_queue_bytes);
    out_.family("heddle_audit_entries", Kind::gauge, "Entries of the audit log.");
    out_.sample({}, p.audit_entries);
    out_.family("heddle_audit_bytes", Kind::gauge, "Size of the audit log.");
    out_.sample({}, p.audit_bytes);
    out_.family("heddle_audit_refusals_folded", Kind::counter,
                "Refused operations that have no audit entry of their own, only a part in a summary.");
    out_.sample({}, p.audit_folded);
}

void Writer::sockets() {
    std::map<std::pair<std::string, std::string>, std::uint64_t> open;
    for (const WorkerSnapshot& worker : snapshot_.workers) add_map(open, worker.connections);
    out_.family("heddle_connections", Kind::gauge, "Open connections.");
    for (const auto& [key, count] : open) out_.sample({{"listener", key.first}, {"protocol", key.second}}, count);
    WorkerCounters sum;
    for (const WorkerSnapshot& worker : snapshot_.workers) {
        add_array(sum.received_bytes, worker.counters.received_bytes);
        add_array(sum.sent_bytes, worker.counters.sent_bytes);
        add_array(sum.refused, worker.counters.refused);
        sum.outbox_wait.add(worker.counters.outbox_wait);
        sum.held += worker.counters.held;
        sum.stalled += worker.counters.stalled;
        for (const auto& [listener, count] : worker.counters.accepted) sum.accepted[listener] += count;
    }
    out_.family("heddle_accepted_connections", Kind::counter, "Connections that came.");
    for (const auto& [listener, count] : sum.accepted) out_.sample({{"listener", listener}}, count);
    out_.family("heddle_refused", Kind::counter, "What was refused, or ended, at a limit; without a realm: connections.");
    for (std::size_t i = 0; i < limit_count; ++i) out_.sample({{"limit", limit_names[i]}}, sum.refused[i]);
    for (const RealmSnapshot& realm : realms_)
        for (std::size_t i = 0; i < refusal_count; ++i)
            out_.sample({{"realm", realm.name}, {"limit", refusal_names[i]}}, realm.tallies.refusals.counts[i]);
    out_.family("heddle_received_bytes", Kind::counter, "Bytes that came in, as the sockets gave them, TLS peeled off.");
    for (std::size_t i = 0; i < line_count; ++i) out_.sample({{"transport", line_names[i]}}, sum.received_bytes[i]);
    out_.family("heddle_sent_bytes", Kind::counter, "Bytes that sockets took, before TLS.");
    for (std::size_t i = 0; i < line_count; ++i) out_.sample({{"transport", line_names[i]}}, sum.sent_bytes[i]);
    out_.family("heddle_outbox_bytes", Kind::gauge, "What waits for sockets, as memory.");
    out_.sample({}, over_workers([](const WorkerSnapshot& worker) { return worker.outbox_bytes; }));
    out_.family("heddle_outbox_wait_seconds", Kind::histogram,
                "Waits of outboxes for full sockets, from the first byte that was not taken to the last.");
    out_.histogram({}, wait_bounds, sum.outbox_wait);
    out_.family("heddle_reading_paused", Kind::counter,
                "Times that a connection was not read because a reader of what it sends was behind.");
    out_.sample({}, sum.held);
    out_.family("heddle_readers_stalled", Kind::counter,
                "Times that a reader which was behind took nothing for limits.patience: its senders go on.");
    out_.sample({}, sum.stalled);
    out_.family("heddle_loop_lag_seconds", Kind::histogram, "How late a thread looked at what was due.");
    std::size_t thread = 0;
    for (const WorkerSnapshot& worker : snapshot_.workers)
        out_.histogram({{"thread", std::to_string(thread++)}}, wait_bounds, worker.counters.loop_lag);
}

void Writer::http() {
    decltype(WorkerCounters::http) sum;
    for (const WorkerSnapshot& worker : snapshot_.workers)
        for (const auto& [key, requests] : worker.counters.http) {
            sum[key].count += requests.count;
            sum[key].seconds.add(requests.seconds);
        }
    out_.family("heddle_http_requests", Kind::counter, "HTTP requests that were answered.");
    for (const auto& [key, requests] : sum)
        out_.sample({{"route", std::get<0>(key)}, {"method", std::get<1>(key)}, {"code", std::to_string(std::get<2>(key))}},
                    requests.count);
    std::map<std::string_view, Histogram<wait_bounds.size()>> by_route;
    for (const auto& [key, requests] : sum) by_route[std::get<0>(key)].add(requests.seconds);
    out_.family("heddle_http_request_duration_seconds", Kind::histogram, "From a request to its answer.");
    for (const auto& [route, seconds] : by_route) out_.histogram({{"route", route}}, wait_bounds, seconds);
}

void Writer::sessions() {
    each_realm("heddle_realm_revision", Kind::gauge, "How often the realm was edited.", [&](const RealmSnapshot& realm) {
        const auto found = snapshot_.process.edits.find(realm.name);
        return found == snapshot_.process.edits.end() ? 0 : found->second;
    });
    out_.family("heddle_sessions", Kind::gauge, "Open sessions.");
    for (const RealmSnapshot& realm : realms_)
        for (const auto& [form, count] : realm.sessions)
            out_.sample({{"realm", realm.name}, {"transport", form.first}, {"serializer", form.second}}, count);
    each_realm("heddle_sessions_opened", Kind::counter, "Sessions that were let in.",
               [](const RealmSnapshot& realm) { return realm.counters.opened_; });
    out_.family("heddle_sessions_ended", Kind::counter, "Sessions that ended, by the reasons of docs/logs.md.");
    for (const RealmSnapshot& realm : realms_)
        for (std::size_t i = 0; i < close_reason_count; ++i)
            out_.sample({{"realm", realm.name}, {"reason", name_of(static_cast<CloseReason>(i))}},
                        realm.counters.ended_[i]);
    out_.family("heddle_links", Kind::gauge, "WARP links.");
    for (const RealmSnapshot& realm : realms_)
        for (const auto& [kind, count] : realm.links) out_.sample({{"realm", realm.name}, {"kind", kind}}, count);
    out_.family("heddle_uplinks", Kind::gauge, "Links to other WARP servers.");
    for (const RealmSnapshot& realm : realms_) {
        out_.sample({{"realm", realm.name}, {"state", "open"}}, realm.uplinks_open);
        out_.sample({{"realm", realm.name}, {"state", "down"}}, realm.uplinks_down);
    }
    each_realm("heddle_slow_readers", Kind::gauge, "Sessions whose outbox is more than half full.",
               [](const RealmSnapshot& realm) { return realm.slow_readers; });
}

void Writer::messages() {
    const auto write = [&](std::string_view name, std::string_view help, Sender sender, auto&& counts) {
        out_.family(name, Kind::counter, help);
        for (const RealmSnapshot& realm : realms_) {
            for (const MessageRule& rule : message_rules)
                if (rule.sent_by(sender))
                    out_.sample({{"realm", realm.name}, {"type", rule.name}}, counts(realm)[rule.alternative]);
            out_.sample({{"realm", realm.name}, {"type", "warp"}}, counts(realm)[warp_frame]);
        }
    };
    write("heddle_messages_received", "Messages from clients.", Sender::client,
          [](const RealmSnapshot& realm) -> const auto& { return realm.counters.received_; });
    write("heddle_messages_sent", "Messages to clients.", Sender::router,
          [](const RealmSnapshot& realm) -> const auto& { return realm.counters.sent_; });
    out_.family("heddle_routing_duration_seconds", Kind::histogram,
                "From a message's bytes to the last answer queued; one message in 64 is timed.");
    for (const RealmSnapshot& realm : realms_)
        out_.histogram({{"realm", realm.name}}, routing_bounds, realm.counters.routing_);
}

void Writer::events() {
    each_realm("heddle_events_published", Kind::counter, "Publications that were accepted.",
               [](const RealmSnapshot& realm) { return realm.counts.published; });
    each_realm("heddle_events_delivered", Kind::counter, "Events handed to a reader's outbox or link.",
               [](const RealmSnapshot& realm) { return realm.delivered; });
    out_.family("heddle_events_dropped", Kind::counter, "Events that their reader never got.");
    for (const RealmSnapshot& realm : realms_) {
        out_.sample({{"realm", realm.name}, {"reason", "outbox_full"}}, realm.dropped);
        out_.sample({{"realm", realm.name}, {"reason", "too_big"}}, realm.too_big);
    }
    each_realm("heddle_events_conflated", Kind::counter, "Events that a newer one of the same link replaced.",
               [](const RealmSnapshot& realm) { return realm.conflated; });
    out_.family("heddle_publication_recipients", Kind::histogram, "Readers of one publication.");
    for (const RealmSnapshot& realm : realms_) {
        auto seen = realm.counters.recipients_;
        std::uint64_t heard = 0;
        for (const std::uint64_t count : seen.counts) heard += count;
        seen.counts[0] += realm.counts.published > heard ? realm.counts.published - heard : 0;
        out_.histogram({{"realm", realm.name}}, recipients_bounds, seen);
    }
}

void Writer::calls() {
    out_.family("heddle_calls", Kind::counter, "Calls, by how they ended for their caller.");
    for (const RealmSnapshot& realm : realms_)
        for (std::size_t i = 0; i < call_outcome_count; ++i)
            out_.sample({{"realm", realm.name}, {"outcome", outcome_names[i]}}, realm.tallies.calls[i]);
    each_realm("heddle_calls_in_flight", Kind::gauge, "Calls that wait for their callee.",
               [](const RealmSnapshot& realm) { return std::uint64_t{realm.counts.calls}; });
    out_.family("heddle_call_duration_seconds", Kind::histogram, "From CALL to its end, the callee's time with it.");
    for (const RealmSnapshot& realm : realms_)
        out_.histogram({{"realm", realm.name}}, call_seconds_bounds, realm.tallies.call_seconds);
}

void Writer::state() {
    const auto gauge = [&](std::string_view name, std::string_view help, std::size_t Realm::Counts::*which) {
        each_realm(name, Kind::gauge, help,
                   [&](const RealmSnapshot& realm) { return std::uint64_t{realm.counts.*which}; });
    };
    gauge("heddle_subscriptions", "Topics and patterns that somebody is subscribed to.", &Realm::Counts::subscriptions);
    gauge("heddle_registrations", "Procedures and patterns that somebody registered.", &Realm::Counts::registrations);
    gauge("heddle_retained_events", "Topics that keep an event.", &Realm::Counts::retained);
    gauge("heddle_retained_bytes", "What they keep.", &Realm::Counts::retained_bytes);
    gauge("heddle_history_events", "Events in histories.", &Realm::Counts::history_events);
    out_.family("heddle_kept_bytes", Kind::gauge, "What a realm keeps in memory, and what waits for its WARP links.");
    for (const RealmSnapshot& realm : realms_) {
        const Realm::Counts& counts = realm.counts;
        const std::pair<std::string_view, std::uint64_t> parts[] = {
            {"retained", counts.retained_bytes},      {"lists", counts.list_bytes},
            {"copies", counts.copy_bytes},            {"histories", counts.history_memory_bytes},
            {"held_calls", counts.held_bytes},        {"warp_waits", realm.waiting_bytes}};
        for (const auto& [part, bytes] : parts) out_.sample({{"realm", realm.name}, {"part", part}}, bytes);
    }
}

void Writer::permissions() {
    out_.family("heddle_authentications", Kind::counter, "Logins, by method and what became of them.");
    for (const RealmSnapshot& realm : realms_)
        for (std::size_t method = 0; method < auth_method_count; ++method)
            for (std::size_t result = 0; result < login_result_count; ++result) {
                const std::uint64_t count = realm.tallies.logins[method][result];
                const auto which = static_cast<LoginResult>(result);
                if (count == 0 && which != LoginResult::ok && which != LoginResult::bad_proof) continue;  // rare ones
                out_.sample({{"realm", realm.name},
                             {"method", name_of(static_cast<AuthMethod>(method))},
                             {"result", name_of(which)}},
                            count);
            }
    out_.family("heddle_authorizations", Kind::counter, "Permission decisions.");
    for (const RealmSnapshot& realm : realms_)
        for (std::size_t i = 0; i < action_count; ++i) {
            const Tallies::Decisions& seen = realm.tallies.authorizations[i];
            out_.sample({{"realm", realm.name}, {"action", action_names[i]}, {"result", "allowed"}}, seen.allowed);
            out_.sample({{"realm", realm.name}, {"action", action_names[i]}, {"result", "denied"}}, seen.denied);
        }
}

}  // namespace

std::string text(const Snapshot& snapshot, Form form) { return Writer(snapshot, form).write(); }

}  // namespace heddle::metrics
