// What the log tells of logins. Events: docs/logs.md.
#include <string>

#include "router/realm_host.hpp"

namespace heddle {

void RealmHost::login_ended(EndpointId who, const LoginNote& note) {
    if (const Endpoint* endpoint = endpoints_.find(who); endpoint && endpoint->local) endpoint->local->on_login(note.result);
    // Who came in is told by session.join; who had no way to log in is often just a stranger.
    if (note.result == LoginResult::ok || note.result == LoginResult::gone) return;
    std::string detail(name_of(note.result));
    if (!note.why.empty()) (detail += ':') += note.why;
    log_.write(LogLevel::warn, "auth.fail",
               {{"realm", name()},
                {"method", note.result == LoginResult::no_method ? std::string_view("none") : name_of(note.method)},
                {"authid", note.authid},
                {"from", note.from},
                {"class", detail}});
}

}  // namespace heddle
