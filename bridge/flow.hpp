#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heddle {

/// How much of what a session handed to its FrameSink has not left for the socket yet. The session may hand out more
/// while there is room; the rest waits as state (waiting.hpp) and is encoded when the sink says that the earlier frames
/// have left.
///
///   sent(..) -> "ask" -> FrameSink::tell_when_sent() .. -> WarpSession::on_sent() -> left()        one question at a
///   time
class Flow {
 public:
    explicit Flow(std::size_t window) : window_(window) {}

    /// `more`: bytes that will be reported with the next `sent`.
    bool room(std::size_t more = 0) const { return asked_for_ + since_ + more < window_; }
    /// Frames were handed out. `must_know`: somebody waits to hear that they have left (a ticket). True: ask the sink.
    bool sent(std::size_t bytes, bool must_know);
    /// What was asked about has left. True: ask again.
    bool left();

    /// Of a frame that is about to be handed out: has_left(ticket) once the sink said so.
    std::uint64_t ticket() const { return answers_ + (asked_ ? 2 : 1); }
    bool has_left(std::uint64_t ticket) const { return answers_ >= ticket; }

 private:
    std::size_t window_;
    std::size_t asked_for_ = 0;  // bytes handed out before the open question
    std::size_t since_ = 0;      // and after it
    std::uint64_t answers_ = 0;
    bool asked_ = false, ask_again_ = false;
};

/// The keys of a map link whose newest frame has not left yet, as hashes: at most one frame of a key is on its way.
/// A false "yes" costs a conflation, nothing else.
class KeysOnTheWay {
 public:
    bool has(std::size_t key, const Flow& flow) const;
    void add(std::size_t key, std::uint64_t ticket, const Flow& flow);

 private:
    struct Slot {
        std::size_t key = 0;
        std::uint64_t ticket = 0;  // 0: free
    };
    void grow();
    void put(Slot slot);

    std::vector<Slot> slots_;  // open addressing, a power of two; at most half full
    std::size_t used_ = 0;
    std::uint64_t newest_ = 0;
};

}  // namespace heddle
