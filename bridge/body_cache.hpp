#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "serializers/bytes.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// The Recon body of one publication, made at most once for all links, and the frames around it, one for each
/// subscription and spelling of node and lane. Starts anew when another publication comes. The body of an event that
/// its topic keeps is left with it (StateNote::body), for links that read it later.
class BodyCache {
 public:
    /// How many there are to hear the next publication, at most.
    void expect(std::size_t receivers) { receivers_ = receivers; }
    /// Whether a frame would be made for one link alone: then it is better written where it goes.
    bool for_one(const Event& event) const { return receivers_ == 1 && !event.state.kept(); }
    /// Appends what `event_frame` would hand out.
    void put_event(const Event& event, std::string_view header, ByteBuffer& out);

    /// `@event(..)body`: what a value or event lane hears.
    SharedBytes event_frame(const Event& event, std::string_view header);
    /// `@event(..)@update(key:..)body`, or `@remove(key:..)`: what a map lane hears.
    SharedBytes entry_frame(const Event& event, std::string_view header, Match match, std::string_view pattern);
    /// What a list lane hears of an operation on the list.
    SharedBytes list_frame(const Event& event, std::string_view header);

    /// How many bodies were encoded.
    std::uint64_t encoded() const { return encoded_; }

 private:
    struct Shared {
        SubscriptionId subscription;
        SharedBytes frame;
    };
    bool begin(const Event& event);
    void prepare(const Event& event);
    const SharedBytes* find(SubscriptionId subscription, std::string_view header) const;
    SharedBytes keep(const Event& event, ByteBuffer frame);

    PublicationId publication_;
    std::size_t receivers_ = 0;
    bool removal_ = false;
    SharedBytes body_;
    std::vector<Shared> frames_;
    std::uint64_t encoded_ = 0;
};

/// The Recon body of what a topic keeps: made now, or found beside it.
const SharedBytes& kept_body(const Payload& payload, KeptCopy& place);
/// `@update(key:..)` or `@remove(key:..)` of a map lane.
void put_entry_head(bool removed, Match match, std::string_view pattern, std::string_view topic, ByteBuffer& out);

}  // namespace heddle
