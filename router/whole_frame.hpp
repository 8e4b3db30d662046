#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace heddle {

/// A WebSocket data frame that is a whole message by itself.
struct WholeFrame {
    std::string_view payload;  // unmasked, in place
    std::size_t size = 0;      // of the frame, header and all
    bool text = false;
};

/// The frame at the front of `bytes`, if it is the common kind: final, text or binary, masked, no reserved bit, its
/// length as short as can be, at most `payload_max` bytes and all of them there. Nothing otherwise, and nothing
/// touched: such frames are the engine's business. (RFC 6455, 5.2. Most messages of a router are like this; reading
/// them where they lie saves the engine's copy and its masking byte by byte.)
std::optional<WholeFrame> take_whole_frame(std::span<char> bytes, std::size_t payload_max);

}  // namespace heddle
