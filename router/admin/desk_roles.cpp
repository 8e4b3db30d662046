#include <algorithm>

#include "router/admin/desk_state.hpp"
#include "router/admin/rule_list.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

json rules_with_stamps(const StoredRole& role) {
    json out = json::array();
    for (const json& rule : role.body.value("permissions", json::array())) {
        json item = plain_rule(rule);
        if (const auto found = role.rules.find(rule_key(item)); found != role.rules.end()) put_stamp(item, found->second);
        out.push_back(std::move(item));
    }
    return out;
}

json role_view(const StoredRole& role) {
    json out = role.body;
    out["name"] = role.name;
    out["permissions"] = rules_with_stamps(role);
    put_stamp(out, role.stamp);
    return out;
}

/// Rules as documents have them: without what views add.
json plain_rules(json rules) {
    for (json& rule : rules)
        for (const char* added : {"revision", "changed_by", "changed_at"}) rule.erase(added);
    return rules;
}

void protect_administrators(const std::string& realm, const std::string& role) {
    if (realm == admin_realm && role == "administrator")
        throw Refusal{std::string(error::in_use), "the role administrator of heddle.admin stays as it is: it is the way back in",
                      json::object()};
}

/// The realm as it would be with this role; what is wrong with the role is told by its own pointers, below `under`.
void check_role(Job& job, const StoredRealm& realm, const StoredRole& changed, std::string_view under = {},
                std::size_t rule = 0) {
    std::vector<StoredRole> roles = job.desk.store.roles(realm.name);
    const auto place = std::lower_bound(roles.begin(), roles.end(), changed.name,
                                        [](const StoredRole& role, const std::string& name) { return role.name < name; });
    const auto index = static_cast<std::size_t>(place - roles.begin());
    if (place != roles.end() && place->name == changed.name)
        *place = changed;
    else
        roles.insert(place, changed);
    std::vector<config::Fault> faults;
    RealmEntry entry = job.desk.entry(realm, roles, faults);
    job.desk.do_without_keys(entry, faults);
    std::string own = "/role/" + std::to_string(index);
    if (!under.empty()) own += "/permissions/" + std::to_string(rule);
    for (config::Fault& fault : faults)
        if (fault.pointer.starts_with(own)) fault.pointer.erase(0, own.size());
    if (!faults.empty()) refuse_faults(faults);
}

/// Operations on one rule name it by its match and URI, so no two rules of a role may share them.
void refuse_twins(const json& rules) {
    const auto twins = find_twins(rules);
    if (!twins) return;
    refuse_field("/permissions/" + std::to_string(twins->later),
                 "the same match and uri as rule " + std::to_string(twins->earlier) + ": write one rule");
}

Answer save(Job& job, const StoredRealm& realm, const std::optional<StoredRole>& known, StoredRole next, bool one_rule,
            const json& shown_before, const json& shown_after) {
    const json before = known ? known->body.value("permissions", json::array()) : json::array();
    const Entered entered = job.desk.enter(job, realm.name, [&](const Stamp& edit) {
        next.rules = stamps_after(before, next.body.value("permissions", json::array()), next.rules, edit);
        next.stamp = edit;
        job.desk.store.put_role(realm.name, next);
        return std::pair(shown_before, shown_after);
    });
    const Ends ends = job.desk.put_in_force(realm.name);
    Answer out = job.desk.finish(job, entered, one_rule ? shown_after : role_view(next), ends);
    out.body["revision"] = entered.revision;
    return out;
}

}  // namespace

namespace handlers {

Answer role_list(Job& job) {
    const std::string realm = job.text("realm");
    job.desk.realm(realm);
    json items = json::array();
    for (const StoredRole& role : job.desk.store.roles(realm)) {
        json item = {{"name", role.name},
                     {"rules", role.body.value("permissions", json::array()).size()},
                     {"users", job.desk.store.count_users(realm, role.name)}};
        put_stamp(item, role.stamp);
        items.push_back(std::move(item));
    }
    return page_of(job, std::move(items), "name");
}

Answer role_get(Job& job) {
    const StoredRole role = job.desk.role(job.text("realm"), job.text("role"));
    Answer out;
    out.body = role_view(role);
    out.revision = role.stamp.revision;
    return out;
}

Answer role_put(Job& job) {
    const StoredRealm realm = job.desk.realm(job.text("realm"));
    const std::string name = job.text("role");
    protect_administrators(realm.name, name);
    const auto known = job.desk.store.role(realm.name, name);
    job.desk.check_revision(job, known ? &known->stamp : nullptr, "role " + name);
    StoredRole next{name, json::object(), known ? known->rules : std::map<std::string, Stamp>(), {}};
    next.body["permissions"] = job.has("permissions") ? plain_rules(job.fields()["permissions"]) : json::array();
    if (job.number("trustlevel") != 0) next.body["trustlevel"] = job.number("trustlevel");
    check_role(job, realm, next);
    refuse_twins(next.body["permissions"]);
    Answer out = save(job, realm, known, next, false, known ? known->body : json(), next.body);
    out.created = !known;
    return out;
}

Answer role_remove(Job& job) {
    const StoredRealm realm = job.desk.realm(job.text("realm"));
    const std::string name = job.text("role");
    const StoredRole known = job.desk.role(realm.name, name);
    protect_administrators(realm.name, name);
    job.desk.check_revision(job, &known.stamp, "role " + name);
    if (const std::size_t users = job.desk.store.count_users(realm.name, name); users > 0)
        throw Refusal{std::string(error::in_use),
                      std::to_string(users) + (users == 1 ? " user has" : " users have") + " the role " + name +
                          ", like " + job.desk.store.users(realm.name, "", 1, name).front().user.authid,
                      json::object()};
    std::vector<StoredRole> rest = job.desk.store.roles(realm.name);
    std::erase_if(rest, [&](const StoredRole& role) { return role.name == name; });
    std::vector<config::Fault> faults;
    RealmEntry entry = job.desk.entry(realm, rest, faults);  // anonymous clients may need it
    job.desk.do_without_keys(entry, faults);
    if (!faults.empty()) throw Refusal{std::string(error::in_use), faults.front().detail, json::object()};
    const Entered entered = job.desk.enter(job, realm.name, [&](const Stamp&) {
        job.desk.store.remove_role(realm.name, name);
        return std::pair(known.body, json());
    });
    return job.desk.finish(job, entered, json::object(), job.desk.put_in_force(realm.name));
}

Answer permission_list(Job& job) {
    const StoredRole role = job.desk.role(job.text("realm"), job.text("role"));
    const json rules = rules_with_stamps(role);
    const auto limit = static_cast<std::size_t>(job.number("limit"));
    std::size_t at = 0;
    if (job.has("after")) {  // the rule itself may be gone: then from the start, rather than losing some
        const std::string after = job.text("after");
        for (std::size_t i = 0; i < rules.size(); ++i)
            if (rule_key(rules[i]) == after) at = i + 1;
    }
    Answer out;
    json items = json::array();
    for (; at < rules.size() && items.size() < limit; ++at) items.push_back(rules[at]);
    out.body = {{"items", items}, {"next", at < rules.size() ? json(rule_key(items.back())) : json()}};
    if (job.flag("count")) out.body["total"] = rules.size();
    return out;
}

namespace {

/// Where the rule that the fields name stands in the role; its size where it does not.
std::size_t place_of(const Job& job, const json& rules) {
    const std::string key = rule_key({{"match", job.text("match")}, {"uri", job.text("uri")}});
    std::size_t at = 0;
    while (at < rules.size() && rule_key(rules[at]) != key) ++at;
    return at;
}

std::string named(const Job& job) {
    return "rule " + job.text("match") + " \"" + job.text("uri") + "\" of role " + job.text("role");
}

}  // namespace

Answer permission_put(Job& job) {
    const StoredRealm realm = job.desk.realm(job.text("realm"));
    const StoredRole known = job.desk.role(realm.name, job.text("role"));
    protect_administrators(realm.name, known.name);
    StoredRole next = known;
    json& rules = next.body["permissions"];
    if (rules.is_null()) rules = json::array();
    const std::size_t at = place_of(job, rules);
    const bool fresh = at == rules.size();
    const json before = fresh ? json() : rules[at];
    const Stamp* stamp = nullptr;
    if (!fresh) stamp = known.rules.contains(rule_key(before)) ? &known.rules.at(rule_key(before)) : &known.stamp;
    job.desk.check_revision(job, stamp, named(job));
    const json rule = plain_rule(job.fields());
    fresh ? rules.push_back(rule) : void(rules[at] = rule);
    check_role(job, realm, next, "rule", at);
    const auto told = [&](const json& what) {
        json out = what;
        if (!out.is_null()) out["role"] = known.name;
        return out;
    };
    Answer out = save(job, realm, known, next, true, told(before), told(rule));
    out.created = fresh;
    return out;
}

Answer permission_remove(Job& job) {
    const StoredRealm realm = job.desk.realm(job.text("realm"));
    const StoredRole known = job.desk.role(realm.name, job.text("role"));
    protect_administrators(realm.name, known.name);
    StoredRole next = known;
    json& rules = next.body["permissions"];
    const std::size_t at = place_of(job, rules);
    if (at >= rules.size())
        throw Refusal{std::string(uri::not_found), "there is no " + named(job), json::object()};
    json before = plain_rule(rules[at]);
    const auto found = known.rules.find(rule_key(before));
    job.desk.check_revision(job, found == known.rules.end() ? &known.stamp : &found->second, named(job));
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(at));
    check_role(job, realm, next);
    before["role"] = known.name;
    Answer out = save(job, realm, known, next, true, before, json());
    out.body = {{"ends", out.body["ends"]}};
    return out;
}

}  // namespace handlers
}  // namespace heddle::admin
