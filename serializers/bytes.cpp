#include "serializers/bytes.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

namespace heddle {
namespace detail {

Block* Block::make(std::size_t capacity) {
    void* memory = std::malloc(sizeof(Block) + capacity);
    if (!memory) throw std::bad_alloc();
    return ::new (memory) Block{{1}, 0, capacity};
}

Block* Block::grow(Block* block, std::size_t capacity) {
    Block* bigger = make(capacity);
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
    block->~Block();
    std::free(block);
}

}  // namespace detail

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
