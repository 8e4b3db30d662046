#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The WARP frames that a load sends and meets, by hand as in messages.hpp: not bridge/envelope, on purpose.
namespace heddle::load {

/// Of what a server sends.
enum class FrameName : std::uint8_t { other, event, linked, synced, unlinked };

struct EnvelopeHead {
    FrameName name = FrameName::other;
    std::string_view header;  // `(node:"/a/b",lane:c)`, as the server spells it
    std::string_view body;
};
EnvelopeHead envelope_of(std::string_view frame);

/// The stamp that a body's text ends in (Messages::stamp_size digits), quoted or not.
std::optional<std::uint64_t> stamp_of_body(std::string_view body);

/// The frames to one lane. What stays the same is written once; views are good until the next call.
class LaneFrames {
 public:
    /// `topic`: its last component is the lane, the others are the node (docs/design.md section 8).
    /// `size`: bytes of text in each body, at least Messages::stamp_size.
    LaneFrames(std::string_view topic, std::size_t size);
    const std::string& header() const { return header_; }
    std::string link() const { return "@link" + header_; }
    std::string sync() const { return "@sync" + header_; }
    std::string_view command(std::uint64_t stamp);
    /// `@update(key:K)` and the text.
    std::string_view update(std::string_view key, std::uint64_t stamp);

 private:
    std::string_view stamped(std::uint64_t stamp);

    std::string header_, text_, out_;
};

}  // namespace heddle::load
