// What is of the whole router: audit log, numbers, configuration.
#include <algorithm>
#include <charconv>

#include "router/admin/desk_state.hpp"
#include "router/config/nearest.hpp"
#include "router/config/view.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace handlers {

Answer audit_list(Job& job) {
    AuditQuery query;
    if (job.has("since")) {
        const auto length = parse_length(job.text("since"));
        query.since = length ? now_ms() - *length : parse_timestamp(job.text("since")).value_or(0);
    }
    query.who = job.text("who");
    query.realm = job.text("realm");
    query.operation = job.text("operation");
    if (!query.operation.empty() && !find(query.operation)) {
        std::vector<std::string> names;
        for (const Operation& one : operations()) names.push_back("heddle." + std::string(one.noun) + "." + std::string(one.verb));
        const std::vector<std::string_view> views(names.begin(), names.end());
        const auto near = nearest(query.operation, views);
        refuse_field("/operation", "there is no operation \"" + query.operation + "\"" +
                                       (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?"));
    }
    query.realms = confined_to(job.desk, job.request.asker);
    query.newest_first = job.text("order") == "newest";
    const auto limit = static_cast<std::size_t>(job.number("limit"));
    query.limit = limit + 1;
    if (job.has("after")) {
        const std::string text = job.text("after");
        std::uint64_t n = 0;
        const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), n);
        if (failed != std::errc() || end != text.data() + text.size())
            refuse_field("/after", "\"" + text + "\" is nothing that an answer said as \"next\"");
        query.after = n;
    }
    auto entries = job.desk.store.audit(query);
    const bool more = entries.size() > limit;
    if (more) entries.pop_back();
    json items = json::array();
    for (const AuditEntry& entry : entries) items.push_back(json_of(entry));
    Answer out;
    out.body = {{"items", std::move(items)}, {"next", more ? json(std::to_string(entries.back().n)) : json()}};
    if (job.flag("count")) out.body["total"] = job.desk.store.audit_size().entries;
    return out;
}

namespace {

json numbers_of(RealmHost& host) {
    const Realm::Counts counts = host.realm_counts();
    const Tallies& tallies = host.realm().tallies();
    constexpr std::string_view outcomes[] = {"ok", "error", "timeout", "canceled", "no_callee", "callee_lost", "denied"};
    json calls = json::object();
    std::uint64_t all = 0, denied = 0;
    for (std::size_t i = 0; i < call_outcome_count; ++i) {
        calls[std::string(outcomes[i])] = tallies.calls[i];
        all += tallies.calls[i];
    }
    for (const auto& decisions : tallies.authorizations) denied += decisions.denied;
    std::size_t links = 0;
    host.each_link_of([&](const LinkSight&) { return ++links != 0; });
    return {{"sessions", counts.sessions},
            {"links", links},
            {"subscriptions", counts.subscriptions},
            {"registrations", counts.registrations},
            {"calls_in_flight", counts.calls},
            {"calls", all},
            {"calls_by_outcome", std::move(calls)},
            {"denied", denied},
            {"published", counts.published},
            {"delivered", host.counters().events_delivered},
            {"retained", counts.retained},
            {"retained_bytes", counts.retained_bytes},
            {"history_events", counts.history_events}};
}

}  // namespace

}  // namespace handlers

json stats_of(Desk::State& desk, const std::string& only, const std::optional<std::vector<std::string>>& confined) {
    json realms = json::object();
    for (const StoredRealm& realm : desk.store.realms()) {
        if (!only.empty() && realm.name != only) continue;
        if (confined && std::find(confined->begin(), confined->end(), realm.name) == confined->end()) continue;
        const auto numbers = desk.at<json>(
            realm.name, [](RealmHost* host, TimePoint) { return host ? handlers::numbers_of(*host) : json(); });
        if (!numbers || numbers->is_null()) continue;
        realms[realm.name] = *numbers;
        realms[realm.name]["revision"] = realm.edits;
    }
    return {{"ts", timestamp(now_ms())},
            {"realms", std::move(realms)},
            {"store", {{"works", desk.works.load()}, {"failures", desk.failures.load()}}}};
}

namespace handlers {

Answer stats_get(Job& job) {
    const std::string only = job.text("realm");
    if (!only.empty()) job.desk.realm(only);
    Answer out;
    out.body = stats_of(job.desk, only, confined_to(job.desk, job.request.asker));
    return out;
}

Answer config_get(Job& job) {
    const json all = config::view_of(*job.desk.settings());
    const std::string key = job.text("key");
    const json* at = &all;
    for (std::string rest = key; !rest.empty();) {
        const std::string step = rest.substr(0, rest.find('.'));
        rest.erase(0, std::min(rest.size(), step.size() + 1));
        if (!at->is_object() || !at->contains(step)) {
            std::vector<std::string_view> names;
            if (at->is_object())
                for (const auto& [name, value] : at->items()) names.push_back(name);
            const auto near = nearest(step, names);
            refuse_field("/key", "the configuration has no \"" + key + "\"" +
                                     (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?"));
        }
        at = &at->at(step);
    }
    Answer out;
    if (at->is_object())
        out.body = *at;
    else
        out.body = {{key, *at}};
    return out;
}

Answer config_reload(Job& job) {
    if (!job.desk.control) throw Refusal{std::string(error::shutting_down), "the router does not run yet", json::object()};
    const bool dry_run = job.flag("dry_run");
    auto there = std::make_shared<bool>(false);
    auto outcome = std::make_shared<ReloadOutcome>();
    job.desk.control->reload(dry_run, [meeting = job.desk.meeting, there, outcome](const ReloadOutcome& what) {
        *outcome = what;
        meeting->come(there);
    });
    if (!job.desk.meeting->wait(there))
        throw Refusal{std::string(error::shutting_down), "the router is shutting down", json::object()};
    if (!outcome->mistakes.empty()) {
        json errors = json::array();
        for (const std::string& mistake : outcome->mistakes) errors.push_back({{"pointer", ""}, {"detail", mistake}});
        throw Refusal{std::string(uri::invalid_argument),
                      "the configuration has " + std::to_string(outcome->mistakes.size()) + " mistake(s); nothing changed: "
                      + outcome->mistakes.front(),
                      {{"errors", errors}}};
    }
    json body = {{"changes", outcome->changes}, {"kept", outcome->kept}};
    Answer out;
    if (dry_run) {
        body["dry_run"] = true;
        out.body = std::move(body);
        return out;
    }
    Entered entered = job.desk.enter_deed(job, "", {{"changes", outcome->changes}, {"kept", outcome->kept}});
    return job.desk.finish(job, std::move(entered), std::move(body), Ends{});
}

Answer authorizer_purge(Job& job) {
    const std::string realm = job.text("realm");
    job.desk.realm(realm);
    Entered entered = job.desk.enter_deed(job, realm, json::object());
    const auto forgot = job.desk.at<std::size_t>(
        realm, [](RealmHost* host, TimePoint) { return host ? host->purge_authorizer() : std::size_t{0}; });
    return job.desk.finish(job, std::move(entered), {{"forgotten", forgot.value_or(0)}}, Ends{});
}

}  // namespace handlers
}  // namespace heddle::admin
