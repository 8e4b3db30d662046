#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/payload.hpp"

namespace heddle {

/// The reserved keyword arguments of list topics.
namespace list_word {
inline constexpr std::string_view key = "$key", index = "$index", from = "$from", moved = "$moved",
                                  removed = "$removed";
}

/// What a publication to a list topic asks for:
///
///   args, kwargs {..}                             a new entry at the end, under a key that the realm makes
///   args, kwargs {.., $index: i}                  the same at i
///   args, kwargs {.., $key: k, $index: i}         the entry k gets this value where it is; if there is none it is new,
///                                                 at i or at the end
///   kwargs {$moved: true, $key: k, $index: j}     k goes to j
///   kwargs {$removed: true, $key: k}              k goes; or whatever stands at $index
///   kwargs {$removed: true}                       all go
///
/// A key is any value; what tells keys apart is the value in MessagePack.
struct ListOperation {
    static constexpr std::size_t key_bytes_max = 1024;
    enum class Kind : std::uint8_t { put, move, remove, clear };
    /// False: the reserved words contradict each other, or hold what they cannot. May be used again after either.
    bool read(const Payload& payload);

    Kind kind = Kind::put;
    std::string key;  // empty: none
    std::optional<std::uint64_t> index;
    /// Of `put`: the payload without the reserved words, in MessagePack.
    Payload value() const { return {Encoding::msgpack, args.view(), kwargs.view()}; }
    ByteBuffer args, kwargs;
};

/// What came of it.
struct ListChange {
    enum class Kind : std::uint8_t { none, inserted, updated, moved, removed, cleared };
    Kind kind = Kind::none;
    std::size_t index = 0;  // where the entry stands now; of `removed`: where it stood
    std::size_t from = 0;   // of `moved`
    std::string_view key;
    Payload value;  // of `inserted` and `updated`
};

/// The keyword arguments, in MessagePack, of the event that tells of it: the words of ListOperation, so that whoever
/// hears it can do the same to a copy; with `$from` where an entry moved. The event's args are those of the value. A
/// request for the change may be written so too, then without a key.
void put_list_kwargs(const ListChange& change, ByteBuffer& out);

/// Reads such an event. Views in `change` live in `operation`; `inserted` is told as `updated`. False: it is none.
bool read_list_event(const Payload& event, ListOperation& operation, ListChange& change);

}  // namespace heddle
