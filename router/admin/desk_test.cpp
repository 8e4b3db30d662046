// permission.test: may somebody do something, and why.
#include <algorithm>

#include "router/admin/desk_state.hpp"
#include "router/admin/session_sight.hpp"
#include "serializers/names.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

constexpr std::string_view actions[] = {"call", "register", "publish", "subscribe"};

json rule_of(const PermissionRule& rule) {
    json out = {{"match", name_of(rule.match)}, {"uri", rule.uri}};
    const auto list = [&](const char* name, unsigned bits, std::span<const std::string_view> names) {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (bits >> i & 1u) out[name].push_back(names[i]);
    };
    constexpr std::string_view identities[] = {"caller", "publisher"};
    list("allow", rule.allow.bits, actions);
    list("deny", rule.deny.bits, actions);
    list("disclose", rule.disclose.bits, identities);
    list("conceal", rule.conceal.bits, identities);
    return out;
}

/// Whom the question is about.
struct Subject {
    std::string authid, role;
};

Subject subject_of(Job& job, const std::string& realm) {
    const int given = (job.has("user") ? 1 : 0) + (job.has("role") ? 1 : 0) + (job.has("session") ? 1 : 0);
    if (given == 0) refuse_field("/user", "for whom? one of user, role and session");
    if (given > 1 && job.has("session")) refuse_field("/session", "a session has its user and role already");
    if (job.has("session")) {
        const auto sight = session_sight(job.desk, realm, job.number("session"));
        if (!sight)
            throw Refusal{std::string(uri::no_such_session),
                          "realm " + realm + " has no session " + std::to_string(job.number("session")), json::object()};
        return {sight->authid, sight->role};
    }
    if (job.has("role")) return {job.text("user"), job.text("role")};
    return {job.text("user"), job.desk.user(realm, job.text("user")).user.role};
}

/// The realm as it would be with the unsaved edits.
RealmSettings with_edits(Job& job, const StoredRealm& realm, const std::string& role) {
    const json& with = job.fields()["with"];
    StoredRealm changed = realm;
    std::vector<StoredRole> roles = job.desk.store.roles(realm.name);
    const auto put = [&](const std::string& name, json body) {
        body.erase("name");
        for (json& rule : body["permissions"]) rule = [&] {
            json plain = rule;
            for (const char* added : {"revision", "changed_by", "changed_at"}) plain.erase(added);
            return plain;
        }();
        for (StoredRole& one : roles)
            if (one.name == name) return void(one.body = body);
        roles.push_back({name, body, {}, {}});
    };
    for (const auto& [name, value] : with.items()) {
        if (name == "permissions") {
            if (!value.is_array()) refuse_field("/with/permissions", "\"permissions\" is a list of rules");
            put(role, {{"permissions", value}});
        } else if (name == "role") {
            if (!value.is_array()) refuse_field("/with/role", "\"role\" is a list of roles");
            for (std::size_t i = 0; i < value.size(); ++i) {
                if (!value[i].is_object() || !value[i].contains("name") || !value[i]["name"].is_string())
                    refuse_field("/with/role/" + std::to_string(i), "a role is an object with a \"name\"");
                put(value[i]["name"], value[i]);
            }
        } else {
            changed.options[name] = value;
        }
    }
    std::vector<config::Fault> faults;
    RealmEntry entry = job.desk.entry(changed, roles, faults);
    job.desk.do_without_keys(entry, faults);
    for (config::Fault& fault : faults) fault.pointer = "/with" + fault.pointer;
    if (!faults.empty()) refuse_faults(faults);
    return std::move(entry.realm);
}

std::string reason_of(const Explanation& why, const std::string& role) {
    switch (why.because) {
        case Explanation::Because::rules:
            return why.allowed          ? "the rules of role " + role + " allow it"
                   : why.beaten.empty() ? "a rule of role " + role + " denies it"
                                        : "a rule of role " + role + " denies it, narrower than what allows it";
        case Explanation::Because::no_rule:
            return "no rule of role " + role + " speaks of it: denied";
        case Explanation::Because::authorizer:
            return "no rule of role " + role + " speaks of it: the dynamic authorizer is asked";
        case Explanation::Because::no_role:
            return "there is no role " + role;
        case Explanation::Because::bad_uri:
            return "this is no URI that could be used so";
    }
    return {};
}

}  // namespace

Answer handlers::permission_test(Job& job) {
    const StoredRealm realm = job.desk.realm(job.text("realm"));
    const Subject subject = subject_of(job, realm.name);
    std::optional<RealmSettings> edited;
    if (job.has("with")) edited = with_edits(job, realm, subject.role);
    const std::string uri = job.text("uri"), match = job.text("match"), action = job.text("action");
    const auto why = job.desk.at<Explanation>(realm.name, [&](RealmHost* host, TimePoint) {
        PermissionQuestion question;
        question.authid = subject.authid;
        question.role = subject.role;
        question.action = static_cast<Action>(std::find(std::begin(actions), std::end(actions), action) - std::begin(actions));
        question.match = match == "prefix" ? Match::prefix : match == "wildcard" ? Match::wildcard : Match::exact;
        question.uri = uri;
        return host ? host->realm().explain(question, edited ? &*edited : nullptr) : Explanation{};
    });
    json deciding = json::array(), beaten = json::array();
    Answer out;
    if (!why) return out;
    for (const PermissionRule& rule : why->deciding) deciding.push_back(rule_of(rule));
    for (const PermissionRule& rule : why->beaten) beaten.push_back(rule_of(rule));
    out.body = {{"allowed", why->allowed},
                {"decided_by", deciding.empty() ? json() : deciding.front()},
                {"deciding", deciding},
                {"beaten", beaten},
                {"reason", reason_of(*why, subject.role)},
                {"asks_authorizer", why->because == Explanation::Because::authorizer},
                {"user", subject.authid.empty() ? json() : json(subject.authid)},
                {"role", subject.role},
                {"revision", realm.edits}};
    return out;
}

}  // namespace heddle::admin
