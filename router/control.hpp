#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "realms/settings.hpp"
#include "router/outlet.hpp"
#include "router/settings.hpp"

namespace heddle {

class RealmHost;

/// What a reload did. `mistakes` not empty: nothing changed.
struct ReloadOutcome {
    std::vector<std::string> mistakes;  // as `heddle check` prints them
    std::vector<std::string> changes;   // "limits.message: 1MiB to 2MiB", "listener public: opened [::]:443"
    std::vector<std::string> kept;      // what only a restart can change, and differs
};

/// What administration may do to the running router. From any thread; whatever is handed over runs later, on a thread
/// of the router: come home by posting.
class Control {
 public:
    using Done = std::function<void()>;
    virtual ~Control() = default;

    /// The realm can be joined once `done` is called. While an earlier one of this name has sessions that still say
    /// GOODBYE, that waits for them.
    virtual void add_realm(RealmEntry entry, Done done) = 0;
    /// `done`: nobody gets in any more, and everybody in it was told (GOODBYE `wamp.close.close_realm`). It goes when the
    /// last of them has answered, or its time to do so is over.
    virtual void remove_realm(const std::string& name, Done done) = 0;
    /// Runs `act` on the realm's thread, or with null where there is no realm of this name. A turn: deadlines and
    /// answers are looked after behind it.
    virtual void on_realm(const std::string& name, std::function<void(RealmHost*, TimePoint)> act) = 0;
    virtual std::vector<std::string> realm_names() const = 0;
    /// Calls `done` when everything that realms and connections sent before has been written to the sockets, as far as
    /// those took it.
    virtual void settle(Done done) = 0;
    /// What went over these connections, in their order; of those that are gone, nothing.
    virtual void traffic(std::vector<ConnectionRef> of, std::function<void(std::vector<Traffic>)> done) = 0;
    /// Reads the configuration file again: listeners, certificates, limits. All or nothing; with `dry_run` nothing, and
    /// the outcome says what would be.
    virtual void reload(bool dry_run, std::function<void(ReloadOutcome)> done) = 0;
    /// What is in force now.
    virtual std::shared_ptr<const ServerSettings> settings() const = 0;
};

}  // namespace heddle
