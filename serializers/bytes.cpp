#include "serializers/bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

namespace heddle {
namespace detail {

namespace {

// Most messages are short, and a router makes and drops one after the other: blocks of this capacity are kept for the
// next one, a bounded number in each thread. A block may be let go on another thread than it was made on; then that one
// keeps it.
constexpr std::size_t kept_capacity = 320 - sizeof(Block);
constexpr std::size_t kept_max = 256;

// A sanitizer sees a use of freed memory only where the memory was really freed: then no blocks are kept.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool keeps_blocks = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool keeps_blocks = false;
#else
constexpr bool keeps_blocks = true;
#endif
#else
constexpr bool keeps_blocks = true;
#endif

// Bytes of all blocks in use. Threads add what they made and let go in large steps, so that no message waits for another
// thread's processor.
std::atomic<std::int64_t> counted{0};
constexpr std::int64_t count_step = 64 << 10;

struct KeptBlocks {
    std::array<void*, kept_max> blocks;
    std::size_t count = 0;
    std::int64_t uncounted = 0;
    ~KeptBlocks() {
        while (count > 0) std::free(blocks[--count]);
        count = kept_max;  // what other objects of this thread let go from here on is freed at once
        counted.fetch_add(std::exchange(uncounted, 0), std::memory_order_relaxed);
    }
};
thread_local KeptBlocks kept;

void note(std::int64_t bytes) {
    kept.uncounted += bytes;
    if (kept.uncounted < count_step && kept.uncounted > -count_step) return;
    counted.fetch_add(std::exchange(kept.uncounted, 0), std::memory_order_relaxed);
}
std::int64_t size_of(const Block& block) { return static_cast<std::int64_t>(sizeof(Block) + block.capacity); }

}  // namespace

Block* Block::make(std::size_t capacity) {
    void* memory = keeps_blocks && capacity == kept_capacity && kept.count > 0 && kept.count < kept_max
                       ? kept.blocks[--kept.count]
                       : std::malloc(sizeof(Block) + capacity);
    if (!memory) throw std::bad_alloc();
    Block* const block = ::new (memory) Block{{1}, 0, capacity};
    note(size_of(*block));
    return block;
}

Block* Block::make_at_least(std::size_t capacity) { return make(std::max(capacity, kept_capacity)); }

Block* Block::grow(Block* block, std::size_t capacity) {
    Block* bigger = make_at_least(capacity);
    if (block) {
        bigger->size = block->size;
        std::memcpy(bigger->data(), block->data(), block->size);
        release(block);
    }
    return bigger;
}

void Block::release(Block* block) {
    if (!block) return;
    // The last owner needs no atomic decrement; everybody else publishes what it did before letting go.
    if (block->owners.load(std::memory_order_acquire) != 1 &&
        block->owners.fetch_sub(1, std::memory_order_acq_rel) != 1)
        return;
    note(-size_of(*block));
    const bool keep = keeps_blocks && block->capacity == kept_capacity && kept.count < kept_max - 1;
    block->~Block();
    if (keep) {
        kept.blocks[kept.count++] = block;
    } else {
        std::free(block);
    }
}

}  // namespace detail

std::size_t message_bytes() {
    return static_cast<std::size_t>(std::max<std::int64_t>(0, detail::counted.load(std::memory_order_relaxed)));
}

SharedBytes::SharedBytes(std::string_view bytes) : block_(detail::Block::make(bytes.size())) {
    if (!bytes.empty()) std::memcpy(block_->data(), bytes.data(), bytes.size());
    block_->size = bytes.size();
}

char* ByteBuffer::insert(std::size_t at, std::size_t count) {
    std::size_t tail = size() - at;
    extend(count);
    std::memmove(data() + at + count, data() + at, tail);
    return data() + at;
}

void ByteBuffer::grow(std::size_t needed) {
    std::size_t capacity = std::max<std::size_t>(needed, block_ ? block_->capacity * 2 : 256);
    block_ = detail::Block::grow(block_, capacity);
}

}  // namespace heddle
