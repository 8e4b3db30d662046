// What is in the store before the router starts.
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "realms/auth/text.hpp"
#include "router/admin/credentials.hpp"
#include "router/admin/desk_state.hpp"
#include "router/json_text.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

constexpr const char* admin_roles = R"([
    {"name": "administrator", "permissions": [
        {"match": "prefix", "uri": "heddle.", "allow": ["call", "subscribe"]}]},
    {"name": "operator", "permissions": [
        {"match": "wildcard", "uri": "heddle..list", "allow": ["call"]},
        {"match": "wildcard", "uri": "heddle..get", "allow": ["call"]},
        {"match": "wildcard", "uri": "heddle..match", "allow": ["call"]},
        {"match": "exact", "uri": "heddle.permission.test", "allow": ["call"]},
        {"match": "exact", "uri": "heddle.session.kick", "allow": ["call"]},
        {"match": "exact", "uri": "heddle.config.reload", "allow": ["call"]},
        {"match": "prefix", "uri": "heddle.", "allow": ["subscribe"]}]},
    {"name": "viewer", "permissions": [
        {"match": "wildcard", "uri": "heddle..list", "allow": ["call"]},
        {"match": "wildcard", "uri": "heddle..get", "allow": ["call"]},
        {"match": "prefix", "uri": "heddle.", "allow": ["subscribe"]}]}
])";

/// The router itself edits: from its file, or to have an administrator.
AuditEntry own_entry(std::string_view operation, const std::string& realm, std::uint64_t revision, json after) {
    AuditEntry entry;
    entry.at = now_ms();
    entry.who = "heddle";
    entry.via = "start";
    entry.operation = operation;
    entry.realm = realm;
    entry.revision = revision;
    entry.after = std::move(after);
    return entry;
}

json role_body(json role) {
    role.erase("name");
    return role;
}

/// All at once, as its first edit.
void put_whole(Store& store, const std::string& name, json document, const std::vector<UserSettings>& users,
               std::string_view operation) {
    const Stamp stamp{1, "heddle", now_ms()};
    Store::Transaction transaction(store);
    json roles = document.value("role", json::array()), options = document;
    options.erase("role");
    store.put_realm({name, options, 1, stamp});
    for (const json& role : roles) {
        StoredRole stored{role.at("name"), role_body(role), {}, stamp};
        for (const json& rule : stored.body.value("permissions", json::array())) stored.rules[rule_key(rule)] = stamp;
        store.put_role(name, stored);
    }
    for (const UserSettings& user : users) store.put_user(name, {user, stamp, 0});
    document["users"] = users.size();
    store.append(own_entry(operation, name, 1, document));
    transaction.commit();
}

}  // namespace

void Desk::State::create_admin_realm() {
    put_whole(store, std::string(admin_realm), {{"role", json_or_null(admin_roles)}}, {}, "heddle.realm.put");
}

void Desk::State::import(const RealmEntry& entry) {
    const std::string& name = entry.realm.name;
    const json document = config::document_of(entry, started_with->realm_defaults);
    const auto known = store.realm(name);
    if (!known) return put_whole(store, name, document, entry.realm.users, "heddle.realm.apply");
    std::vector<config::Fault> faults;  // in one spelling
    const RealmEntry stored = this->entry(*known, store.roles(name), faults);
    const json there = config::document_of(stored, started_with->realm_defaults);
    bool same = there == document && store.count_users(name) == entry.realm.users.size();
    for (const UserSettings& user : entry.realm.users) {
        const auto one = store.user(name, user.authid);
        same = same && one && view_of(one->user) == view_of(user);
    }
    if (same) return;
    std::string where;
    for (const json& step : json::diff(there, document)) where += (where.empty() ? "" : " ") + step.at("path").get<std::string>();
    log.write(LogLevel::info, "realm.differs",
              {{"realm", name}, {"where", where.empty() ? "/users" : where}, {"in_force", "store"}});
}

std::vector<RealmEntry> Desk::realms() {
    State& state = *state_;
    if (!state.store.realm(admin_realm)) state.create_admin_realm();
    for (const RealmEntry& entry : state.started_with->realms) state.import(entry);
    state.use_password_file();
    state.note_administrators();
    std::vector<RealmEntry> out;
    for (const StoredRealm& realm : state.store.realms()) {
        RealmEntry entry = state.stored_entry(realm.name);
        state.figures.edited(realm.name, realm.edits);
        std::string after;
        while (true) {
            const auto page = state.store.users(realm.name, after, 1000);
            for (const StoredUser& user : page) entry.realm.users.push_back(user.user);
            if (page.size() < 1000) break;
            after = page.back().user.authid;
        }
        out.push_back(std::move(entry));
    }
    return out;
}

void Desk::State::put_administrator(const std::string& authid, const std::string& password, const std::string& via) {
    StoredUser user = store.user(admin_realm, authid).value_or(StoredUser{});
    user.user.authid = authid;
    user.user.role = "administrator";
    user.user.disabled = false;
    user.user.expires = 0;
    user.user.realms.clear();
    std::vector<config::Fault> faults;
    set_password(user.user, "scram", password, faults);
    if (!faults.empty()) throw std::runtime_error("the first administrator's password: " + faults.front().detail);
    Store::Transaction transaction(store);
    user.stamp = {store.count_edit(admin_realm), "heddle", now_ms()};
    store.put_user(admin_realm, user);
    AuditEntry entry = own_entry("heddle.user.put", std::string(admin_realm), user.stamp.revision, view_of(user.user));
    entry.via = via;
    store.append(entry);
    transaction.commit();
    administered = true;
}

/// Read only while there is no administrator.
void Desk::State::use_password_file() {
    const std::string& path = started_with->admin_password_file;
    if (path.empty() || any_administrator()) return;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("admin.password_file: cannot read " + path);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    text = std::string(auth::trimmed(text));
    if (text.empty()) throw std::runtime_error("admin.password_file: " + path + " is empty");
    put_administrator("admin", text, "admin.password_file");
    log.write(LogLevel::info, "admin.created", {{"authid", "admin"}, {"by", "admin.password_file"}});
}

std::string Desk::first_password() {
    if (!state_->store.realm(admin_realm)) state_->create_admin_realm();
    if (!state_->started_with->admin_password_file.empty()) state_->use_password_file();
    if (state_->any_administrator()) return {};
    const std::string password = make_password();
    state_->put_administrator("admin", password, "serve --dev");
    return password;
}

}  // namespace heddle::admin
