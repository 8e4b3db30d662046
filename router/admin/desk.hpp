#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/figures.hpp"
#include "router/admin/operation.hpp"
#include "router/control.hpp"
#include "router/log.hpp"
#include "router/settings.hpp"

namespace heddle::admin {

/// Who asks. For the audit log, and for what an administrator may see.
struct Asker {
    std::string authid, role;
    std::string via;   // "console", "http", "cli", "ws", "unix", ..
    std::string from;  // address
    std::uint64_t session = 0;
    std::string method;  // how he logged in
    bool live = false;   // a session of heddle.admin: what it asks to change is done only while it is there
};

/// One operation on its way to the desk. `arguments`: every field by name; what is not of the operation was not checked
/// yet.
struct Request {
    const Operation* operation = nullptr;
    Asker asker;
    nlohmann::json arguments = nlohmann::json::object();
    std::string revision;  // "41", "*", "new"; empty: none given
};

/// `error` empty: done. Otherwise a WAMP error URI, `detail` a sentence for people, and `body` may hold `errors`
/// ([{pointer, detail}]), `current`, `changed_by`, `changed_at`.
struct Answer {
    std::string error, detail;
    nlohmann::json body = nlohmann::json::object();
    std::optional<std::uint64_t> revision;
    bool created = false;
};

/// Where all administration happens, one operation after the other, on a thread of its own: checks, writes to the store,
/// brings it to the realms, writes the audit log, answers.
///
///   ask -> check fields -> edit + audit entry in one transaction -> Control (realms) -> settle -> answer
class Desk {
 public:
    struct State;

    /// Opens the store: `settings.store`, or memory where the configuration names none (edits then last until the end).
    /// Throws std::runtime_error with a sentence for people.
    Desk(const ServerSettings& settings, Log& log);
    ~Desk();

    /// Before the router starts: what the store says of realms, together with those of the file that it does not know
    /// yet, which are written to it. Throws std::runtime_error with a sentence for people.
    std::vector<RealmEntry> realms();
    /// Makes user `admin` with a password of its own where there is no administrator who could log in; the password, or
    /// empty where there is one. For `serve --dev` and ./run, before `realms`.
    std::string first_password();
    /// From here on it answers. `control` outlives it, or `stop` is called before that goes.
    void start(Control& control);

    /// Any thread; the answer comes on the desk's.
    void ask(Request request, std::function<void(Answer)> done);
    /// Is there an administrator who can log in? Any thread.
    bool has_administrator() const;
    /// Operations that the store did not take, since the start. Any thread.
    std::uint64_t store_failures() const;
    /// Exceptions that ended an operation unexpectedly, since the start. Any thread.
    std::uint64_t faults() const;
    Figures::All figures() const;
    /// Is the store as it should be? False from a write that failed until one that did not. Any thread.
    bool store_works() const;
    /// Who hears of audit entries ("heddle.audit.on_entry"), edits ("heddle.realm.on_change"), and what Lookout tells: a
    /// topic, keyword arguments, and the authids that must not hear it. Called on any thread. Before `start`.
    using Hear = std::function<void(std::string_view topic, const nlohmann::json& kwargs,
                                    const std::vector<std::string>& strangers)>;
    void tell(Hear hear);
    /// Ends in the middle of what it waits for; what is left in the queue is answered with an error.
    void stop();

 private:
    std::unique_ptr<State> state_;
};

}  // namespace heddle::admin
