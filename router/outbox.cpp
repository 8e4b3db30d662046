#include "router/outbox.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace heddle {
namespace {

constexpr std::size_t parts_max = 64;          // of one system call
constexpr std::size_t small_frame_max = 1024;  // copying it costs less than a part of its own
constexpr std::size_t idle_capacity_max = 32;  // a queue that grew beyond gives its memory back when it is empty

}  // namespace

Admit Outbox::push(Frame frame, FrameKind kind, std::size_t grace) {
    const std::size_t size = frame.size();
    if (full(grace)) {
        if (kind != FrameKind::droppable) return Admit::overflow;
        ++dropped_;
        return Admit::dropped;
    }
    if (batch_header_) kind == FrameKind::control ? end_batch() : begin_batch(size);
    bytes_ += size;
    frames_.push_back(std::move(frame));
    return Admit::queued;
}

/// A part is about to be queued: into the open batch, or into a new one.
void Outbox::begin_batch(std::size_t part) {
    if (batch_bytes_ + part > batch_bytes_max) end_batch();
    if (batch_bytes_ == 0) {
        batch_at_ = frames_.size();
        frames_.emplace_back();
    }
    batch_bytes_ += part;
}

void Outbox::end_batch() {
    if (batch_bytes_ == 0) return;
    frames_[batch_at_] = batch_header_(batch_bytes_);
    bytes_ += frames_[batch_at_].size();
    batch_bytes_ = 0;
}

IoStatus Outbox::flush(Stream& stream, std::span<char> scratch) {
    end_batch();
    while (!empty()) {
        iovec parts[parts_max];
        const std::size_t count = gather(parts, scratch);
        const IoResult result = stream.write({parts, count});
        if (result.status != IoStatus::done) return result.status;
        forget(result.bytes);
    }
    return IoStatus::done;
}

/// Fills `parts` from the front of the queue: a large frame as it lies, small ones side by side copied into `scratch`.
std::size_t Outbox::gather(std::span<iovec> parts, std::span<char> scratch) const {
    std::size_t count = 0, used = 0;
    bool run = false;  // the last part is a run of small frames that may go on
    for (std::size_t i = next_; i < frames_.size(); ++i) {
        std::string_view bytes = frames_[i].view();
        if (i == next_) bytes.remove_prefix(first_written_);
        const bool small = bytes.size() <= small_frame_max && used + bytes.size() <= scratch.size();
        if (!small || !run) {
            if (count == parts.size()) break;
            parts[count++] = {small ? scratch.data() + used : const_cast<char*>(bytes.data()),
                              small ? 0 : bytes.size()};
        }
        if (small) {
            std::memcpy(scratch.data() + used, bytes.data(), bytes.size());
            used += bytes.size();
            parts[count - 1].iov_len += bytes.size();
        }
        run = small;
    }
    return count;
}

void Outbox::forget(std::size_t written) {
    bytes_ -= written;
    sent_bytes_ += written;
    while (written > 0) {
        const std::size_t left = frames_[next_].size() - first_written_;
        if (written < left) {
            first_written_ += written;
            return;
        }
        written -= left;
        first_written_ = 0;
        frames_[next_++] = Frame();
    }
    if (empty()) {
        frames_.clear();
        next_ = 0;
        if (frames_.capacity() > idle_capacity_max) std::vector<Frame>().swap(frames_);
    } else if (next_ >= 1024 && next_ * 2 > frames_.size()) {
        frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(next_));
        next_ = 0;
    }
}

}  // namespace heddle
