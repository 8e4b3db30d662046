#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "realms/ends.hpp"
#include "router/admin/desk.hpp"
#include "router/admin/figures.hpp"
#include "router/admin/fields.hpp"
#include "router/admin/lookout.hpp"
#include "router/admin/moments.hpp"
#include "router/admin/refusal.hpp"
#include "router/admin/refused_edits.hpp"
#include "router/admin/store.hpp"
#include "router/faults.hpp"
#include "router/realm_host.hpp"
#include "serializers/uris.hpp"

/// What stands behind desk.hpp; its own files only. Everything but the queue is on the desk's thread.
namespace heddle::admin {

/// The one operation at hand.
struct Job {
    Desk::State& desk;
    const Request& request;
    Checked checked;

    const nlohmann::json& fields() const { return checked.fields; }
    bool has(const char* name) const { return checked.fields.contains(name) && !checked.fields[name].is_null(); }
    std::string text(const char* name) const { return has(name) ? checked.fields[name].get<std::string>() : ""; }
    bool flag(const char* name) const { return has(name) && checked.fields[name].get<bool>(); }
    std::uint64_t number(const char* name) const { return has(name) ? checked.fields[name].get<std::uint64_t>() : 0; }
};

/// What became of an edit in the store.
struct Entered {
    AuditEntry entry;
    std::uint64_t revision = 0;
};

/// Waits for what threads of the router do, or for the end of the desk.
class Rendezvous {
 public:
    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }
    bool stopped() {
        const std::lock_guard lock(mutex_);
        return stopped_;
    }
    void come(const std::shared_ptr<bool>& there) {
        const std::lock_guard lock(mutex_);
        *there = true;
        changed_.notify_all();
    }
    /// False: the desk ends.
    bool wait(const std::shared_ptr<bool>& there) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return *there || stopped_; });
        return *there;
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopped_ = false;
};

using Handler = Answer (*)(Job&);
/// Null: nobody answers it (tests see to it that there is none such).
Handler handler_of(const Operation& operation);

// desk_checks.cpp: what must be so, whichever operation makes it so; each throws Refusal.
void check_authid(const std::string& authid);
void check_user(Store& store, const std::string& realm, const UserSettings& user);
void check_realm_name(const std::string& name);

struct Desk::State {
    State(const ServerSettings& settings, Log& log);

    // desk.cpp: the thread
    void run();
    Answer answer(const Request& request);
    void admit(const Job& job);
    void admit_live(const Request& request);

    // desk_audit.cpp
    std::uint64_t write_entry(const AuditEntry& entry);
    void audit_refusal(const Request& request, const Refusal& refusal);
    void write_summaries(std::chrono::steady_clock::time_point now);
    void write_refusal(AuditEntry entry);
    void hear_of(const AuditEntry& entry);
    /// Administrators of some realms, this one not among them. Reads the users of heddle.admin from
    /// the store once after each of their edits, not once for each call.
    std::vector<std::string> strangers_to(const std::string& realm);

    // desk_edit.cpp: the store
    /// Edits and their audit entry, all or nothing. `edit` gets the stamp of this edit and returns what was and what is,
    /// for the entry; it may throw Refusal.
    using Edit = std::function<std::pair<nlohmann::json, nlohmann::json>(const Stamp&)>;
    Entered enter(const Job& job, const std::string& realm, const Edit& edit);
    /// What is no edit of a realm: only the entry.
    Entered enter_deed(const Job& job, const std::string& realm, nlohmann::json after);
    /// What was ended goes into the entry and the answer; the answer waits for what was sent.
    Answer finish(const Job& job, Entered entered, nlohmann::json body, const Ends& ends);
    void settle();
    StoredRealm realm(const std::string& name);          // throws Refusal
    StoredRole role(const std::string& realm, const std::string& name);
    StoredUser user(const std::string& realm, const std::string& authid);
    /// `current`: null where there is none of it yet.
    void check_revision(const Job& job, const Stamp* current, const std::string& what) const;
    /// The realm as the store has it, or would have it with these options and roles.
    nlohmann::json document(const StoredRealm& realm, const std::vector<StoredRole>& roles) const;
    RealmEntry entry(const StoredRealm& realm, const std::vector<StoredRole>& roles, std::vector<config::Fault>& faults);
    RealmEntry stored_entry(const std::string& name);
    void do_without_keys(RealmEntry& entry, std::vector<config::Fault>& faults);
    std::shared_ptr<const ServerSettings> settings() const;

    // desk_edit.cpp: the realms
    /// Runs on the realm's thread, and comes back; nothing where nobody runs realms, or the desk ends: an edit is in the
    /// store by then, and holds from the next start. Null host: there is no such realm there. Throws what `act` throws.
    template <class R>
    std::optional<R> at_or_end(const std::string& realm, std::function<R(RealmHost*, TimePoint)> act) {
        if (!control) return std::nullopt;
        struct Outcome {
            std::optional<R> value;
            std::exception_ptr thrown;
        };
        auto there = std::make_shared<bool>(false);
        auto outcome = std::make_shared<Outcome>();
        control->on_realm(realm, [meeting = meeting, there, outcome, act = std::move(act)](RealmHost* host, TimePoint now) {
            try {
                outcome->value = act(host, now);
            } catch (...) {  // the desk waits for this, whatever becomes of it
                outcome->thrown = std::current_exception();
            }
            meeting->come(there);
        });
        if (!meeting->wait(there)) return std::nullopt;
        if (outcome->thrown) std::rethrow_exception(outcome->thrown);
        return std::move(outcome->value);
    }
    /// The same for what changes nothing in the store: throws Refusal where the desk ends.
    template <class R>
    std::optional<R> at(const std::string& realm, std::function<R(RealmHost*, TimePoint)> act) {
        auto result = at_or_end<R>(realm, std::move(act));
        if (!result && control) throw Refusal{std::string(error::shutting_down), "the router is shutting down", {}};
        return result;
    }
    /// The same for an edit that is stored: where the realm cannot take it in, the Refusal says that it is stored.
    template <class R>
    R bring_into_force(const std::string& realm, std::function<R(RealmHost*, TimePoint)> act) {
        try {
            return at_or_end<R>(realm, std::move(act)).value_or(R{});
        } catch (const std::exception&) {
            faults.caught("bringing an edit into force");
            throw Refusal{std::string(error::internal_error),
                          "the edit is stored, but the realm could not take it in: it holds from the next start", {}};
        }
    }
    Ends put_in_force(const std::string& realm);
    Ends put_in_force(const std::string& realm, const UserSettings& user);
    Ends take_away(const std::string& realm, const std::string& authid);

    // desk_users.cpp
    void keep_an_administrator(const std::string& realm, const std::string& authid, const UserSettings* becomes);
    /// Of heddle.admin, several users at once; null: goes.
    void keep_an_administrator(const std::map<std::string, const UserSettings*>& becomes);
    bool any_administrator(const std::string& but = {}, const UserSettings* with = nullptr);
    void note_administrators() { administered = any_administrator(); }

    // desk_first.cpp
    void create_admin_realm();
    void import(const RealmEntry& entry);
    void use_password_file();
    void put_administrator(const std::string& authid, const std::string& password, const std::string& via);

    std::shared_ptr<const ServerSettings> started_with;
    Log& log;
    Faults faults;
    Store store;
    std::string mock_key;
    Control* control = nullptr;
    Hear hear;
    std::unique_ptr<Lookout> lookout;
    std::atomic<bool> administered = false, works = true;
    std::atomic<std::uint64_t> failures = 0;
    Figures figures;
    struct Confined {
        std::string authid;
        std::vector<std::string> realms;
    };
    std::optional<std::vector<Confined>> confined;  // administrators of some realms; empty after an edit of heddle.admin
    std::map<std::string, std::int64_t> used;  // tokens, when the store was told last: Unix milliseconds
    RefusedEdits refused;
    std::int64_t forgot_audit = 0;             // when old entries went last

    struct Waiting {
        Request request;
        std::function<void(Answer)> done;
    };
    static constexpr std::size_t queue_max = 256;
    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<Waiting> queue;
    bool stopping = false;
    std::shared_ptr<Rendezvous> meeting = std::make_shared<Rendezvous>();
    std::thread thread;
};

/// The page of `items` that comes after what `after` names, by `key`, in whose order they are.
Answer page_of(const Job& job, nlohmann::json items, const char* key);
nlohmann::json counts_of(const Ends& ends);
nlohmann::json json_of(const Ends& ends);
void add(Ends& to, const Ends& more);
void put_stamp(nlohmann::json& object, const Stamp& stamp);  // revision, changed_by, changed_at
/// The realms that this administrator is confined to; nothing: all.
std::optional<std::vector<std::string>> confined_to(Desk::State& desk, const Asker& asker);

/// The body of stats.get; `only` empty: all realms, but those that a confined administrator does not see.
nlohmann::json stats_of(Desk::State& desk, const std::string& only,
                        const std::optional<std::vector<std::string>>& confined);

namespace handlers {
Answer realm_list(Job& job);
Answer realm_get(Job& job);
Answer realm_put(Job& job);
Answer realm_remove(Job& job);
Answer realm_export(Job& job);
Answer realm_apply(Job& job);
Answer role_list(Job& job);
Answer role_get(Job& job);
Answer role_put(Job& job);
Answer role_remove(Job& job);
Answer permission_list(Job& job);
Answer permission_put(Job& job);
Answer permission_remove(Job& job);
Answer permission_test(Job& job);
Answer authorizer_purge(Job& job);
Answer user_list(Job& job);
Answer user_get(Job& job);
Answer user_put(Job& job);
Answer user_remove(Job& job);
Answer user_passwd(Job& job);
Answer user_key(Job& job);
Answer user_disable(Job& job);
Answer token_create(Job& job);
Answer token_list(Job& job);
Answer token_revoke(Job& job);
Answer session_list(Job& job);
Answer session_get(Job& job);
Answer session_kick(Job& job);
Answer pattern_list(Job& job);
Answer pattern_get(Job& job);
Answer pattern_match(Job& job);
Answer pattern_remove(Job& job);
Answer lane_list(Job& job);
Answer lane_match(Job& job);
Answer retained_list(Job& job);
Answer retained_get(Job& job);
Answer retained_match(Job& job);
Answer retained_remove(Job& job);
Answer audit_list(Job& job);
Answer stats_get(Job& job);
Answer config_get(Job& job);
Answer config_reload(Job& job);
}  // namespace handlers

}  // namespace heddle::admin
