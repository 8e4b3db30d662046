#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "serializers/bytes.hpp"

namespace heddle {

/// What waits for one value or event link: events as frames, in order; of the topic's state only that it is to be told,
/// so that it is read and encoded when there is room, and once however often it changed.
class WaitingEvents {
 public:
    enum class What : std::uint8_t {
        event,   // a frame
        value,   // the topic's state, which changed
        state,   // the same for a sync: what is kept, if something is
        synced,  // the end of a sync
    };
    struct Item {
        What what;
        SharedBytes frame;
    };

    /// The topic's state changed: it is told behind all events so far. True: an earlier one waited and will never be heard.
    bool value();
    void sync(bool with_state);
    void event(SharedBytes frame);
    /// Of a link with a rate: the newest event alone is told, behind all else. True as with `value`.
    bool newest(SharedBytes frame);

    std::size_t events() const { return events_; }
    std::size_t bytes() const { return bytes_; }  // of their frames, counted as memory
    bool empty() const { return next_ == items_.size(); }
    std::size_t size() const { return items_.size() - next_; }
    const Item& front() const { return items_[next_]; }
    void pop();

 private:
    static constexpr std::size_t frame_overhead = 64;
    void push(Item item) { items_.push_back(std::move(item)); }
    bool drop(What what);
    void uncount(const Item& item);

    std::vector<Item> items_;  // [next_, size) wait
    std::size_t next_ = 0;
    std::size_t events_ = 0, bytes_ = 0;
    bool tells_state_ = false;  // an item after the last event will read the newest state
    bool sync_waits_ = false;
};

/// What waits for one map link: the keys that changed, and how far a sync has come.
class WaitingMap {
 public:
    /// Where a sync stands: at its beginning, or behind `cursor`, in the order of the topics.
    enum class Walk : std::uint8_t { none, begin, on };

    struct Change {
        std::string topic;
        SharedBytes frame;  // of an event that the topic does not keep; otherwise the state is read when there is room
    };

    void sync();
    /// The topic's state changed. True: the sync will come to it anyway, nothing needs to wait.
    bool left_to_walk(std::string_view topic);
    /// True: something that waited for this topic was replaced.
    bool change(std::string_view topic, SharedBytes frame);

    bool empty() const { return walk == Walk::none && changes_.empty(); }
    std::size_t changes() const { return changes_.size(); }
    std::size_t size() const { return changes_.size() + (walk != Walk::none); }
    bool has_change() const { return !changes_.empty(); }
    /// Whether a change of this topic waits already, so that another one takes its place.
    bool has_change(std::string_view topic) const { return by_topic_.contains(topic); }
    /// The change that waits longest.
    Change pop();

    Walk walk = Walk::none;
    std::string cursor;
    std::size_t walked = 0;

 private:
    std::deque<Change> changes_;                              // in the order in which their keys first changed
    std::unordered_map<std::string_view, Change*> by_topic_;  // views of the same topics
};

}  // namespace heddle
