#pragma once
#include <cstddef>
#include <cstdint>

#include "serializers/binary.hpp"

/// CBOR items over raw bytes (RFC 8949 section 3), without values: what the reader steps with and what checks a payload
/// slice.
namespace heddle::cbor {

inline constexpr const char* cut_short = "unexpected end";
inline constexpr const char* too_deep = "nested too deep";
inline constexpr const char* container_key = "a list or map cannot be a key";
inline constexpr const char* stray_break = "a break outside an indefinite length";

enum Major : std::uint8_t { positive, negative, bytes, text, list, map, tag, special };

/// The first byte of a data item and the number that goes with it (RFC 8949 section 3).
struct Item {
    std::uint8_t major = 0, info = 0;
    std::uint8_t header = 1;  // bytes up to the content
    std::uint64_t argument = 0;
    const char* what = nullptr;
    bool indefinite() const { return info == 31; }
};

inline Item item_at(const char* at, const char* end) {
    Item item;
    if (at == end) {
        item.what = cut_short;
        return item;
    }
    const auto byte = static_cast<std::uint8_t>(*at);
    item.major = byte >> 5;
    item.info = byte & 31;
    if (item.info < 24) {
        item.argument = item.info;
    } else if (item.info < 28) {
        const std::size_t size = std::size_t{1} << (item.info - 24);
        if (static_cast<std::size_t>(end - at) - 1 < size)
            item.what = cut_short;
        else
            item.argument = binary::load_sized(at + 1, size);
        item.header = static_cast<std::uint8_t>(1 + size);
    } else if (item.info != 31 || item.major < bytes || item.major == tag) {
        item.what = "a reserved length";
    }
    return item;
}

/// The item at `at` or, where tags stand before it, the one they tag; `at` moves to it.
inline Item untagged_item(const char*& at, const char* end) {
    Item item = item_at(at, end);
    while (item.major == tag && !item.what) {
        at += item.header;
        item = item_at(at, end);
    }
    return item;
}

/// Where a scan ended: one past the scanned thing, or the offending byte when `what` is set.
struct Scan {
    const char* at;
    const char* what;  // null: well-formed
};

inline bool is_break(const char* at, const char* end) { return at != end && static_cast<std::uint8_t>(*at) == 0xFF; }
inline bool bad_simple(const Item& item) { return item.info == 24 && item.argument < 32; }

/// A string's content of definite length; `at` is behind its header.
Scan content(const char* at, const char* end, const Item& item);
/// A string of either length, from its header on.
Scan string(const char* at, const char* end, const Item& item);
/// One value of any kind, containers nested at most `depth` deep.
Scan value(const char* at, const char* end, std::size_t depth);

}  // namespace heddle::cbor
