#include "router/outbox.hpp"

#include <algorithm>
#include <utility>

namespace heddle {
namespace {

constexpr std::size_t parts_max = 64;          // frames in one system call
constexpr std::size_t idle_capacity_max = 32;  // a queue that grew beyond gives its memory back when it is empty

}  // namespace

Admit Outbox::push(Frame frame, FrameKind kind) {
    const std::size_t size = frame.size();
    // A frame larger than the whole budget may pass when nothing waits: the message limit bounds it.
    if (bytes_ > 0 && bytes() + size > bytes_max_) {
        if (kind == FrameKind::required) return Admit::overflow;
        ++dropped_;
        return Admit::dropped;
    }
    bytes_ += size;
    frames_.push_back(std::move(frame));
    return Admit::queued;
}

IoStatus Outbox::flush(Stream& stream) {
    while (!empty()) {
        iovec parts[parts_max];
        const std::size_t count = std::min(parts_max, frames_.size() - next_);
        for (std::size_t i = 0; i < count; ++i) {
            std::string_view bytes = frames_[next_ + i].view();
            if (i == 0) bytes.remove_prefix(first_written_);
            parts[i] = {const_cast<char*>(bytes.data()), bytes.size()};
        }
        const IoResult result = stream.write({parts, count});
        if (result.status != IoStatus::done) return result.status;
        forget(result.bytes);
    }
    return IoStatus::done;
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
