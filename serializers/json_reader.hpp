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

/// Steps through one JSON value (RFC 8259). All readers have these members; codec and transcoder are templates over
/// them.
///
/// Bytes are strings beginning with U+0000 and continuing in valid base64 (WAMP, "Binary conversion of JSON strings");
/// keys are always text. Integers above 64 bits become real.
class JsonReader {
 public:
    explicit JsonReader(std::string_view input) : begin_(input.data()), at_(begin_), end_(begin_ + input.size()) {}

    /// The next step. After the value: `end` where only space follows, else `error`.
    Token next();
    /// Inside a container: whether another element (or key) follows. Where none does, next() gives the container's end.
    bool more();
    /// Steps over one value, checked like slice_value. Only where a value may begin: not before a key.
    bool skip_value(std::size_t depth = depth_max);
    /// The exact bytes of the value that begins here, well-formed and nested at most `depth` deep; nothing on error.
    std::optional<std::string_view> slice_value(std::size_t depth = depth_max);

    /// Where a value may begin: whether it is null.
    bool null_ahead();

    /// Whether the last key was text in the input already (here always; see the binary readers).
    bool key_was_text() const { return true; }
    /// Bytes read so far.
    std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
    /// After Kind::error, or after skip_value or slice_value said no.
    Error error() const { return {what_ ? what_ : "", position()}; }
    /// Whether `text` of the last token lies in the input, and so lives as long; otherwise it was unescaped aside.
    bool in_input(std::string_view text) const { return text.data() >= begin_ && text.data() <= end_; }

 private:
    enum class At : std::uint8_t { value, first, after, done, failed };  // first: in a container just opened

    Token fail(const char* what);
    Token fail(const char* at, const char* what);
    Token open(bool map);
    Token close();
    Token key();
    Token string();
    Token number();
    Token literal(std::string_view word, Token token);
    bool step_to_value();  // eats the comma; false: no value begins here
    void value_ended() { state_ = depth_ == 0 ? At::done : At::after; }
    bool in_map() const { return (maps_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0; }
    std::string_view unescape(const char* from, const char* to);

    const char* begin_;
    const char* at_;
    const char* end_;
    const char* what_ = nullptr;
    At state_ = At::value;
    std::size_t depth_ = 0;
    std::uint64_t maps_[depth_max / 64] = {};  // bit per open container: a map?
    std::string scratch_;                      // unescaped text or decoded bytes of the last token
};

}  // namespace heddle
