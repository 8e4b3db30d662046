#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "realms/list_operation.hpp"
#include "serializers/bytes.hpp"
#include "serializers/payload.hpp"
#include "serializers/recon_tape.hpp"

/// Operations on list lanes as bodies of WARP frames, and back (docs/warp.md 3).
namespace heddle {

/// `@update(index:i,key:K)`: what a list link hears of an entry, before its value. `key` is MessagePack.
void put_list_entry(std::size_t index, std::string_view key, ByteBuffer& out);
/// What a list link hears of a change, value and all.
void put_list_change(const ListChange& change, ByteBuffer& out);

/// What a command asks of a list. Indices and keys as the client said them, if it did.
struct ListCommand {
    enum class Kind : std::uint8_t { none, update, move, remove };
    Kind kind = Kind::none;
    std::string key;                       // MessagePack; empty: none
    std::optional<std::size_t> index, to;  // index: `from` of a move
    recon::Items value;                    // of update
};
ListCommand list_command(recon::Items body);

}  // namespace heddle
