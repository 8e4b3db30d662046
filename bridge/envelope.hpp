#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/result.hpp"

namespace heddle {

/// The twelve kinds of frame (docs/warp.md 2.1).
enum class EnvelopeKind : std::uint8_t {
    event,
    command,
    link,
    linked,
    sync,
    synced,
    unlink,
    unlinked,  // with node and lane
    auth,
    authed,
    deauth,
    deauthed,  // without
};
inline constexpr std::size_t envelope_kind_count = 12;
std::string_view name_of(EnvelopeKind kind);
constexpr bool has_lane(EnvelopeKind kind) { return kind < EnvelopeKind::auth; }
/// Frames in the wrong direction are ignored (docs/warp.md 2.1).
bool sent_by_client(EnvelopeKind kind);

struct Envelope {
    EnvelopeKind kind = EnvelopeKind::event;
    std::string_view node, lane;
    double prio = 0, rate = 0;  // of link, linked and sync; 0: not said
    recon::Items body;          // what follows the header, as items of the same record
};

/// Takes frames apart. Views and items of an envelope live until the next frame, and as long as the frame itself.
class EnvelopeReader {
 public:
    enum class Found : std::uint8_t {
        envelope,
        other,      // Recon, but no envelope: to be ignored
        malformed,  // no Recon, or an envelope without its node and lane: the connection is to be closed
    };
    Found read(std::string_view frame);
    const Envelope& envelope() const { return envelope_; }
    Error error() const { return what_.empty() ? parser_.error() : Error{what_, 0}; }  // after malformed

 private:
    bool read_header(const recon::Node& value);
    bool read_slot(const recon::Node& key, const recon::Node& value);

    recon::Tape tape_;
    recon::Parser parser_{tape_};
    Envelope envelope_;
    std::string what_;
};

/// `(node:"/a",lane:b)`, as every header of that link says it: always named, in this order, without spaces.
std::string lane_header(std::string_view node, std::string_view lane);
/// The same with prio and rate where they were said: for `linked`.
std::string lane_header(std::string_view node, std::string_view lane, double prio, double rate);

/// `@kind` and the header; a body written in its place (recon::put_body, ReconWriter::Place::body) may follow.
void put_envelope(EnvelopeKind kind, std::string_view header, ByteBuffer& out);

}  // namespace heddle
