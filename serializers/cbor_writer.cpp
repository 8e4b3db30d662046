#include "serializers/cbor_writer.hpp"

#include <bit>

#include "serializers/binary.hpp"
#include "serializers/write_token.hpp"

namespace heddle {
namespace {

enum Major : unsigned {
    positive = 0x00,
    negative = 0x20,
    byte_string = 0x40,
    text_string = 0x60,
    list = 0x80,
    map = 0xA0
};

void put_head(ByteBuffer& out, unsigned major, std::uint64_t argument) {
    if (argument < 24) return out.push_back(static_cast<char>(major | argument));
    if (argument <= UINT8_MAX) return binary::put(out, major | 24, static_cast<std::uint8_t>(argument));
    if (argument <= UINT16_MAX) return binary::put(out, major | 25, static_cast<std::uint16_t>(argument));
    if (argument <= UINT32_MAX) return binary::put(out, major | 26, static_cast<std::uint32_t>(argument));
    binary::put(out, major | 27, argument);
}

}  // namespace

void CborWriter::write(const Token& token) { write_token(*this, token); }

void CborWriter::integer(std::int64_t value) {
    if (value >= 0) return unsigned_integer(static_cast<std::uint64_t>(value));
    open_.add();
    put_head(out_, negative, static_cast<std::uint64_t>(-1 - value));
}

void CborWriter::unsigned_integer(std::uint64_t value) {
    open_.add();
    put_head(out_, positive, value);
}

void CborWriter::real(double value) {
    open_.add();
    binary::put(out_, 0xFB, std::bit_cast<std::uint64_t>(value));
}

void CborWriter::text(std::string_view value) {
    open_.add();
    key(value);
}

void CborWriter::bytes(std::string_view value) {
    open_.add();
    put_head(out_, byte_string, value.size());
    out_.append(value);
}

void CborWriter::key(std::string_view value) {
    put_head(out_, text_string, value.size());
    out_.append(value);
}

void CborWriter::splice(std::string_view value) {
    open_.add();
    out_.append(value);
}

void CborWriter::list_begin(std::size_t count) {
    open_.add();
    open_.push(out_.size(), false, count != unknown_count);
    put_head(out_, list, count == unknown_count ? 0 : count);
}

void CborWriter::map_begin(std::size_t count) {
    open_.add();
    open_.push(out_.size(), true, count != unknown_count);
    put_head(out_, map, count == unknown_count ? 0 : count);
}

void CborWriter::end() {
    const auto container = open_.pop();
    if (container.counted) return;
    const unsigned major = container.map ? map : list;
    const std::size_t header = container.header;
    const auto set_head = [&](unsigned info) { out_.data()[header] = static_cast<char>(major | info); };
    if (container.count < 24) return set_head(container.count);
    if (container.count <= UINT8_MAX) {
        binary::store(out_.insert(header + 1, 1), static_cast<std::uint8_t>(container.count));
        set_head(24);
    } else if (container.count <= UINT16_MAX) {
        binary::store(out_.insert(header + 1, 2), static_cast<std::uint16_t>(container.count));
        set_head(25);
    } else {
        binary::store(out_.insert(header + 1, 4), container.count);
        set_head(26);
    }
}

}  // namespace heddle
