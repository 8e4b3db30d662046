#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

namespace heddle {

/// What the blocks of all SharedBytes and ByteBuffers of the process take: messages in every form, wherever they wait or
/// are kept, each once however many share it. For each thread up to 64 KiB more or less may not be counted yet. Any thread.
std::size_t message_bytes();

namespace detail {
/// One allocation: this header, then the bytes.
struct Block {
    std::atomic<std::uint32_t> owners;
    std::size_t size;
    std::size_t capacity;
    char* data() { return reinterpret_cast<char*>(this + 1); }
    static Block* make(std::size_t capacity);                // owners == 1, size == 0; throws std::bad_alloc
    static Block* make_at_least(std::size_t capacity);       // the same, rounded up to a capacity that is often at hand
    static Block* grow(Block* block, std::size_t capacity);  // sole owner only; block may be null
    static void release(Block* block);                       // null is fine
};
}  // namespace detail

/// Immutable bytes with shared ownership; copies are cheap and may cross threads.
class SharedBytes {
 public:
    SharedBytes() = default;
    explicit SharedBytes(std::string_view bytes);  // one allocation, one copy
    SharedBytes(const SharedBytes& other) : block_(other.block_) {
        if (block_) block_->owners.fetch_add(1, std::memory_order_relaxed);
    }
    SharedBytes(SharedBytes&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    SharedBytes& operator=(SharedBytes other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~SharedBytes() { detail::Block::release(block_); }

    std::string_view view() const {
        return block_ ? std::string_view(block_->data(), block_->size) : std::string_view();
    }
    std::size_t size() const { return block_ ? block_->size : 0; }
    explicit operator bool() const { return block_ != nullptr; }

 private:
    friend class ByteBuffer;
    explicit SharedBytes(detail::Block* block) : block_(block) {}
    detail::Block* block_ = nullptr;
};

/// Growable bytes with one owner. Writers append here; `freeze` turns the result into SharedBytes without a copy.
class ByteBuffer {
 public:
    ByteBuffer() = default;
    explicit ByteBuffer(std::size_t capacity) : block_(detail::Block::make_at_least(capacity)) {}
    ByteBuffer(ByteBuffer&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    ByteBuffer& operator=(ByteBuffer&& other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ByteBuffer(const ByteBuffer&) = delete;
    ByteBuffer& operator=(const ByteBuffer&) = delete;
    ~ByteBuffer() { detail::Block::release(block_); }

    void push_back(char byte) { *extend(1) = byte; }
    void append(std::string_view bytes) {
        if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
    }
    /// `count` new bytes at the end, uninitialised; the pointer is good until the next change.
    char* extend(std::size_t count) {
        std::size_t old = size();
        if (!block_ || block_->capacity - old < count) grow(old + count);
        block_->size = old + count;
        return block_->data() + old;
    }
    /// Room for `count` more bytes without another allocation.
    void reserve(std::size_t count) {
        if (!block_ || block_->capacity - block_->size < count) grow(size() + count);
    }
    /// Makes room for `count` bytes before position `at`, moving the tail: for a container header whose size was not
    /// known.
    char* insert(std::size_t at, std::size_t count);
    void truncate(std::size_t size) {
        if (block_) block_->size = size;
    }
    void clear() { truncate(0); }  // keeps the capacity

    char* data() { return block_ ? block_->data() : nullptr; }
    std::size_t size() const { return block_ ? block_->size : 0; }
    bool empty() const { return size() == 0; }
    std::string_view view() const {
        return block_ ? std::string_view(block_->data(), block_->size) : std::string_view();
    }

    /// Ends building. The buffer is empty afterwards.
    SharedBytes freeze() { return SharedBytes(std::exchange(block_, nullptr)); }

 private:
    void grow(std::size_t needed);
    detail::Block* block_ = nullptr;
};

}  // namespace heddle
