#include <algorithm>

#include "router/admin/desk_state.hpp"

namespace heddle::admin {

using nlohmann::json;

Answer page_of(const Job& job, json items, const char* key) {
    const std::size_t total = items.size();
    const std::string after = job.text("after");
    const auto limit = static_cast<std::size_t>(job.number("limit"));
    Answer out;
    json page = json::array();
    json next;
    for (json& item : items) {
        if (item.at(key).get_ref<const std::string&>() <= after && job.has("after")) continue;
        if (page.size() == limit) {
            next = page.back().at(key);
            break;
        }
        page.push_back(std::move(item));
    }
    out.body = {{"items", std::move(page)}, {"next", std::move(next)}};
    if (job.flag("count")) out.body["total"] = total;
    return out;
}

namespace handlers {
namespace {

json realm_view(const StoredRealm& realm) {
    json out = realm.options;
    out["name"] = realm.name;
    put_stamp(out, realm.stamp);
    return out;
}

/// Options are not roles, and users are neither.
void check_options(const json& document) {
    std::vector<config::Fault> faults;
    if (document.contains("role"))
        faults.push_back({"/role", "roles have operations of their own: heddle.role.put; or heddle.realm.apply for all"});
    if (document.contains("users"))
        faults.push_back({"/users", "users have operations of their own: heddle.user.put; or heddle.realm.apply for all"});
    if (document.contains("name")) faults.push_back({"/name", "a realm keeps its name"});
    if (!faults.empty()) refuse_faults(faults);
}

}  // namespace

Answer realm_list(Job& job) {
    const auto confined = confined_to(job.desk, job.request.asker);
    json items = json::array();
    for (const StoredRealm& realm : job.desk.store.realms()) {
        if (confined && std::find(confined->begin(), confined->end(), realm.name) == confined->end()) continue;
        json item = {{"name", realm.name},
                     {"edits", realm.edits},
                     {"roles", job.desk.store.roles(realm.name).size()},
                     {"users", job.desk.store.count_users(realm.name)}};
        put_stamp(item, realm.stamp);
        const auto counts = job.desk.at<Realm::Counts>(realm.name, [](RealmHost* host, TimePoint) {
            return host ? host->realm_counts() : Realm::Counts{};
        });
        if (counts) item["sessions"] = counts->sessions;
        items.push_back(std::move(item));
    }
    return page_of(job, std::move(items), "name");
}

Answer realm_get(Job& job) {
    const StoredRealm realm = job.desk.realm(job.text("realm"));
    Answer out;
    out.body = realm_view(realm);
    out.body["edits"] = realm.edits;
    out.revision = realm.stamp.revision;
    return out;
}

Answer realm_put(Job& job) {
    const std::string name = job.text("realm");
    check_realm_name(name);
    check_options(job.checked.document);
    const auto known = job.desk.store.realm(name);
    job.desk.check_revision(job, known ? &known->stamp : nullptr, "realm " + name);
    StoredRealm next = known.value_or(StoredRealm{name, {}, 0, {}});
    next.options = job.checked.document;
    std::vector<config::Fault> faults;
    RealmEntry entry = job.desk.entry(next, job.desk.store.roles(name), faults);
    if (name == admin_realm && next.options.contains("anonymous_role"))
        faults.push_back({"/anonymous_role", "nobody administers without a name"});
    if (!faults.empty()) refuse_faults(faults);
    next.options = config::document_of(entry, job.desk.settings()->realm_defaults);
    next.options.erase("role");
    const Entered entered = job.desk.enter(job, name, [&](const Stamp& edit) {
        next.edits = edit.revision;
        next.stamp = edit;
        job.desk.store.put_realm(next);
        return std::pair(known ? known->options : json(), next.options);
    });
    Ends ends;
    if (known) {
        ends = job.desk.put_in_force(name);
    } else if (job.desk.control) {
        auto there = std::make_shared<bool>(false);
        job.desk.control->add_realm(std::move(entry), [meeting = job.desk.meeting, there] { meeting->come(there); });
        job.desk.meeting->wait(there);
    }
    Answer out = job.desk.finish(job, entered, realm_view(next), ends);
    out.revision = next.stamp.revision;
    out.created = !known;
    return out;
}

Answer realm_remove(Job& job) {
    const std::string name = job.text("realm");
    if (name == admin_realm)
        throw Refusal{std::string(error::in_use), "heddle.admin is where administrators are; it stays", json::object()};
    const StoredRealm realm = job.desk.realm(name);
    job.desk.check_revision(job, &realm.stamp, "realm " + name);
    json before = job.desk.document(realm, job.desk.store.roles(name));
    before["users"] = job.desk.store.count_users(name);
    const Entered entered = job.desk.enter(job, name, [&](const Stamp&) {
        job.desk.store.remove_realm(name);
        return std::pair(before, json());
    });
    Ends ends;
    if (job.desk.control) {
        ends.sessions = job.desk.bring_into_force<std::size_t>(
            name, [](RealmHost* host, TimePoint) { return host ? host->realm_counts().sessions : 0; });
        auto there = std::make_shared<bool>(false);
        job.desk.control->remove_realm(name, [meeting = job.desk.meeting, there] { meeting->come(there); });
        job.desk.meeting->wait(there);
    }
    return job.desk.finish(job, entered, json::object(), ends);
}

Answer realm_export(Job& job) {
    const std::string name = job.text("realm");
    const StoredRealm realm = job.desk.realm(name);
    Answer out;
    out.body = job.desk.document(realm, job.desk.store.roles(name));
    out.body["name"] = name;
    json users = json::array();
    std::string after;
    while (true) {
        const auto page = job.desk.store.users(name, after, 1000);
        for (const StoredUser& stored : page) {
            const UserSettings& user = stored.user;
            json item = {{"authid", user.authid}, {"role", user.role}};
            if (user.disabled) item["disabled"] = true;
            if (!user.keys.empty()) item["keys"] = user.keys;
            if (!user.certificates.empty()) item["certificates"] = user.certificates;
            if (user.expires != 0) item["expires"] = timestamp(user.expires * 1000);
            if (!user.realms.empty()) item["realms"] = user.realms;
            users.push_back(std::move(item));
        }
        if (page.size() < 1000) break;
        after = page.back().user.authid;
    }
    if (!users.empty()) out.body["users"] = std::move(users);
    out.revision = realm.edits;
    return out;
}

}  // namespace handlers
}  // namespace heddle::admin
