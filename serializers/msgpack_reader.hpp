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

/// Steps through one MessagePack value; members as JsonReader has them. Ext values are bytes. Keys that are integers,
/// reals, booleans, null or bytes are given as text; keys that are lists or maps are an error.
class MsgpackReader {
 public:
    explicit MsgpackReader(std::string_view input) : begin_(input.data()), at_(begin_), end_(begin_ + input.size()) {}

    Token next();
    bool more() { return depth_ != 0 && open_[depth_ - 1].left != 0; }
    bool skip_value(std::size_t depth = depth_max);
    std::optional<std::string_view> slice_value(std::size_t depth = depth_max);
    bool null_ahead() const;

    bool key_was_text() const { return key_was_text_; }
    std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }
    Error error() const { return {what_ ? what_ : "", position()}; }
    bool in_input(std::string_view text) const { return text.data() >= begin_ && text.data() <= end_; }

 private:
    struct Container {
        std::uint64_t left;  // values that follow; in a map, keys count too
        bool map;
        bool key_next() const { return map && left % 2 == 0; }
    };

    Token fail(const char* what);
    Token open(bool map, std::uint64_t count);
    Token close();
    Token value();
    Token number(std::uint8_t byte);
    bool count_value();  // false: no value may begin here
    std::uint64_t left() const { return static_cast<std::uint64_t>(end_ - at_); }

    const char* begin_;
    const char* at_;
    const char* end_;
    const char* what_ = nullptr;
    bool done_ = false;
    bool key_was_text_ = true;
    std::size_t depth_ = 0;
    Container open_[depth_max];
    std::string scratch_;  // a key that is not text
};

}  // namespace heddle
