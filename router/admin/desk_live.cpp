// What is subscribed, registered, linked and kept in a realm now. Long because every noun has its few short operations here.
#include <algorithm>

#include "bridge/meta_names.hpp"
#include "bridge/names.hpp"
#include "router/admin/desk_state.hpp"
#include "router/admin/router_session.hpp"
#include "router/config/units.hpp"
#include "serializers/names.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

bool of_subscriptions(const Job& job) { return job.request.operation->noun == "subscription"; }
std::string_view noun_of(const Job& job) { return of_subscriptions(job) ? "subscription" : "registration"; }
std::string meta(const Job& job, std::string_view verb) {
    return "wamp." + std::string(noun_of(job)) + "." + std::string(verb);
}

[[noreturn]] void refuse_unknown(const Job& job, std::uint64_t id) {
    throw Refusal{std::string(of_subscriptions(job) ? uri::no_such_subscription : uri::no_such_registration),
                  "realm " + job.text("realm") + " has no " + std::string(noun_of(job)) + " " + std::to_string(id), json::object()};
}

template <class R>
R visit(Job& job, std::function<R(RealmHost&, TimePoint)> act) {
    const std::string realm = job.text("realm");
    job.desk.realm(realm);
    return job.desk
        .at<R>(realm, [act = std::move(act)](RealmHost* host, TimePoint now) { return host ? act(*host, now) : R{}; })
        .value_or(R{});
}

/// One subscription or registration.
struct Pattern {
    std::uint64_t id = 0;
    Match match = Match::exact;
    std::string uri;
    std::string_view invoke;
    std::size_t members = 0;
};

json json_of(const Job& job, const Pattern& pattern) {
    json out = {{"id", pattern.id}, {"match", name_of(pattern.match)}, {"uri", pattern.uri}};
    out[of_subscriptions(job) ? "subscribers" : "callees"] = pattern.members;
    if (!of_subscriptions(job)) out["invoke"] = pattern.invoke;
    return out;
}

std::uint64_t after_of(const Job& job) {
    if (!job.has("after")) return 0;
    if (const auto after = parse_whole(job.text("after"))) return *after;
    refuse_field("/after", "\"" + job.text("after") + "\" is nothing that an answer said as \"next\"");
}

struct PatternPage {
    std::vector<Pattern> items;
    bool more = false;
    std::size_t total = 0;
};

/// The smallest ids above `after`, of those that fit: one walk that keeps no more than a page.
PatternPage page_of_patterns(RealmHost& host, bool subscriptions, const std::string& prefix, std::optional<Match> match,
                             std::uint64_t after, std::size_t limit) {
    PatternPage page;
    const auto by_id = [](const Pattern& a, const Pattern& b) { return a.id < b.id; };
    const auto take = [&](const PatternFacts& facts) {
        if ((match && facts.match != *match) || !facts.uri.starts_with(prefix)) return;
        ++page.total;
        if (facts.id <= after) return;
        const bool full = page.items.size() == limit;
        if (full) page.more = true;
        if (full && facts.id > page.items.front().id) return;
        if (full) {
            std::pop_heap(page.items.begin(), page.items.end(), by_id);
            page.items.pop_back();
        }
        page.items.push_back({facts.id, facts.match, std::string(facts.uri), name_of(facts.invoke), facts.members.size()});
        std::push_heap(page.items.begin(), page.items.end(), by_id);
    };
    subscriptions ? host.realm().each_subscription(take) : host.realm().each_registration(take);
    std::sort_heap(page.items.begin(), page.items.end(), by_id);
    return page;
}

}  // namespace

namespace handlers {

Answer pattern_list(Job& job) {
    const bool subscriptions = of_subscriptions(job);
    const auto limit = static_cast<std::size_t>(job.number("limit"));
    const std::uint64_t after = after_of(job);
    const std::string prefix = job.text("uri"), how = job.text("match");
    std::optional<Match> match;
    if (!how.empty()) match = how == "prefix" ? Match::prefix : how == "wildcard" ? Match::wildcard : Match::exact;
    const auto page = visit<PatternPage>(job, [=](RealmHost& host, TimePoint) {
        return page_of_patterns(host, subscriptions, prefix, match, after, limit);
    });
    json items = json::array();
    for (const Pattern& one : page.items) items.push_back(json_of(job, one));
    Answer out;
    out.body = {{"items", std::move(items)}, {"next", page.more ? json(std::to_string(page.items.back().id)) : json()}};
    if (job.flag("count")) out.body["total"] = page.total;
    return out;
}

Answer pattern_get(Job& job) {
    const std::uint64_t id = job.number("id");
    const std::string get = meta(job, "get"), members = meta(job, of_subscriptions(job) ? "list_subscribers" : "list_callees");
    const json found = visit<json>(job, [=](RealmHost& host, TimePoint now) {
        RouterSession router(host, now);
        const auto facts = router.call(get, json::array({id}));
        if (!facts.error.empty()) return json();
        json one = facts.value();
        json sessions = json::array();
        const auto list = router.call(members, json::array({id}));
        for (const json& session : list.value()) {
            if (sessions.size() == 1'000) break;  // the rest is counted
            const auto who = router.call("wamp.session.get", json::array({session}));
            sessions.push_back({{"session", session},
                                {"authid", who.value().is_object() ? who.value().value("authid", "") : ""},
                                {"role", who.value().is_object() ? who.value().value("authrole", "") : ""}});
        }
        one["holders"] = std::move(sessions);
        one["count"] = list.value().size();
        return one;
    });
    if (!found.is_object()) refuse_unknown(job, id);
    Answer out;
    out.body = found;
    return out;
}

Answer pattern_match(Job& job) {
    const std::string match = meta(job, "match"), get = meta(job, "get"), uri = job.text("uri");
    const std::string count = meta(job, of_subscriptions(job) ? "count_subscribers" : "count_callees");
    Answer out;
    out.body["items"] = visit<json>(job, [=](RealmHost& host, TimePoint now) {
        RouterSession router(host, now);
        const auto found = router.call(match, json::array({uri}));
        json ids = found.value(), items = json::array();
        if (ids.is_number()) ids = json::array({ids});
        for (const json& id : ids) {
            if (!id.is_number() || items.size() == 1'000) continue;
            json one = router.call(get, json::array({id})).value();
            if (!one.is_object()) continue;
            one["count"] = router.call(count, json::array({id})).value();
            items.push_back(std::move(one));
        }
        return items;
    });
    if (out.body["items"].is_null()) out.body["items"] = json::array();
    return out;
}

Answer pattern_remove(Job& job) {
    const std::uint64_t id = job.number("id");
    const std::string realm = job.text("realm"), reason = job.text("reason");
    const std::string list = meta(job, of_subscriptions(job) ? "list_subscribers" : "list_callees");
    const std::string remove = meta(job, of_subscriptions(job) ? "remove_subscriber" : "remove_callee");
    const std::string get = meta(job, "get");
    const json facts = visit<json>(job, [=](RealmHost& host, TimePoint now) {
        return RouterSession(host, now).call(get, json::array({id})).value();
    });
    if (!facts.is_object()) refuse_unknown(job, id);
    json told = {{"id", id}, {"uri", facts.value("uri", "")}, {"match", facts.value("match", "")}, {"reason", reason}};
    if (job.has("session")) told["session"] = job.number("session");
    const Entered entered = job.desk.enter_deed(job, realm, told);
    const std::optional<std::uint64_t> only = job.has("session") ? std::optional(job.number("session")) : std::nullopt;
    const json gone = visit<json>(job, [=](RealmHost& host, TimePoint now) {
        RouterSession router(host, now);
        const auto members = router.call(list, json::array({id}));
        json out = json::array();
        for (const json& session : members.value())
            if ((!only || session == *only) && router.call(remove, json::array({id, session}), {{"reason", reason}}).error.empty())
                out.push_back(session);
        return out;
    });
    if (only && gone.empty())
        throw Refusal{std::string(uri::no_such_session), "session " + std::to_string(*only) + " does not hold it", json::object()};
    Ends ends;
    for (const json& session : gone)
        ends.add({of_subscriptions(job) ? Ends::What::subscription : Ends::What::registration,
                  {session.get<std::uint64_t>()}, "", facts.value("match", "") == "prefix" ? Match::prefix
                      : facts.value("match", "") == "wildcard" ? Match::wildcard : Match::exact, facts.value("uri", "")});
    return job.desk.finish(job, entered, {{"ended", gone}}, ends);
}

namespace {

/// As WARP clients meet it, patterns as maps.
std::string_view kind_of(const Realm& realm, Match match, std::string_view uri) {
    constexpr std::string_view kinds[] = {"by_state", "value", "map", "event", "command", "list"};
    if (match != Match::exact) return "map";
    const auto kind = static_cast<std::size_t>(realm.lane_of(uri));
    return kind != 0 ? kinds[kind] : realm.has_retained(uri) ? "value" : "event";
}

}  // namespace

Answer lane_list(Job& job) {
    struct Lane {
        std::string_view kind;
        std::size_t links = 0;
        std::uint64_t events = 0;
    };
    using Lanes = std::map<std::pair<Match, std::string>, Lane>;
    const auto lanes = visit<Lanes>(job, [](RealmHost& host, TimePoint) {
        Lanes out;
        host.each_link_of([&](const LinkSight& link) {
            Lane& lane = out[{link.match, std::string(link.uri)}];
            if (lane.links++ == 0) lane.kind = kind_of(host.realm(), link.match, link.uri);
            lane.events += link.events;
            return true;
        });
        return out;
    });
    json items = json::array();
    const std::string prefix = job.text("node");
    for (const auto& [key, lane] : lanes) {
        const auto& [match, uri] = key;
        const auto name = lane_of(match, uri);
        if (!(name ? name->node : std::string()).starts_with(prefix)) continue;
        items.push_back({{"key", std::string(name_of(match)) + " " + uri},
                         {"node", name ? json(name->node) : json()},
                         {"lane", name ? json(name->lane) : json()},
                         {"kind", lane.kind},
                         {"match", name_of(match)},
                         {"uri", uri},
                         {"links", lane.links},
                         {"events", lane.events}});
    }
    return page_of(job, std::move(items), "key");
}

Answer lane_match(Job& job) {
    const std::string topic = job.text("uri");
    const auto name = lane_of(topic);
    Answer out;
    out.body = visit<json>(job, [topic](RealmHost& host, TimePoint) {
        return json{{"uri", topic},
                    {"kind", kind_of(host.realm(), Match::exact, topic)},
                    {"retained", host.realm().has_retained(topic)},
                    {"callable", host.realm().has_procedure(topic)}};
    });
    if (out.body.is_null()) out.body = json::object();
    out.body["node"] = name ? json(name->node) : json();
    out.body["lane"] = name ? json(name->lane) : json();
    return out;
}

namespace {

/// Topics in the order of their texts. `fits` picks among those with the prefix; no more than so many are looked at.
Answer topics(Job& job, const std::string& prefix, std::function<bool(std::string_view)> fits) {
    constexpr std::size_t looks_max = 20'000;
    const auto limit = static_cast<std::size_t>(job.number("limit"));
    const std::string after = job.text("after");
    struct Page {
        std::vector<std::string> topics;
        std::string next;
        std::size_t total = 0;
    };
    const auto page = visit<Page>(job, [=](RealmHost& host, TimePoint) {
        Page out;
        std::size_t looks = 0;
        host.realm().each_retained(prefix, [&](std::string_view topic) {
            if (topic <= after && !after.empty()) return true;
            if (out.topics.size() == limit || ++looks > looks_max) return false;
            out.next = topic;
            if (fits(topic)) out.topics.emplace_back(topic);
            return true;
        });
        if (out.topics.size() < limit && looks <= looks_max) out.next.clear();
        out.total = host.realm_counts().retained;
        return out;
    });
    json items = json::array();
    for (const std::string& topic : page.topics) items.push_back({{"topic", topic}});
    Answer out;
    out.body = {{"items", std::move(items)}, {"next", page.next.empty() ? json() : json(page.next)}};
    if (job.flag("count")) out.body["total"] = page.total;
    return out;
}

}  // namespace

Answer retained_list(Job& job) {
    return topics(job, job.text("uri"), [](std::string_view) { return true; });
}

Answer retained_match(Job& job) {
    const std::string uri = job.text("uri"), how = job.text("match");
    const UriSet set{how == "prefix" ? Match::prefix : how == "wildcard" ? Match::wildcard : Match::exact, uri};
    const std::string head = set.match == Match::wildcard ? std::string(fixed_head(uri)) : uri;
    return topics(job, head, [uri, match = set.match](std::string_view topic) { return holds({match, uri}, topic); });
}

Answer retained_get(Job& job) {
    const std::string topic = job.text("topic");
    const json kept = visit<json>(job, [topic](RealmHost& host, TimePoint now) {
        const auto found = RouterSession(host, now).retained(topic);
        if (!found) return json();
        return json{{"topic", topic}, {"publication", found->publication}, {"args", found->payload.args}, {"kwargs",
        found->payload.kwargs}};
    });
    if (!kept.is_object())
        throw Refusal{std::string(uri::not_found), "topic " + topic + " keeps no event", json::object()};
    Answer out;
    out.body = kept;
    return out;
}

Answer retained_remove(Job& job) {
    const std::string topic = job.text("topic"), realm = job.text("realm");
    const bool kept = visit<bool>(job, [topic](RealmHost& host, TimePoint) { return host.realm().has_retained(topic); });
    if (!kept) throw Refusal{std::string(uri::not_found), "topic " + topic + " keeps no event", json::object()};
    const Entered entered = job.desk.enter_deed(job, realm, {{"topic", topic}});
    visit<bool>(job, [topic](RealmHost& host, TimePoint now) {
        RouterSession(host, now).forget_retained(topic);
        return true;
    });
    return job.desk.finish(job, entered, json::object(), Ends{});
}

}  // namespace handlers
}  // namespace heddle::admin
