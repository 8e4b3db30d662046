#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "router/frame.hpp"
#include "router/stream.hpp"

namespace heddle {

enum class FrameKind : std::uint8_t {
    droppable,  // an event, where the realm's policy for slow readers is to drop and count
    required,   // a peer that cannot take it is ended
    control,    // the transport's own, required: never part of a batch
};

enum class Admit : std::uint8_t { queued, dropped, overflow };

/// Frames on their way to one socket, in order, with a byte budget. Owned by its Connection, used on its thread only.
class Outbox {
 public:
    explicit Outbox(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    void set_bytes_max(std::size_t bytes_max) { bytes_max_ = bytes_max; }

    /// From here on the frames that are not control are parts of batches: what waits together goes out as one transport
    /// message, up to `batch_bytes_max`, behind the header that this makes. (WAMP, "Batched Transport".)
    void batch_with(BatchHeader header) { batch_header_ = header; }
    static constexpr std::size_t batch_bytes_max = 64 << 10;

    /// More than the budget waits: `push` refuses. One frame may always go beyond, however long it is; what one message
    /// can become bounds it.
    /// `grace`: bytes beyond the budget that are admitted nevertheless.
    bool full(std::size_t grace = 0) const { return bytes() > bytes_max_ + grace; }
    /// What may be under way to a reader (mail between workers, one message of each of many senders) when its senders are
    /// told to wait: a reader that has not stalled is given this grace, so that none of it is lost.
    static constexpr std::size_t under_way_max = 8 << 20;

    /// `overflow`: the frame was not taken and the connection is to be closed. Call it on a full outbox only when the
    /// socket takes nothing more.
    Admit push(Frame frame, FrameKind kind, std::size_t grace = 0);

    /// Writes as much as the stream takes. `done`: everything left; `want_write`/`want_read`: call again when ready.
    /// `scratch` is where runs of small frames are put together: one part of a system call instead of many.
    IoStatus flush(Stream& stream, std::span<char> scratch);

    /// Asks to hear when all that waits now has left. One mark at a time; `passed_mark` says so once.
    void mark() { mark_ = sent_bytes_ + bytes_ + 1; }
    bool passed_mark() {
        const bool passed = mark_ != 0 && sent_bytes_ + 1 >= mark_;
        if (passed) mark_ = 0;
        return passed;
    }

    bool empty() const { return next_ == frames_.size(); }
    /// What waits, counted as memory: many tiny frames are not free.
    std::size_t bytes() const { return bytes_ + (frames_.size() - next_) * frame_overhead; }
    static constexpr std::size_t frame_overhead = 64;
    std::uint64_t sent_bytes() const { return sent_bytes_; }
    std::uint64_t dropped() const { return dropped_; }

 private:
    void begin_batch(std::size_t part);
    void end_batch();
    std::size_t gather(std::span<iovec> parts, std::span<char> scratch) const;
    void forget(std::size_t written);
    std::vector<Frame> frames_;  // [next_, size) are waiting
    std::size_t next_ = 0;
    std::size_t first_written_ = 0;  // bytes of frames_[next_] that are out already
    std::size_t bytes_ = 0;          // waiting
    std::size_t bytes_max_;
    std::uint64_t sent_bytes_ = 0;
    std::uint64_t mark_ = 0;  // sent_bytes_ + 1 when the marked frames have left; 0: no mark
    std::uint64_t dropped_ = 0;
    BatchHeader batch_header_ = nullptr;
    std::size_t batch_at_ = 0;     // in frames_: where the header of the open batch will be
    std::size_t batch_bytes_ = 0;  // of its parts; 0: no batch is open
};

}  // namespace heddle
