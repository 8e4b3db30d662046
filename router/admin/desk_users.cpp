#include <algorithm>

#include "realms/auth/token.hpp"
#include "router/admin/credentials.hpp"
#include "router/admin/desk_state.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

json stamped(const StoredUser& stored) {
    json out = view_of(stored.user);
    put_stamp(out, stored.stamp);
    return out;
}

bool administers(const UserSettings& user) {
    const bool can_log_in = !methods_of(user).empty() && !user.disabled &&
                            (user.expires == 0 || user.expires > now_ms() / 1000);
    return user.role == "administrator" && user.realms.empty() && can_log_in;
}

void check_role(Job& job, const std::string& realm, const std::string& role) {
    if (job.desk.store.role(realm, role)) return;
    std::string all;
    for (const StoredRole& one : job.desk.store.roles(realm)) all += (all.empty() ? "" : ", ") + one.name;
    refuse_field("/role", "realm " + realm + " has no role \"" + role + "\"" + (all.empty() ? "" : "; it has " + all));
}

/// For the audit log: what may be seen, and which credentials this edit set.
json told(const StoredUser& stored, const Job* job = nullptr) {
    json out = view_of(stored.user);
    out.erase("methods");
    for (const std::string& method : methods_of(stored.user)) out[method] = "set";
    if (!job) return out;
    for (const char* name : {"password", "scram", "ticket", "wampcra"})
        if (job->has(name)) out["changed"].push_back(name);
    return out;
}

Answer save(Job& job, const std::string& realm, const std::optional<StoredUser>& known, StoredUser next) {
    if (realm == admin_realm) job.desk.keep_an_administrator(realm, next.user.authid, &next.user);
    const Entered entered = job.desk.enter(job, realm, [&](const Stamp& edit) {
        next.stamp = edit;
        job.desk.store.put_user(realm, next);
        return std::pair(known ? told(*known) : json(), told(next, &job));
    });
    job.desk.note_administrators();
    const Ends ends = job.desk.put_in_force(realm, next.user);
    Answer out = job.desk.finish(job, entered, stamped(next), ends);
    out.created = !known;
    return out;
}

}  // namespace

bool Desk::State::any_administrator(const std::string& but, const UserSettings* with) {
    if (with && administers(*with)) return true;
    for (const StoredUser& stored : store.users(admin_realm, "", 100'000, "administrator"))
        if (stored.user.authid != but && administers(stored.user)) return true;
    return false;
}

void Desk::State::keep_an_administrator(const std::map<std::string, const UserSettings*>& becomes) {
    if (!any_administrator()) return;
    for (const auto& [authid, user] : becomes)
        if (user && administers(*user)) return;
    for (const StoredUser& stored : store.users(admin_realm, "", 100'000, "administrator"))
        if (!becomes.contains(stored.user.authid) && administers(stored.user)) return;
    throw Refusal{std::string(error::in_use), "this would leave no administrator", json::object()};
}

void Desk::State::keep_an_administrator(const std::string& realm, const std::string& authid, const UserSettings* becomes) {
    if (realm != admin_realm || !any_administrator() || any_administrator(authid, becomes)) return;
    throw Refusal{std::string(error::in_use), authid + " is the last administrator: make another one first", json::object()};
}

namespace handlers {

Answer user_list(Job& job) {
    const std::string realm = job.text("realm"), role = job.text("role");
    job.desk.realm(realm);
    const auto limit = static_cast<std::size_t>(job.number("limit"));
    auto users = job.desk.store.users(realm, job.text("after"), limit + 1, role);
    const bool more = users.size() > limit;
    if (more) users.pop_back();
    json items = json::array();
    for (const StoredUser& user : users) items.push_back(stamped(user));
    Answer out;
    out.body = {{"items", std::move(items)}, {"next", more ? json(users.back().user.authid) : json()}};
    if (job.flag("count")) out.body["total"] = job.desk.store.count_users(realm, role);
    return out;
}

Answer user_get(Job& job) {
    const StoredUser user = job.desk.user(job.text("realm"), job.text("user"));
    Answer out;
    out.body = stamped(user);
    out.revision = user.stamp.revision;
    return out;
}

Answer user_put(Job& job) {
    const std::string realm = job.text("realm"), authid = job.text("user");
    job.desk.realm(realm);
    const auto known = job.desk.store.user(realm, authid);
    job.desk.check_revision(job, known ? &known->stamp : nullptr, "user " + authid);
    check_role(job, realm, job.text("role"));
    StoredUser next = known.value_or(StoredUser{});
    next.user.authid = authid;
    std::vector<config::Fault> faults;
    set_user(next.user, job.fields(), "", faults);
    if (!faults.empty()) refuse_faults(faults);
    check_user(job.desk.store, realm, next.user);
    return save(job, realm, known, std::move(next));
}

Answer user_remove(Job& job) {
    const std::string realm = job.text("realm"), authid = job.text("user");
    const StoredUser known = job.desk.user(realm, authid);
    job.desk.check_revision(job, &known.stamp, "user " + authid);
    job.desk.keep_an_administrator(realm, authid, nullptr);
    const Entered entered = job.desk.enter(job, realm, [&](const Stamp&) {
        job.desk.store.remove_user(realm, authid);
        return std::pair(told(known), json());
    });
    job.desk.note_administrators();
    return job.desk.finish(job, entered, json::object(), job.desk.take_away(realm, authid));
}

Answer user_passwd(Job& job) {
    const std::string realm = job.text("realm"), authid = job.text("user");
    const StoredUser known = job.desk.user(realm, authid);
    job.desk.check_revision(job, &known.stamp, "user " + authid);
    StoredUser next = known;
    std::vector<config::Fault> faults;
    set_password(next.user, job.text("method"), job.text("password"), faults);
    if (!faults.empty()) refuse_faults(faults);
    return save(job, realm, known, std::move(next));
}

Answer user_key(Job& job) {
    const std::string realm = job.text("realm"), authid = job.text("user");
    const StoredUser known = job.desk.user(realm, authid);
    job.desk.check_revision(job, &known.stamp, "user " + authid);
    std::string hex, why;
    if (!read_key(job.text("key"), hex, why)) refuse_field("/key", why);
    StoredUser next = known;
    const auto found = std::find(next.user.keys.begin(), next.user.keys.end(), hex);
    if (job.flag("remove")) {
        if (found == next.user.keys.end())
            throw Refusal{std::string(uri::not_found), "user " + authid + " has no such key", json::object()};
        next.user.keys.erase(found);
    } else if (found == next.user.keys.end()) {
        next.user.keys.push_back(hex);
        check_user(job.desk.store, realm, next.user);
    }
    return save(job, realm, known, std::move(next));
}

Answer user_disable(Job& job) {
    const std::string realm = job.text("realm"), authid = job.text("user");
    const StoredUser known = job.desk.user(realm, authid);
    job.desk.check_revision(job, &known.stamp, "user " + authid);
    StoredUser next = known;
    next.user.disabled = !job.flag("enable");
    return save(job, realm, known, std::move(next));
}

namespace {

json token_view(const StoredUser& stored) {
    json out = {{"name", stored.user.authid}, {"role", stored.user.role}, {"disabled", stored.user.disabled}};
    out["expires"] = stored.user.expires == 0 ? json() : json(timestamp(stored.user.expires * 1000));
    out["last_used"] = stored.used == 0 ? json() : json(timestamp(stored.used));
    if (!stored.user.realms.empty()) out["realms"] = stored.user.realms;
    put_stamp(out, stored.stamp);
    return out;
}

}  // namespace

Answer token_create(Job& job) {
    const std::string realm(admin_realm), name = job.text("name");
    check_authid(name);
    if (job.desk.store.user(realm, name))
        throw Refusal{std::string(error::exists), "heddle.admin has a user or token \"" + name + "\" already", json::object()};
    check_role(job, realm, job.text("role"));
    const auto ttl = parse_length(job.text("ttl"));
    if (!ttl || *ttl < 1000) refuse_field("/ttl", "\"ttl\" is at least a second");
    if (*ttl > std::int64_t{3650} * 86'400'000) refuse_field("/ttl", "\"ttl\" is at most 3650d");
    const auth::Token token = auth::make_token(random_bytes(auth::token_random_bytes));
    StoredUser next;
    next.user.authid = name;
    next.user.role = job.text("role");
    next.user.token = auth::token_hash(token.text());
    next.user.expires = (now_ms() + *ttl) / 1000;
    if (job.has("realms")) next.user.realms = job.fields()["realms"].get<std::vector<std::string>>();
    Answer out = save(job, realm, std::nullopt, next);
    const json ends = out.body["ends"];
    next.stamp = {out.revision.value_or(0), job.request.asker.authid, now_ms()};
    out.body = token_view(next);
    out.body["token"] = token.text();
    out.body["ends"] = ends;
    out.created = true;
    return out;
}

Answer token_list(Job& job) {
    json items = json::array();
    for (const StoredUser& stored : job.desk.store.users(admin_realm, "", 100'000))
        if (!stored.user.token.empty()) items.push_back(token_view(stored));
    return page_of(job, std::move(items), "name");
}

Answer token_revoke(Job& job) {
    const std::string realm(admin_realm), name = job.text("name");
    const auto known = job.desk.store.user(realm, name);
    if (!known || known->user.token.empty())
        throw Refusal{std::string(uri::not_found), "there is no token \"" + name + "\"", json::object()};
    job.desk.keep_an_administrator(realm, name, nullptr);
    const Entered entered = job.desk.enter(job, realm, [&](const Stamp&) {
        job.desk.store.remove_user(realm, name);
        return std::pair(told(*known), json());
    });
    job.desk.note_administrators();
    return job.desk.finish(job, entered, json::object(), job.desk.take_away(realm, name));
}

}  // namespace handlers
}  // namespace heddle::admin
