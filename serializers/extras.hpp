#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "serializers/encoding.hpp"

namespace heddle {

/// What a peer puts into Options or Details for its peer and not for the router: the `ppt_*` of "Payload Passthru Mode"
/// and custom attributes, `_..` or `x_..`. Carried from CALL to INVOCATION, from YIELD to RESULT, from PUBLISH to EVENT
/// and from ERROR to ERROR, in the order they came, and not looked at. Rare, so messages hold a pointer that is null.
struct Extras {
    struct Entry {
        std::string key;
        std::string value;  // one value in `origin`, checked by the decoder
    };
    Encoding origin = Encoding::json;
    std::vector<Entry> entries;
    bool passthru = false;  // `ppt_scheme` is among them: Payload Passthru Mode is in use
};
using SharedExtras = std::shared_ptr<const Extras>;

inline bool uses_passthru(const SharedExtras& extras) { return extras && extras->passthru; }

/// More attributes than this in one message are refused: whoever has that many means a payload.
inline constexpr std::size_t extras_max = 64;

namespace detail {

/// The same text where the key is one of "Payload Passthru Mode"; empty otherwise.
inline std::string_view passthru_key(std::string_view key) {
    for (const std::string_view known : {"ppt_scheme", "ppt_serializer", "ppt_cipher", "ppt_keyid"})
        if (key == known) return known;
    return {};
}

/// `_[a-z0-9_]{3,}`, as the specification has it ("Options and Details"), or `x_[a-z0-9_]+`, as many clients have it.
inline bool is_custom_key(std::string_view key) {
    if (!(key.starts_with('_') && key.size() >= 4) && !(key.starts_with("x_") && key.size() >= 3)) return false;
    for (const char c : key)
        if (c != '_' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) return false;
    return true;
}

}  // namespace detail
}  // namespace heddle
