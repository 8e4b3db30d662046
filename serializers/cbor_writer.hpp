#pragma once
#include <cstdint>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/containers.hpp"
#include "serializers/token.hpp"

namespace heddle {

/// Appends one CBOR value (RFC 8949) of definite lengths; members as JsonWriter has them. Integers take their shortest
/// form, reals are float 64.
class CborWriter {
 public:
    explicit CborWriter(ByteBuffer& out) : out_(out) {}

    void write(const Token& token);

    void null() { byte(0xF6); }
    void boolean(bool value) { byte(value ? 0xF5 : 0xF4); }
    void integer(std::int64_t value);
    void unsigned_integer(std::uint64_t value);
    void real(double value);
    void text(std::string_view value);
    void bytes(std::string_view value);
    void list_begin(std::size_t count = unknown_count);
    void list_end() { end(); }
    void map_begin(std::size_t count = unknown_count);
    void key(std::string_view value);
    void map_end() { end(); }
    void splice(std::string_view value);

 private:
    void byte(unsigned head) {
        open_.add();
        out_.push_back(static_cast<char>(head));
    }
    void end();

    ByteBuffer& out_;
    detail::OpenContainers open_;
};

}  // namespace heddle
