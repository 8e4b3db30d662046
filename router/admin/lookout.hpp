#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "router/admin/desk.hpp"

namespace heddle::admin {

/// Tells heddle.admin what goes on in the realms, while somebody there listens: `heddle.stats.on_update` once a second,
/// `heddle.session.on_join` and `on_leave` of every realm. Looks who listens once a second, on the desk's thread.
class Lookout {
 public:
    explicit Lookout(Desk::State& desk);
    ~Lookout();
    void tick();

 private:
    class Watch;  // of one realm, on its thread

    struct Wanted {
        bool stats = false, sessions = false;
    };
    Wanted who_listens();
    void watch_sessions(bool wanted);
    void tell_stats();

    Desk::State& desk_;
    std::map<std::string, std::unique_ptr<Watch>> watches_;  // kept to the end: realms may still hold on to them
};

}  // namespace heddle::admin
