#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>

#include "realms/list_operation.hpp"
#include "serializers/bytes.hpp"

namespace heddle {

/// What waits for one list link: changes as frames, in order, and how far a walk over the list has come. Changes depend
/// on each other, so none may be left out: where too many wait they are forgotten, and the list is told anew.
///
///   told to the client, or waiting as frames: the entries before `known`        the walk still comes to: the others
class WaitingList {
 public:
    enum class Walk : std::uint8_t { none, begin, on };

    /// The client asks for the list, and wants to hear when that is done.
    void sync();
    /// The list from its beginning; what waits is forgotten.
    void start_anew();

    /// What is to be told of a change while the list is walked over.
    enum class News : std::uint8_t {
        change,   // it, as it is
        removal,  // the entry leaves the part that the client knows
        none,     // the walk comes to it, or is about to begin
        entry,    // one comes in that the client does not know: told anew, see start_anew
    };
    News meet(const ListChange& change);

    void push(SharedBytes frame);
    void pop();
    bool has_frame() const { return !frames_.empty(); }
    const SharedBytes& front() const { return frames_.front(); }
    std::size_t frames() const { return frames_.size(); }
    std::size_t bytes() const { return bytes_; }  // of the frames, counted as memory

    /// How much waits, for those who look on.
    std::size_t size() const { return frames_.size() + (walk != Walk::none); }
    bool empty() const { return frames_.empty() && walk == Walk::none; }

    Walk walk = Walk::none;
    std::size_t known = 0;
    bool synced_awaited = false;

 private:
    static constexpr std::size_t frame_overhead = 64;

    std::deque<SharedBytes> frames_;
    std::size_t bytes_ = 0;
};

}  // namespace heddle
