#include "serializers/cbor_scan.hpp"

#include "serializers/encoding.hpp"
#include "serializers/utf8.hpp"

namespace heddle::cbor {
namespace {

/// A container that the scan is inside of.
struct Level {
    std::uint64_t left;
    bool map, indefinite, key_next;
};

}  // namespace

/// A string's content of definite length.
Scan content(const char* at, const char* end, const Item& item) {
    if (item.argument > static_cast<std::uint64_t>(end - at)) return {at, cut_short};
    const char* past = at + item.argument;
    if (item.major == text) {
        const char* broken = utf8::first_invalid(at, past);
        if (broken != past) return {broken, "text is not UTF-8"};
    }
    return {past, nullptr};
}

Scan string(const char* at, const char* end, const Item& item) {
    if (!item.indefinite()) return content(at + item.header, end, item);
    at += item.header;
    for (;;) {
        const Item chunk = item_at(at, end);
        if (chunk.what) return {at, chunk.what};
        if (chunk.major == special && chunk.indefinite()) return {at + 1, nullptr};
        if (chunk.major != item.major || chunk.indefinite()) return {at, "a chunk of another kind"};
        const Scan inside = content(at + chunk.header, end, chunk);
        if (inside.what) return inside;
        at = inside.at;
    }
}

Scan value(const char* at, const char* end, std::size_t depth) {
    Level open[depth_max];
    std::size_t depth_now = 0;
    Level level{1, false, false, false};
    if (depth > depth_max) depth = depth_max;
    for (;;) {
        if (level.indefinite ? is_break(at, end) && (!level.map || level.key_next) : level.left == 0) {
            at += level.indefinite ? 1 : 0;
            if (depth_now == 0) return {at, nullptr};
            level = open[--depth_now];
            continue;
        }
        const Item item = untagged_item(at, end);
        if (item.what) return {at, item.what};
        const bool key = level.map && level.key_next;
        level.key_next = !level.key_next;
        if (!level.indefinite) --level.left;
        if (item.major == bytes || item.major == text) {
            const Scan whole = string(at, end, item);
            if (whole.what) return whole;
            at = whole.at;
        } else if (item.major == list || item.major == map) {
            if (key) return {at, container_key};
            if (depth_now == depth) return {at, too_deep};
            const auto room = static_cast<std::uint64_t>(end - at) - item.header;
            const bool is_map = item.major == map;
            if (!item.indefinite() && item.argument > (is_map ? room / 2 : room)) return {at, cut_short};
            open[depth_now++] = level;
            level = {is_map ? item.argument * 2 : item.argument, is_map, item.indefinite(), true};
            at += item.header;
        } else {
            if (item.major == special && item.indefinite()) return {at, stray_break};
            if (item.major == special && bad_simple(item)) return {at, "a reserved simple value"};
            at += item.header;
        }
    }
}

}  // namespace heddle::cbor
