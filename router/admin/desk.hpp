#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

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
    /// `store`: SQLite file, or ":memory:" where the configuration names none (edits then last until the end).
    Desk(const ServerSettings& settings, Control& control, Log& log);
    ~Desk();

    /// Before the router starts: what the store says of realms, together with those of the file that it does not know
    /// yet, which are written to it. Throws std::runtime_error with a sentence for people.
    std::vector<RealmEntry> realms();
    /// Any thread; the answer comes on the desk's.
    void ask(Request request, std::function<void(Answer)> done);
    /// Is there an administrator who can log in?
    bool has_administrator();
    /// Ends after the operation at hand.
    void stop();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace heddle::admin
