#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "serializers/encoding.hpp"
#include "serializers/result.hpp"
#include "serializers/token.hpp"

namespace heddle {

/// Steps through one CBOR value (RFC 8949); members as JsonReader has them. Tags are stepped over, undefined and
/// unassigned simple values are null, indefinite lengths are read. Keys as in MsgpackReader.
class CborReader {
 public:
    explicit CborReader(std::string_view input) : begin_(input.data()), at_(begin_), end_(begin_ + input.size()) {}

    Token next();
    bool more();
    bool skip_value(std::size_t depth = depth_max);
    std::optional<std::string_view> slice_value(std::size_t depth = depth_max);
    bool null_ahead() const { return at_ != end_ && (*at_ == '\xF6' || *at_ == '\xF7'); }

    bool key_was_text() const { return key_was_text_; }
    std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
    Error error() const { return {what_ ? what_ : "", position()}; }
    bool in_input(std::string_view text) const { return text.data() >= begin_ && text.data() <= end_; }

 private:
    struct Container {
        std::uint64_t left;  // values that follow, keys included; without meaning where indefinite
        bool map, indefinite, key_next;
    };

    Token fail(const char* what);
    Token fail(const char* at, const char* what);
    Token value(bool key);
    Token string(bool text);
    Token chunks(bool text);
    Token simple();
    Token open(bool map, bool indefinite, std::uint64_t count, std::size_t header);
    Token close();
    bool at_break() const { return at_ != end_ && static_cast<std::uint8_t>(*at_) == 0xFF; }
    bool closing() const;
    bool count_value();

    const char* begin_;
    const char* at_;
    const char* end_;
    const char* what_ = nullptr;
    bool done_ = false;
    bool key_was_text_ = true;
    std::size_t depth_ = 0;
    Container open_[depth_max];
    std::string scratch_;  // chunks put together, or a key that is not text
};

}  // namespace heddle
