// realm.apply: a whole realm at once.
#include <algorithm>
#include <set>

#include "router/admin/credentials.hpp"
#include "router/admin/desk_state.hpp"
#include "router/admin/rule_list.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

/// How two lists of named things differ: told as changes, by name.
struct Changes {
    json list = json::array();
    std::size_t unchanged = 0;

    void one(const std::string& path, const json& before, const json& after) {
        if (before == after) return void(++unchanged);
        const char* op = before.is_null() ? "add" : after.is_null() ? "remove" : "replace";
        list.push_back({{"op", op}, {"path", path}, {"before", before}, {"after", after}});
    }
};

const json& member(const json& object, const std::string& name) {
    static const json nothing;
    const auto found = object.find(name);
    return found == object.end() ? nothing : *found;
}

void compare_rules(const std::string& path, const json& before, const json& after, Changes& rules) {
    std::map<std::string, std::pair<json, json>> by_key;
    for (const json& rule : member(before, "permissions")) by_key[rule_key(rule)].first = plain_rule(rule);
    for (const json& rule : member(after, "permissions")) by_key[rule_key(rule)].second = plain_rule(rule);
    for (const auto& [key, pair] : by_key) rules.one(path + "/permissions/" + key, pair.first, pair.second);
}

json by_name(const json& roles) {
    json out = json::object();
    for (const json& role : roles) out[role.at("name").get<std::string>()] = role;
    return out;
}

/// One whole realm, from its document to the store and the realm.
class Application {
 public:
    explicit Application(Job& job) : job_(job), desk_(job.desk), name_(job.text("realm")) {}

    Answer run() {
        read();
        compare();
        if (job_.flag("dry_run")) return preview();
        if (changes_.empty()) return answer(Ends{}, known_ ? known_->edits : 0);
        return save();
    }

 private:
    void read() {
        json document = job_.checked.document;
        if (const auto named = document.find("name"); named != document.end()) {
            if (*named != name_) refuse_field("/name", "the document is of another realm: " + named->dump());
            document.erase("name");
        }
        json users = document.value("users", json::array());
        document.erase("users");
        known_ = desk_.store.realm(name_);
        if (!known_) check_realm_name(name_);
        const Stamp edits{known_ ? known_->edits : 0, known_ ? known_->stamp.by : "", known_ ? known_->stamp.at : 0};
        desk_.check_revision(job_, known_ ? &edits : nullptr, "realm " + name_);
        read_roles(document);
        read_users(users);
        if (!faults_.empty()) refuse_faults(faults_);
    }

    void read_roles(const json& document) {
        next_ = known_.value_or(StoredRealm{name_, json::object(), 0, {}});
        next_.options = document;
        entry_ = desk_.entry(next_, {}, faults_);
        if (!faults_.empty()) return;
        after_ = config::document_of(entry_, desk_.settings()->realm_defaults);
        for (const json& role : member(after_, "role")) role_names_.insert(role.at("name").get<std::string>());
        if (!known_) return;
        std::vector<config::Fault> ignored;
        before_ = config::document_of(desk_.entry(*known_, desk_.store.roles(name_), ignored),
                                      desk_.settings()->realm_defaults);
        if (name_ == admin_realm) {
            const json roles = by_name(member(after_, "role")), old = by_name(member(before_, "role"));
            if (member(roles, "administrator") != member(old, "administrator"))
                faults_.push_back({"/role", "the role administrator of heddle.admin stays as it is"});
        }
    }

    void read_users(const json& users) {
        const Operation* put = find("user", "put");
        if (!users.is_array()) return faults_.push_back({"/users", "\"users\" is a list of objects"}), void();
        for (std::size_t i = 0; i < users.size(); ++i) {
            const std::string place = "/users/" + std::to_string(i);
            if (!users[i].is_object()) {
                faults_.push_back({place, "a user is an object"});
                continue;
            }
            json fields = users[i];
            fields["realm"] = name_;
            fields["user"] = member(users[i], "authid");
            fields.erase("authid");
            try {
                read_user(check_fields(*put, fields).fields, place);
            } catch (const Refusal& refusal) {
                for (const json& error : member(refusal.body, "errors"))
                    faults_.push_back({place + error.at("pointer").get<std::string>(), error.at("detail").get<std::string>()});
            }
        }
    }

    void read_user(const json& fields, const std::string& place) {
        const std::string authid = fields.at("user");
        if (users_.contains(authid)) return faults_.push_back({place, "user " + authid + " stands twice"}), void();
        const auto known = desk_.store.user(name_, authid);
        StoredUser next = known.value_or(StoredUser{});
        next.user.authid = authid;
        set_user(next.user, fields, place, faults_);
        if (!role_names_.contains(next.user.role) && faults_.empty())
            faults_.push_back({place + "/role", "realm " + name_ + " has no role \"" + next.user.role + "\""});
        check_user(desk_.store, name_, next.user);
        for (const auto* list : {&next.user.keys, &next.user.certificates})
            for (const std::string& one : *list)
                if (const auto [held, first] = holders_.emplace(one, authid); !first)
                    refuse_field(list == &next.user.keys ? "/keys" : "/certificates", "user " + held->second + " has it, too");
        users_.emplace(authid, std::pair(known, next));
    }

    static bool same_credentials(const UserSettings& a, const UserSettings& b) {
        return a.scram == b.scram && a.ticket == b.ticket && a.wampcra == b.wampcra && a.token == b.token;
    }

    void compare() {
        Changes options, roles, rules, users;
        std::set<std::string> names;
        for (const auto& [name, value] : before_.items()) names.insert(name);
        for (const auto& [name, value] : after_.items()) names.insert(name);
        names.erase("role");
        for (const std::string& name : names) options.one("/" + name, member(before_, name), member(after_, name));
        compare_roles(roles, rules);
        compare_users(users);
        changes_ = options.list;
        for (const Changes* part : {&roles, &rules, &users})
            for (const json& one : part->list) changes_.push_back(one);
        unchanged_ = {{"roles", roles.unchanged}, {"rules", rules.unchanged}, {"users", users.unchanged}};
        if (!faults_.empty()) refuse_faults(faults_);
    }

    void compare_roles(Changes& roles, Changes& rules) {
        const json old = by_name(member(before_, "role")), now = by_name(member(after_, "role"));
        std::set<std::string> names;
        for (const auto& [name, value] : old.items()) names.insert(name);
        for (const auto& [name, value] : now.items()) names.insert(name);
        for (const std::string& name : names) {
            json before = member(old, name), after = member(now, name);
            compare_rules("/role/" + name, before, after, rules);
            for (json* role : {&before, &after})
                if (!role->is_null()) role->erase("permissions");
            roles.one("/role/" + name, before, after);
            if (after.is_null()) gone_roles_.push_back(name);
        }
    }

    void compare_users(Changes& changes) {
        const bool prune = job_.text("prune") == "users";
        for (const auto& [authid, pair] : users_) {
            const auto& [known, next] = pair;
            json before = known ? view_of(known->user) : json(), after = view_of(next.user);
            if (known && !same_credentials(known->user, next.user)) after["credentials"] = "set";
            changes.one("/users/" + authid, before, after);
        }
        std::string after;
        while (known_) {
            const auto page = desk_.store.users(name_, after, 1000);
            for (const StoredUser& user : page) {
                if (users_.contains(user.user.authid)) continue;
                if (prune) {
                    pruned_.push_back(user.user.authid);
                    changes.one("/users/" + user.user.authid, view_of(user.user), json());
                    continue;
                }
                only_in_store_.push_back(user.user.authid);
                if (std::find(gone_roles_.begin(), gone_roles_.end(), user.user.role) != gone_roles_.end())
                    faults_.push_back({"/role", "user " + user.user.authid + " is only in the store and has the role " +
                                                    user.user.role + ", which would go"});
            }
            if (page.size() < 1000) break;
            after = page.back().user.authid;
        }
        if (name_ != admin_realm) return;
        std::map<std::string, const UserSettings*> becomes;
        for (const std::string& authid : pruned_) becomes[authid] = nullptr;
        for (const auto& [authid, pair] : users_) becomes[authid] = &pair.second.user;
        desk_.keep_an_administrator(becomes);
    }

    Answer answer(const Ends& ends, std::uint64_t revision) {
        Answer out;
        out.body = {{"changes", changes_}, {"unchanged", unchanged_}, {"only_in_store", only_in_store_}, {"ends", json_of(ends)}};
        out.body["revision"] = revision;
        out.revision = revision;
        return out;
    }

    Answer preview() {
        Ends ends;
        if (known_)
            ends = desk_.at<Ends>(name_, [settings = entry_.realm](RealmHost* host, TimePoint) {
                            return host ? host->preview(settings) : Ends{};
                        }).value_or(Ends{});
        Answer out = answer(ends, known_ ? known_->edits : 0);
        out.body["dry_run"] = true;
        return out;
    }

    void store(const Stamp& edit) {
        const json roles = by_name(member(after_, "role")), old = by_name(member(before_, "role"));
        StoredRealm realm = next_;
        realm.options = after_;
        realm.options.erase("role");
        json options_before = before_;
        if (options_before.is_object()) options_before.erase("role");
        realm.edits = edit.revision;
        if (!known_ || options_before != realm.options) realm.stamp = edit;
        desk_.store.put_realm(realm);
        for (const auto& [name, role] : roles.items()) {
            if (known_ && member(old, name) == role) continue;
            StoredRole stored = desk_.store.role(name_, name).value_or(StoredRole{name, {}, {}, {}});
            const json before = member(stored.body, "permissions");
            stored.body = role;
            stored.body.erase("name");
            stored.stamp = edit;
            stored.rules = stamps_after(before, member(stored.body, "permissions"), stored.rules, edit);
            desk_.store.put_role(name_, stored);
        }
        for (const std::string& name : gone_roles_) desk_.store.remove_role(name_, name);
        for (auto& [authid, pair] : users_) {
            auto& [known, next] = pair;
            if (known && same_credentials(known->user, next.user) && view_of(known->user) == view_of(next.user)) continue;
            next.stamp = edit;
            desk_.store.put_user(name_, next);
            touched_.push_back(next.user);
        }
        for (const std::string& authid : pruned_) desk_.store.remove_user(name_, authid);
    }

    Answer save() {
        const Entered entered = desk_.enter(job_, name_, [&](const Stamp& edit) {
            store(edit);
            return std::pair(json(), json({{"changes", changes_}}));
        });
        desk_.note_administrators();
        Ends ends;
        if (!known_ && desk_.control) {
            for (const auto& [authid, pair] : users_) entry_.realm.users.push_back(pair.second.user);
            auto there = std::make_shared<bool>(false);
            desk_.control->add_realm(entry_, [meeting = desk_.meeting, there] { meeting->come(there); });
            desk_.meeting->wait(there);
        } else if (known_) {
            for (const UserSettings& user : touched_) add(ends, desk_.put_in_force(name_, user));
            for (const std::string& authid : pruned_) add(ends, desk_.take_away(name_, authid));
            add(ends, desk_.put_in_force(name_));
        }
        Answer out = desk_.finish(job_, entered, answer(ends, entered.revision).body, ends);
        out.created = !known_;
        return out;
    }

    Job& job_;
    Desk::State& desk_;
    const std::string name_;
    std::vector<config::Fault> faults_;
    std::optional<StoredRealm> known_;
    StoredRealm next_;
    RealmEntry entry_;
    json before_, after_;  // documents, in one spelling
    std::set<std::string> role_names_;  // of `after_`
    std::map<std::string, std::pair<std::optional<StoredUser>, StoredUser>> users_;
    std::map<std::string, std::string> holders_;  // of keys and certificates, within the document
    std::vector<std::string> gone_roles_, pruned_, only_in_store_;
    std::vector<UserSettings> touched_;
    json changes_, unchanged_;
};

}  // namespace

Answer handlers::realm_apply(Job& job) { return Application(job).run(); }

}  // namespace heddle::admin
