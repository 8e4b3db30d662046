#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/containers.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/token.hpp"

namespace heddle {

/// Appends one value as Recon that Swim's JavaScript, Java and Rust read alike (docs/warp.md 6.3, and ReconReader for
/// the pairs); members as JsonWriter has them.
class ReconWriter {
 public:
    enum class Place : std::uint8_t {
        value,  // in a record, after a colon, or alone
        body,   // after an attribute, as the rest of its record: not for lists and empty maps, which would melt into it
        names,  // a map that is one in any case, whatever its only key looks like
    };
    explicit ReconWriter(ByteBuffer& out, Place place = Place::value)
        : out_(out), body_(place == Place::body), names_(place == Place::names) {}

    void write(const Token& token);

    void null() { element("@null", false); }
    void boolean(bool value) { element(value ? "true" : "false", true); }
    void integer(std::int64_t value);
    void unsigned_integer(std::uint64_t value);
    void real(double value);
    void text(std::string_view value);
    void bytes(std::string_view value);
    void list_begin(std::size_t count = unknown_count);
    void list_end();
    void map_begin(std::size_t count = unknown_count);
    void key(std::string_view value);
    void map_end();

 private:
    /// A map of one entry may stand for a Recon value that WAMP has not: {"$recon": text}, {"$int": digits}.
    enum class Map : std::uint8_t { ordinary, opened, marked_key, marked_value };

    void separate(bool spaced);
    void element(std::string_view literal, bool spaced);
    bool put_marked();

    ByteBuffer& out_;
    bool comma_ = false;  // an element precedes in the innermost container
    bool body_;           // what comes next stands right after an attribute
    bool names_;          // the next map is a map in any case
    bool map_in_body_ = false;
    Map map_ = Map::ordinary;  // the map begun last, as far as it came
    std::size_t map_at_ = 0;   // where it begins
    bool foreign_ = false;     // its key is $recon, not $int
    std::string marked_;
};

}  // namespace heddle
