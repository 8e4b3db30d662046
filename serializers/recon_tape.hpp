#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

/// A Recon value as it was written, without loss (docs/warp.md 1.1): flat, in the order of the text.
namespace heddle::recon {

///   @a(1){x:2}   is   record(5)  attribute a(2)  integer 1  slot(2).. and so on: each node is followed by its parts,
///   and `size` counts a node with all of them, so the next sibling stands at `node + node->size`.
struct Node {
    enum class Kind : std::uint8_t {
        absent,  // nothing at all: empty input
        extant,  // present, without a value
        boolean,
        integer,  // decimal digits that fit 64 bits
        big,      // decimal digits that do not: `text`; `boolean` where it is negative
        hex32,    // 0x and up to 8 digits
        hex64,    // 0x and up to 16 digits
        real,     // with a fraction or exponent; and -0
        text,
        data,       // `text` is the base64
        attribute,  // `text` is the name; one part, the value
        slot,       // two parts: key and value
        record,     // its items
    };
    Kind kind = Kind::absent;
    std::uint32_t size = 1;
    union {
        bool boolean;
        std::int64_t integer = 0;
        std::uint64_t unsigned_integer;
        double real;
    };
    std::string_view text;

    bool bare() const { return kind != Kind::attribute && kind != Kind::slot; }
};

/// Some items of a record, next to each other.
struct Items {
    const Node* begin = nullptr;
    const Node* end = nullptr;

    bool empty() const { return begin == end; }
    bool single() const { return begin != end && begin + begin->size == end; }
    bool single_bare() const { return single() && begin->bare(); }
    Items rest() const { return {begin + begin->size, end}; }
};

inline Items items_of(const Node& record) { return {&record + 1, &record + record.size}; }
inline const Node& value_of(const Node& attribute) { return *(&attribute + 1); }
inline const Node& key_of(const Node& slot) { return *(&slot + 1); }
inline const Node& value_of_slot(const Node& slot) { return *(&slot + 1 + (&slot + 1)->size); }

/// The nodes of one parse and the texts that needed unescaping. Keeps its memory from one parse to the next.
class Tape {
 public:
    const Node& root() const { return nodes_.front(); }

 private:
    friend class Parser;

    std::vector<Node> nodes_;
    std::unique_ptr<char[]> scratch_;  // one piece, made before the first use: views into it never move
    std::size_t scratch_capacity_ = 0;
};

}  // namespace heddle::recon
