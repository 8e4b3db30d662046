#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/messages.hpp"
#include "serializers/recon_tape.hpp"

/// Keys of map lanes: any Recon value on one side, the rest of a topic on the other. One to one, so that a client gets
/// its own key back, no two keys name one topic, and no key leaves its map:
///
///   "7.speed"     <->  7.speed            text that is fit to be components stands for itself
///   "a b", "50%"  <->  a%20b, 50%25       what no component can hold is percent-encoded, hex in lower case
///   ".a", "a..b"  <->  %2ea, a.%2eb       and so is a dot that would leave a component empty
///   5, -7.5       <->  %n5, %n-7.5        a number
///   {a:1}, true   <->  %r{a:1}, %rtrue    whatever else, as canonical Recon
///   @topic("x%")  <->  x%                 a rest that is nobody's key, published by a WAMP client, is told as it is
namespace heddle {

/// Appends the Recon text of the key that `topic` has in the map of a pattern: of what follows the prefix, or of what
/// stands for the gaps, joined by dots. The topic fits the pattern.
void put_map_key(Match match, std::string_view pattern, std::string_view topic, ByteBuffer& out);

/// The topic of a key; nothing where that key can be none of this map's: no value at all, or, where several gaps share
/// its components, one that has more of them or fewer.
std::optional<std::string> topic_of_key(Match match, std::string_view pattern, const recon::Node& key);

}  // namespace heddle
