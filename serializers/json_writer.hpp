#pragma once
#include <cstdint>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/containers.hpp"
#include "serializers/token.hpp"

namespace heddle {

/// Appends one JSON value, compact. All writers have these members. Calls come in the order of a reader's tokens;
/// containers are nested at most depth_max deep.
class JsonWriter {
 public:
    explicit JsonWriter(ByteBuffer& out) : out_(out) {}

    void write(const Token& token);

    void null() { element("null"); }
    void boolean(bool value) { element(value ? "true" : "false"); }
    void integer(std::int64_t value);
    void unsigned_integer(std::uint64_t value);
    /// Shortest form that reads back the same; a whole number keeps ".0", NaN and infinities become null.
    void real(double value);
    void text(std::string_view value);   // UTF-8
    void bytes(std::string_view value);  // "\u0000" and base64
    void list_begin(std::size_t count = unknown_count);
    void list_end();
    void map_begin(std::size_t count = unknown_count);
    void key(std::string_view value);
    void map_end();
    /// A value already in this encoding.
    void splice(std::string_view value) { element(value); }

 private:
    void separate() {
        if (comma_) out_.push_back(',');
        comma_ = true;
    }
    void element(std::string_view literal) {
        separate();
        out_.append(literal);
    }

    ByteBuffer& out_;
    bool comma_ = false;  // an element precedes in the innermost container
};

}  // namespace heddle
