#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "realms/event_origin.hpp"
#include "realms/kept_publisher.hpp"
#include "realms/kept_shares.hpp"
#include "realms/receivers.hpp"
#include "realms/room.hpp"
#include "realms/settings.hpp"
#include "realms/text_hash.hpp"
#include "realms/uri_set.hpp"
#include "serializers/function_ref.hpp"
#include "serializers/kept_copy.hpp"
#include "serializers/payload.hpp"

namespace heddle {

/// An event that stays (advanced profile, "Event Retention").
struct RetainedEvent {
    PublicationId publication;
    OwnedPayload payload;
    std::unique_ptr<const OwnedReceiverLists> lists;  // null: for everybody
    std::unique_ptr<const EventOrigin> origin;        // null: nothing is told of the publisher
    mutable KeptCopy body;                            // the bridge's: Recon, made when somebody reads it first
    KeptPublisher publisher = {};
    KeptShare* share = nullptr;                       // of its publisher: the store's
};

/// What a topic keeps: the newest event that everybody could see and, if there is one newer than that, the newest with
/// lists.
struct RetainedTopic {
    std::string_view topic;
    const RetainedEvent* open = nullptr;
    const RetainedEvent* restricted = nullptr;
};

/// Where retained events stay. Implementations never call back; what `walk` shows is good until the next change.
class RetainedStore {
 public:
    virtual ~RetainedStore() = default;
    enum class Fault : std::uint8_t { none, full, user_full };
    struct Put {
        const RetainedEvent* event = nullptr;  // null: there is no room, and nothing has changed
        bool first = false;                    // the topic kept nothing before
        Fault fault = Fault::none;             // in all, or for this user
    };
    /// `user`: whose share it counts for; empty: nobody's.
    virtual Put put(std::string_view topic, RetainedEvent event, std::string_view user) = 0;
    /// False: what is kept may change, but its bytes do not become more.
    virtual void let_grow(bool yes) = 0;
    virtual bool remove(std::string_view topic) = 0;  // false: there was nothing
    virtual bool has(std::string_view topic) const = 0;
    /// All topics in `which` that keep an event and whose texts come after `after` (empty: all), in the order of their
    /// texts, until `visit` says false.
    virtual void walk(UriSet which, std::string_view after, FunctionRef<bool(const RetainedTopic&)> visit) const = 0;
    virtual std::size_t events() const = 0;
    virtual std::size_t bytes() const = 0;
    /// Of copies in other forms, made by readers; not part of `bytes`.
    virtual std::size_t copy_bytes() const = 0;
};

/// In memory, bounded by count and bytes.
class RetainedInMemory final : public RetainedStore {
 public:
    struct Limits {
        std::size_t events_max, bytes_max;
        std::size_t user_events_max = ~std::size_t{0}, user_bytes_max = ~std::size_t{0};
    };
    explicit RetainedInMemory(const Limits& limits) : limits_(limits), bytes_bound_(limits.bytes_max) {}
    /// From now on. What is kept stays, also where it is more.
    void set_limits(const Limits& limits) {
        limits_ = limits;
        bytes_bound_.set_max(limits.bytes_max);
    }
    void let_grow(bool yes) override { bytes_bound_.let_grow(yes, bytes_); }
    Put put(std::string_view topic, RetainedEvent event, std::string_view user) override;
    bool remove(std::string_view topic) override;
    bool has(std::string_view topic) const override { return topics_.contains(topic); }
    void walk(UriSet which, std::string_view after, FunctionRef<bool(const RetainedTopic&)> visit) const override;
    std::size_t events() const override { return events_; }
    std::size_t bytes() const override { return bytes_; }
    std::size_t copy_bytes() const override { return copy_bytes_; }

 private:
    struct Kept {
        std::optional<RetainedEvent> open, restricted;
    };
    using Topics = TextMap<Kept>;
    Fault fault_of(const Kept* kept, std::string_view topic, const RetainedEvent& event) const;
    void drop(std::string_view topic, std::optional<RetainedEvent>& event);
    void erase(Topics::iterator at);

    Limits limits_;
    ByteBound bytes_bound_;
    std::size_t copy_bytes_ = 0;                        // before what is counted in it
    KeptShares shares_;
    Topics topics_;                                     // for the hot path: one look
    std::map<std::string_view, const Kept*> in_order_;  // the same topics, views of the keys above
    std::size_t events_ = 0, bytes_ = 0;
};

inline RetainedInMemory::Limits retained_limits(const RealmLimits& limits) {
    return {limits.retained_events_max, limits.retained_bytes_max, limits.user_retained_events_max,
            limits.user_retained_bytes_max};
}

}  // namespace heddle
