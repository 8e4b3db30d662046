#pragma once
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

#include "router/admin/desk.hpp"
#include "router/local_peer.hpp"
#include "router/log.hpp"
#include "serializers/messages.hpp"

namespace heddle::admin {

/// The one way to the desk: a session of the router's own in heddle.admin that has registered every operation of the
/// table as `heddle.<noun>.<verb>`, and publishes what happens there. Calls go to the desk, its answers come back as
/// YIELD or ERROR.
///
///   INVOCATION --realm's thread--> Desk::ask --desk's thread--> Control::on_realm --realm's thread--> YIELD
///
/// Positional arguments are the operation's places in their order, keywords everything else. Result keywords are the
/// body, with `revision`. An error has a sentence as its argument, and `errors`, `current`, .. as keywords.
class AdminCallee final : private LocalPeer {
 public:
    AdminCallee(Desk& desk, Log& log);
    ~AdminCallee() override;
    /// Joins heddle.admin, where the router runs or is about to. This outlives the realm, and `control` the desk's work.
    void start(Control& control);

 private:
    /// An INVOCATION, as it is kept until the realm can be asked who calls.
    struct Asked {
        std::uint64_t request = 0;
        const Operation* operation = nullptr;
        std::uint64_t caller = 0;
        std::string authid, role;
        OwnedPayload payload;
    };

    void on_message(const Message& message) override;
    void on_event(const Event&) override {}
    void on_closed(CloseReason why) override;

    void join(RealmHost& host, TimePoint now);
    void ask(const Asked& asked, RealmHost& host, TimePoint now);
    void answer(std::uint64_t request, const Operation& operation, const Answer& answer);
    void publish(std::string_view topic, const nlohmann::json& kwargs, const std::vector<std::string>& strangers);

    Desk& desk_;
    Log& log_;
    Control* control_ = nullptr;
    // On the realm's thread alone:
    EndpointId self_;
    std::uint64_t last_request_ = 0;
    std::unordered_map<std::uint64_t, const Operation*> requested_;   // by REGISTER.Request
    std::unordered_map<std::uint64_t, const Operation*> registered_;  // by registration
};

/// What a call says, as a request: places by position or by name, keywords, `revision`. What cannot be meant is told in
/// the returned sentence; empty: all is well.
std::string read_call(const Operation& operation, const nlohmann::json& args, const nlohmann::json& kwargs,
                      Request& request);

}  // namespace heddle::admin
