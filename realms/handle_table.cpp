#include "realms/handle_table.hpp"

#include <cassert>
#include <utility>

namespace heddle {
namespace {
constexpr std::size_t cells_min = 16;
constexpr std::size_t cells_kept = 1024;  // 8 KiB: calls come in bursts, and no burst shall shrink and grow it again
}  // namespace

void HandleTable::insert(std::uint64_t hash, std::uint32_t handle) {
    if ((size_ + 1) * 2 > cells_.size()) resize(cells_.empty() ? cells_min : cells_.size() * 2);
    place({static_cast<std::uint32_t>(hash), handle});
    ++size_;
}

void HandleTable::erase(std::uint64_t hash, std::uint32_t handle) {
    std::size_t at = hash & mask();
    while (cells_[at].handle != handle) {
        assert(cells_[at].handle != none);
        at = (at + 1) & mask();
    }
    // Entries after the hole that may stand in it move up, so that no search stops short.
    for (std::size_t next = (at + 1) & mask(); cells_[next].handle != none; next = (next + 1) & mask()) {
        const std::size_t wanted = cells_[next].tag & mask();
        if (((next - wanted) & mask()) >= ((next - at) & mask())) {
            cells_[at] = cells_[next];
            at = next;
        }
    }
    cells_[at] = Cell{};
    --size_;
    if (cells_.size() > cells_kept && size_ * 16 < cells_.size()) resize(cells_.size() / 4);
}

void HandleTable::place(Cell cell) {
    std::size_t at = cell.tag & mask();
    while (cells_[at].handle != none) at = (at + 1) & mask();
    cells_[at] = cell;
}

void HandleTable::resize(std::size_t cells) {
    std::vector<Cell> old = std::exchange(cells_, std::vector<Cell>(cells < cells_min ? cells_min : cells));
    for (const Cell& cell : old)
        if (cell.handle != none) place(cell);
}

}  // namespace heddle
