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
/// subscription and spelling of node and lane. Made for one Egress::event call; may be kept for longer, since it starts
/// anew when another publication comes.
class BodyCache {
 public:
    BodyCache() = default;
    explicit BodyCache(const Event& event) { prepare(event); }

    /// `@event(..)body`: what a value or event lane hears.
    SharedBytes event_frame(const Event& event, std::string_view header);
    /// `@event(..)@update(key:..)body`, or `@remove(key:..)`: what a map lane hears.
    SharedBytes entry_frame(const Event& event, std::string_view header, Match match, std::string_view pattern);
    /// Whether the publication says that its topic keeps no event any more (payload_body.hpp).
    bool is_removal(const Event& event);

    /// How many bodies were encoded.
    std::uint64_t encoded() const { return encoded_; }

 private:
    struct Shared {
        SubscriptionId subscription;
        SharedBytes frame;
    };
    void prepare(const Event& event);
    const SharedBytes* find(SubscriptionId subscription, std::string_view header) const;
    SharedBytes keep(const Event& event, ByteBuffer frame);

    PublicationId publication_;
    bool removal_ = false;
    ByteBuffer body_;
    std::vector<Shared> frames_;
    std::uint64_t encoded_ = 0;
};

}  // namespace heddle
