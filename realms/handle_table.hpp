#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heddle {

/// A hash table of handles whose keys lie elsewhere: open addressing, linear probing, no allocation per entry. The
/// caller brings the hash and says which handle has the wanted key. Equal keys may be in more than once.
///
///   cells   [ . ][h7 #][ . ][h3 #][h9 #][ . ]..     an entry stands at its hash's cell or, with no gap between, after
///   it
class HandleTable {
 public:
    static constexpr std::uint32_t none = ~std::uint32_t{0};

    template <class HasKey>
    std::uint32_t find(std::uint64_t hash, HasKey has_key) const {
        if (size_ == 0) return none;
        const auto tag = static_cast<std::uint32_t>(hash);
        for (std::size_t at = hash & mask();; at = (at + 1) & mask()) {
            const Cell& cell = cells_[at];
            if (cell.handle == none) return none;
            if (cell.tag == tag && has_key(cell.handle)) return cell.handle;
        }
    }
    void insert(std::uint64_t hash, std::uint32_t handle);
    void erase(std::uint64_t hash, std::uint32_t handle);  // must be in
    std::size_t size() const { return size_; }

 private:
    struct Cell {
        std::uint32_t tag = 0;  // low half of the hash: tells most strangers apart, and where the entry wants to stand
        std::uint32_t handle = none;
    };
    std::size_t mask() const { return cells_.size() - 1; }
    void place(Cell cell);
    void resize(std::size_t cells);

    std::vector<Cell> cells_;  // a power of two, at most half full
    std::size_t size_ = 0;
};

}  // namespace heddle
