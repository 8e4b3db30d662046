// The desk's way to the store and to the realms.
#include <algorithm>
#include <charconv>
#include <chrono>

#include "router/admin/desk_state.hpp"

namespace heddle::admin {

using nlohmann::json;

json counts_of(const Ends& ends) {
    json out = json::object();
    if (ends.sessions) out["sessions"] = ends.sessions;
    if (ends.subscriptions) out["subscriptions"] = ends.subscriptions;
    if (ends.registrations) out["registrations"] = ends.registrations;
    if (ends.links) out["links"] = ends.links;
    return out;
}

json json_of(const Ends& ends) {
    constexpr std::string_view kinds[] = {"session", "subscription", "registration", "link"};
    constexpr std::string_view matches[] = {"exact", "prefix", "wildcard"};
    json shown = json::array();
    for (const Ends::One& one : ends.shown) {
        json item = {{"what", kinds[static_cast<std::size_t>(one.what)]}, {"session", one.session.value}, {"authid", one.authid}};
        if (!one.uri.empty()) {
            item["match"] = matches[static_cast<std::size_t>(one.match)];
            item["uri"] = one.uri;
        }
        shown.push_back(std::move(item));
    }
    return {{"sessions", ends.sessions},
            {"subscriptions", ends.subscriptions},
            {"registrations", ends.registrations},
            {"links", ends.links},
            {"shown", std::move(shown)}};
}

void add(Ends& to, const Ends& more) {
    to.sessions += more.sessions;
    to.subscriptions += more.subscriptions;
    to.registrations += more.registrations;
    to.links += more.links;
    for (const Ends::One& one : more.shown)
        if (to.shown.size() < Ends::shown_max) to.shown.push_back(one);
}

void put_stamp(json& object, const Stamp& stamp) {
    object["revision"] = stamp.revision;
    object["changed_by"] = stamp.by;
    object["changed_at"] = timestamp(stamp.at);
}

namespace {


AuditEntry entry_of(const Job& job, const std::string& realm) {
    AuditEntry entry;
    entry.at = now_ms();
    entry.who = job.request.asker.authid;
    entry.via = job.request.asker.via;
    entry.from = job.request.asker.from;
    entry.operation = "heddle." + std::string(job.request.operation->noun) + "." + std::string(job.request.operation->verb);
    entry.realm = realm;
    return entry;
}

/// Which role or user it is about, where the object itself does not say it.
void name_places(const Job& job, json& side) {
    if (!side.is_object()) return;
    for (const Field& field : job.request.operation->fields) {
        const std::string name(field.name);
        if (field.in == Field::In::place && name != "realm" && job.has(name.c_str()) && !side.contains(name))
            side[name] = job.fields()[name];
    }
}

}  // namespace

Entered Desk::State::enter(const Job& job, const std::string& realm, const Edit& edit) {
    Entered out{entry_of(job, realm), 0};
    if (realm == admin_realm) confined.reset();
    try {
        Store::Transaction transaction(store);
        const std::uint64_t counted = store.count_edit(realm);
        out.revision = out.entry.revision = std::max<std::uint64_t>(counted, 1);  // this edit may make the realm
        std::tie(out.entry.before, out.entry.after) = edit({out.revision, out.entry.who, out.entry.at});
        for (json* side : {&out.entry.before, &out.entry.after}) name_places(job, *side);
        out.entry.n = write_entry(out.entry);
        const auto before = std::chrono::steady_clock::now();
        transaction.commit();
        figures.committed(std::chrono::steady_clock::now() - before);
        figures.edited(realm, out.revision);
        works = true;
    } catch (const std::exception& thrown) {
        ++failures;
        works = false;
        log.write(LogLevel::error, "store.failed", {{"op", out.entry.operation}, {"why", thrown.what()}});
        throw Refusal{std::string(error::store_failed), "the store cannot be written; nothing was changed", json::object()};
    }
    return out;
}

Entered Desk::State::enter_deed(const Job& job, const std::string& realm, json after) {
    Entered out{entry_of(job, realm), 0};
    out.entry.after = std::move(after);
    try {
        out.entry.n = write_entry(out.entry);
        works = true;
    } catch (const std::exception& thrown) {
        ++failures;
        works = false;
        log.write(LogLevel::error, "store.failed", {{"op", out.entry.operation}, {"why", thrown.what()}});
        throw Refusal{std::string(error::store_failed), "the audit log cannot be written; nothing was done", json::object()};
    }
    return out;
}

Answer Desk::State::finish(const Job&, Entered entered, json body, const Ends& ends) {
    if (ends.total() > 0) {
        entered.entry.ended = counts_of(ends);
        try {
            store.set_ended(entered.entry.n, entered.entry.ended);
        } catch (const std::exception& thrown) {  // the edit itself is stored and in force
            ++failures;
            works = false;
            log.write(LogLevel::error, "store.failed", {{"op", entered.entry.operation}, {"why", thrown.what()}});
        }
    }
    settle();
    hear_of(entered.entry);
    if (entered.entry.at - forgot_audit > 3'600'000) {  // once an hour, and only while somebody is at work
        forgot_audit = entered.entry.at;
        try {
            store.forget_audit(entered.entry.at - settings()->audit_keep.count());
        } catch (const std::exception& thrown) {  // as above; it is tried again in an hour
            ++failures;
            works = false;
            log.write(LogLevel::error, "store.failed", {{"op", "audit"}, {"why", thrown.what()}});
        }
    }
    Answer out;
    out.body = std::move(body);
    out.body["ends"] = json_of(ends);
    if (entered.revision != 0) out.revision = entered.revision;
    return out;
}

void Desk::State::settle() {
    if (!control) return;
    auto there = std::make_shared<bool>(false);
    control->settle([meeting = meeting, there] { meeting->come(there); });
    meeting->wait(there);
}

std::shared_ptr<const ServerSettings> Desk::State::settings() const {
    return control ? control->settings() : started_with;
}

StoredRealm Desk::State::realm(const std::string& name) {
    if (auto found = store.realm(name)) return std::move(*found);
    throw Refusal{std::string(uri::no_such_realm), "there is no realm \"" + name + "\"", json::object()};
}

StoredRole Desk::State::role(const std::string& in, const std::string& name) {
    realm(in);
    if (auto found = store.role(in, name)) return std::move(*found);
    throw Refusal{std::string(uri::no_such_role), "realm " + in + " has no role \"" + name + "\"", json::object()};
}

StoredUser Desk::State::user(const std::string& in, const std::string& authid) {
    realm(in);
    if (auto found = store.user(in, authid)) return std::move(*found);
    throw Refusal{std::string(uri::not_found), "realm " + in + " has no user \"" + authid + "\"", json::object()};
}

void Desk::State::check_revision(const Job& job, const Stamp* current, const std::string& what) const {
    const std::string& given = job.request.revision;
    json facts = json::object();
    if (current)
        facts = {{"current", current->revision}, {"changed_by", current->by}, {"changed_at", timestamp(current->at)}};
    if (given.empty()) {
        if (job.request.operation->revised != Revised::writes) return;
        throw Refusal{std::string(error::revision_required),
                      current ? "say which revision of " + what + " you have read (now " + std::to_string(current->revision) +
                                    "), or \"*\" to overwrite it"
                              : "there is no " + what + " yet; revision \"new\" creates it",
                      facts};
    }
    if (given == "new") {
        if (!current) return;
        throw Refusal{std::string(error::exists), what + " is there already", facts};
    }
    if (given == "*" && current) return;
    if (given != "*") {
        std::uint64_t number = 0;
        const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), number);
        if (failed != std::errc() || end != given.data() + given.size())
            refuse_field("/revision", "\"" + given + "\" is no revision: a number, \"*\" or \"new\"");
        if (current && current->revision == number) return;
    }
    if (!current) facts = {{"current", nullptr}};
    throw Refusal{std::string(error::stale_revision),
                  current ? what + " was changed by " + current->by + " at " + timestamp(current->at) + ": its revision is " +
                                std::to_string(current->revision) + ", not " + given
                          : "there is no " + what + "; revision \"new\" creates it",
                  facts};
}

json Desk::State::document(const StoredRealm& realm, const std::vector<StoredRole>& roles) const {
    json out = realm.options;
    json list = json::array();
    for (const StoredRole& role : roles) {
        json item = role.body;
        item["name"] = role.name;
        list.push_back(std::move(item));
    }
    if (!list.empty()) out["role"] = std::move(list);
    return out;
}

RealmEntry Desk::State::entry(const StoredRealm& realm, const std::vector<StoredRole>& roles,
                              std::vector<config::Fault>& faults) {
    const auto now = settings();
    RealmEntry out = config::realm_of(document(realm, roles), realm.name, now->realm_defaults, faults);
    for (const RealmEntry& in_file : now->realms)
        if (in_file.realm.name == realm.name) out.uplinks = in_file.uplinks;
    AuthSettings& auth = out.realm.auth;
    auth.mock_key = mock_key;
    if (realm.name == admin_realm) {
        out.realm.administers = true;
        out.realm.anonymous_role.clear();
        AuthMethods ways;
        for (const AuthMethod way : {AuthMethod::ticket, AuthMethod::wampcra, AuthMethod::scram, AuthMethod::cryptosign,
                                     AuthMethod::tls, AuthMethod::cookie, AuthMethod::token, AuthMethod::local})
            ways.add(way);
        if (auth.methods.has(AuthMethod::jwt)) ways.add(AuthMethod::jwt);
        auth.methods = ways;
    }
    return out;
}

/// A file that is gone since is no reason to keep everybody out: nobody comes in by it, that is all.
void Desk::State::do_without_keys(RealmEntry& entry, std::vector<config::Fault>& faults) {
    std::erase_if(faults, [&](const config::Fault& fault) {
        if (fault.pointer != "/jwt/keys") return false;
        log.write(LogLevel::error, "jwt.unreadable", {{"realm", entry.realm.name}, {"why", fault.detail}});
        entry.realm.auth.jwt_keys.clear();
        return true;
    });
}

RealmEntry Desk::State::stored_entry(const std::string& name) {
    std::vector<config::Fault> faults;
    RealmEntry out = entry(realm(name), store.roles(name), faults);
    do_without_keys(out, faults);
    if (!faults.empty())
        throw std::runtime_error("realm " + name + " in the store: " + faults.front().pointer + ": " + faults.front().detail);
    return out;
}

Ends Desk::State::put_in_force(const std::string& name) {
    RealmEntry next;
    try {
        next = stored_entry(name);
    } catch (const std::exception& thrown) {
        ++failures;
        works = false;
        log.write(LogLevel::error, "store.failed", {{"op", "realm.get"}, {"why", thrown.what()}});
        throw Refusal{std::string(error::store_failed),
                      "the edit is stored, but the store cannot be read to bring it into force: it holds from the next start",
                      json::object()};
    }
    return bring_into_force<Ends>(name, [next = std::move(next)](RealmHost* host, TimePoint now) {
        return host ? host->apply(next, now) : Ends{};
    });
}

Ends Desk::State::put_in_force(const std::string& realm, const UserSettings& user) {
    return bring_into_force<Ends>(realm, [user](RealmHost* host, TimePoint now) {
        return host ? host->put_user(user, now) : Ends{};
    });
}

Ends Desk::State::take_away(const std::string& realm, const std::string& authid) {
    return bring_into_force<Ends>(realm, [authid](RealmHost* host, TimePoint now) {
        return host ? host->remove_user(authid, now) : Ends{};
    });
}

}  // namespace heddle::admin
