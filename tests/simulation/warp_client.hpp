#pragma once
#include <map>
#include <string>

#include "bridge/envelope.hpp"
#include "tests/simulation/client.hpp"

namespace heddle::sim {

/// A WARP client: links to event, value and map lanes, and commands to them, as its dice say. Events must be complete,
/// values and maps must come to the newest state.
class WarpClient final : public Client {
 public:
    using Client::Client;

    bool in_session() const override { return connected() && open_; }
    std::string check_settled() const override;

 private:
    enum class Kind : std::uint8_t { event, value, map };
    struct Lane {
        std::string_view node, lane, topic;
        Kind kind;
    };
    struct Link {
        const Lane* lane = nullptr;
        bool linked = false, synced = false, ending = false;
        std::map<std::string, Hearing> hearings;  // by topic: of a map, one for each key
    };

    void opened() override { open_ = true; }
    void on_message(std::string_view frame) override;
    void on_end() override;
    void do_something() override;

    const Lane& any_lane();
    void link();
    void unlink();
    void command();
    void on_event(Link& link, std::string_view frame);
    void on_map_event(Link& link, std::string_view frame);
    Hearing& hearing(Link& link, const std::string& topic);

    bool open_ = false;
    std::uint32_t published_ = 0;
    std::map<std::string, Link> links_;  // by node and lane
    EnvelopeReader reader_;
};

}  // namespace heddle::sim
