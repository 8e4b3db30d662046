#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "serializers/encoding.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/recon_tape.hpp"
#include "serializers/result.hpp"
#include "serializers/token.hpp"

namespace heddle {

/// Steps through a parsed Recon value in the words that all encodings share (docs/warp.md 6.3); members as JsonReader
/// has them. Every Recon value has such a form:
///
///   absent, extant, @null -> null      values only -> list      slots with text keys, none twice -> map
///   @dict -> empty map                 data -> bytes            @int("9007199254740993") -> integer
///   @num(nan|inf|"-inf") -> real       an integer beyond 64 bits -> map {"$int": digits}
///   anything else -> map {"$recon": canonical text}, which ReconWriter writes back as what it was
class ReconReader {
 public:
    /// The nodes must outlive the reader. Containers may be nested `depth` deep.
    explicit ReconReader(const recon::Node& node, std::size_t depth = depth_max) : value_(&node), depth_(depth) {}
    /// Items that are one value: the rest of a record behind its first attributes (docs/warp.md 1.4, trap 5).
    explicit ReconReader(recon::Items rest, std::size_t depth = depth_max);

    Token next();
    Error error() const { return {what_ ? what_ : "", 0}; }

 private:
    struct Container {
        recon::Items left;
        bool map;
        bool key_read;  // maps: the key of the first slot left was given
    };
    enum class Shape { list, map, null, empty_map, integer, real, foreign };

    static Shape shape_of(recon::Items items, std::vector<std::string_view>& keys);
    Token fail(const char* what);
    Token value(const recon::Node& node);
    Token scalar(const recon::Node& node);
    Token record(recon::Items items);
    Token open(recon::Items items, bool map);
    Token big(std::string_view digits, bool negative);
    Token foreign(std::string_view key, std::string text);

    const recon::Node* value_ = nullptr;  // to be given first, or
    recon::Items rest_;                   // these
    std::size_t depth_;
    bool started_ = false;
    const char* what_ = nullptr;
    std::vector<Container> open_;
    std::vector<std::string_view> keys_;  // for finding one that stands twice
    std::string scratch_;                 // decoded bytes; the text of a foreign value
    std::string_view foreign_key_;        // of a map that has begun but is not on the tape
    int foreign_step_ = 0;
};

}  // namespace heddle
