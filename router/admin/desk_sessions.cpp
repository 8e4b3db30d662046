#include <algorithm>
#include <charconv>
#include <set>

#include "router/admin/desk_state.hpp"
#include "router/admin/session_sight.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

constexpr std::size_t looks_max = 2'000;  // sessions that one visit to the realm's thread looks at
constexpr std::size_t visits_max = 50;    // of one operation
constexpr std::size_t sorted_max = looks_max * visits_max;

struct Filter {
    std::string authid, role, transport;
    bool operator()(const SessionSight& sight) const {
        return (authid.empty() || sight.authid == authid) && (role.empty() || sight.role == role) &&
               (transport.empty() || sight.transport == transport);
    }
};

struct Visit {
    std::vector<SessionSight> found;
    std::optional<std::uint32_t> next;
};

/// Sessions that fit, from a slot on; the realm is left alone between visits.
Visit look(Job& job, const std::string& realm, const Filter& filter, std::uint32_t slot, std::size_t limit) {
    Visit all;
    all.next = slot;
    for (std::size_t visits = 0; all.next && all.found.size() < limit && visits < visits_max; ++visits) {
        auto visit = job.desk.at<Visit>(realm, [&filter, from = *all.next, room = limit - all.found.size()](RealmHost* host,
        TimePoint now) {
            Visit one;
            if (!host) return one;
            one.next = each_session(*host, now, from, looks_max, [&](const SessionSight& sight) {
                if (filter(sight)) one.found.push_back(sight);
                return one.found.size() < room;
            });
            return one;
        });
        if (!visit) break;
        for (SessionSight& sight : visit->found) all.found.push_back(std::move(sight));
        all.next = visit->next;
    }
    return all;
}

std::uint32_t slot_of(const Job& job) {
    if (!job.has("after")) return 0;
    const std::string text = job.text("after");
    std::uint32_t slot = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), slot);
    if (failed != std::errc() || end != text.data() + text.size())
        refuse_field("/after", "\"" + text + "\" is nothing that an answer said as \"next\"");
    return slot;
}

/// Those that read slowly, or the largest first, no more than `limit`.
void pick(Visit& visit, bool slow, const std::string& sort, std::size_t limit) {
    if (slow) std::erase_if(visit.found, [](const SessionSight& sight) { return !sight.traffic.slow; });
    const auto figure = [&](const SessionSight& sight) -> std::uint64_t {
        return sort == "dropped" ? sight.traffic.dropped : sort == "sent" ? sight.traffic.sent_bytes : sight.traffic.waiting;
    };
    if (!sort.empty() && sort != "id")
        std::stable_sort(visit.found.begin(), visit.found.end(),
                         [&](const SessionSight& a, const SessionSight& b) { return figure(a) > figure(b); });
    if (visit.found.size() > limit) visit.found.resize(limit);
    visit.next.reset();
}

/// Users by their names, whom nobody knows by a name by the address.
void keep_out(RealmHost& host, const std::vector<SessionSight>& victims, const std::string& authid, TimePoint until) {
    host.keep_out(authid, "", until);
    for (const SessionSight& sight : victims) {
        if (sight.method != "anonymous")
            host.keep_out(sight.authid, "", until);
        else
            host.keep_out("", sight.from.substr(0, sight.from.rfind(':')), until);
    }
}

}  // namespace

namespace handlers {

Answer session_list(Job& job) {
    const std::string realm = job.text("realm");
    job.desk.realm(realm);
    const auto limit = static_cast<std::size_t>(job.number("limit"));
    const bool slow = job.flag("slow");
    const std::string sort = job.text("sort");
    const bool all = slow || (!sort.empty() && sort != "id");
    if (all && job.has("after")) refuse_field("/after", "pages go by id: not together with slow or sort");
    Visit visit = look(job, realm, {job.text("authid"), job.text("role"), job.text("transport")}, slot_of(job),
                       all ? sorted_max : limit);
    tell_traffic(job.desk, visit.found);
    if (all) pick(visit, slow, sort, limit);
    json items = json::array();
    const TimePoint now = std::chrono::steady_clock::now();
    for (const SessionSight& sight : visit.found) items.push_back(json_of(sight, now));
    Answer out;
    out.body = {{"items", std::move(items)}, {"next", visit.next ? json(std::to_string(*visit.next)) : json()}};
    if (job.flag("count")) {
        const auto counts = job.desk.at<Realm::Counts>(
            realm, [](RealmHost* host, TimePoint) { return host ? host->realm_counts() : Realm::Counts{}; });
        out.body["total"] = counts ? counts->sessions : 0;
    }
    return out;
}

Answer session_get(Job& job) {
    const std::string realm = job.text("realm");
    const std::uint64_t id = job.number("session");
    job.desk.realm(realm);
    const auto sight = session_sight(job.desk, realm, id);
    if (!sight)
        throw Refusal{std::string(uri::no_such_session), "realm " + realm + " has no session " + std::to_string(id), json::object()};
    std::vector<SessionSight> one{*sight};
    tell_traffic(job.desk, one);
    Answer out;
    out.body = json_of(one.front(), std::chrono::steady_clock::now());
    return out;
}

Answer session_kick(Job& job) {
    const std::string realm = job.text("realm");
    job.desk.realm(realm);
    if (!job.has("session") && !job.has("authid") && !job.has("role"))
        refuse_field("/session", "whom? session, authid or role");
    if (realm == admin_realm && job.request.asker.role != "administrator")
        throw Refusal{std::string(uri::not_authorized), "only an administrator sends administrators away", json::object()};
    if (job.has("session") && (job.has("authid") || job.has("role")))
        refuse_field("/session", "either one session, or all of an authid or role");
    std::vector<SessionSight> victims;
    if (job.has("session")) {
        const auto sight = session_sight(job.desk, realm, job.number("session"));
        if (!sight)
            throw Refusal{std::string(uri::no_such_session),
                          "realm " + realm + " has no session " + std::to_string(job.number("session")), json::object()};
        victims.push_back(*sight);
    } else {
        std::uint32_t slot = 0;
        for (bool more = true; more;) {
            Visit visit = look(job, realm, {job.text("authid"), job.text("role"), ""}, slot, 100'000);
            for (SessionSight& sight : visit.found) victims.push_back(std::move(sight));
            more = visit.next.has_value();
            slot = visit.next.value_or(0);
        }
    }
    json ids = json::array();
    for (const SessionSight& sight : victims) ids.push_back(sight.id);
    json told = {{"sessions", ids}, {"reason", job.text("reason")}};
    for (const char* name : {"authid", "role", "message", "block"})
        if (job.has(name)) told[name] = job.text(name);
    const Entered entered = job.desk.enter_deed(job, realm, told);
    Ends ends;
    const std::int64_t block = job.has("block") ? parse_length(job.text("block")).value_or(0) : 0;
    const std::string reason = job.text("reason"), message = job.text("message");
    const auto gone = job.desk.at<std::vector<bool>>(realm, [&](RealmHost* host, TimePoint now) {
        std::vector<bool> out;
        for (const SessionSight& sight : victims)
            out.push_back(host && host->kick({sight.id}, reason, message, now));
        if (host && block > 0) keep_out(*host, victims, job.text("authid"), now + std::chrono::milliseconds(block));
        return out;
    });
    json ended = json::array();
    for (std::size_t i = 0; gone && i < victims.size(); ++i) {
        if (!(*gone)[i]) continue;
        ended.push_back(victims[i].id);
        ends.add({Ends::What::session, {victims[i].id}, victims[i].authid, Match::exact, {}});
    }
    return job.desk.finish(job, entered, {{"ended", std::move(ended)}}, ends);
}

}  // namespace handlers
}  // namespace heddle::admin
