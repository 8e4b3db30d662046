#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "router/local_peer.hpp"
#include "router/realm_host.hpp"

namespace heddle::admin {

/// What a payload says, as JSON: {args, kwargs}. What is no JSON there is as serializers/README.md says.
struct JsonPayload {
    nlohmann::json args = nlohmann::json::array(), kwargs = nlohmann::json::object();
};
JsonPayload json_of(const Payload& payload);

/// The router itself in a realm, for the length of one visit to its thread: asks the meta procedures, which answer at
/// once. Nobody is told of it, no list shows it.
class RouterSession final : private LocalPeer {
 public:
    RouterSession(RealmHost& host, TimePoint now);
    ~RouterSession() override;

    struct Reply {
        std::string error;  // empty: a result
        JsonPayload payload;
        const nlohmann::json& value() const;  // the first argument, or null
    };
    Reply call(std::string_view procedure, const nlohmann::json& args,
               const nlohmann::json& kwargs = nlohmann::json::object());

    struct Kept {
        std::uint64_t publication = 0;
        JsonPayload payload;
    };
    /// The event that a topic keeps.
    std::optional<Kept> retained(const std::string& topic);
    /// Its subscribers hear of it as of any removal.
    void forget_retained(const std::string& topic);

 private:
    void on_message(const Message& message) override;
    void on_event(const Event& event) override;
    void on_closed(CloseReason) override {}

    RealmHost& host_;
    const TimePoint now_;
    EndpointId self_;
    std::uint64_t last_request_ = 0;
    Reply reply_;
    std::optional<Kept> kept_;
};

}  // namespace heddle::admin
