#include "serializers/msgpack_writer.hpp"

#include <bit>

#include "serializers/binary.hpp"
#include "serializers/write_token.hpp"

namespace heddle {
namespace {

struct Heads {
    unsigned fix, fix_max, wide8, wide16, wide32;  // wide8 0: there is none
};
constexpr Heads text_heads{0xA0, 31, 0xD9, 0xDA, 0xDB};
constexpr Heads bytes_heads{0, 0, 0xC4, 0xC5, 0xC6};
constexpr Heads list_heads{0x90, 15, 0, 0xDC, 0xDD};
constexpr Heads map_heads{0x80, 15, 0, 0xDE, 0xDF};

void put_length(ByteBuffer& out, const Heads& heads, std::size_t length) {
    if (heads.fix != 0 && length <= heads.fix_max) return out.push_back(static_cast<char>(heads.fix | length));
    if (heads.wide8 != 0 && length <= 0xFF) return binary::put(out, heads.wide8, static_cast<std::uint8_t>(length));
    if (length <= 0xFFFF) return binary::put(out, heads.wide16, static_cast<std::uint16_t>(length));
    binary::put(out, heads.wide32, static_cast<std::uint32_t>(length));
}

}  // namespace

void MsgpackWriter::write(const Token& token) { write_token(*this, token); }

void MsgpackWriter::integer(std::int64_t value) {
    if (value >= 0) return unsigned_integer(static_cast<std::uint64_t>(value));
    open_.add();
    if (value >= -32) return out_.push_back(static_cast<char>(value));
    if (value >= INT8_MIN) return binary::put(out_, 0xD0, static_cast<std::int8_t>(value));
    if (value >= INT16_MIN) return binary::put(out_, 0xD1, static_cast<std::int16_t>(value));
    if (value >= INT32_MIN) return binary::put(out_, 0xD2, static_cast<std::int32_t>(value));
    binary::put(out_, 0xD3, value);
}

void MsgpackWriter::unsigned_integer(std::uint64_t value) {
    open_.add();
    if (value <= 0x7F) return out_.push_back(static_cast<char>(value));
    if (value <= UINT8_MAX) return binary::put(out_, 0xCC, static_cast<std::uint8_t>(value));
    if (value <= UINT16_MAX) return binary::put(out_, 0xCD, static_cast<std::uint16_t>(value));
    if (value <= UINT32_MAX) return binary::put(out_, 0xCE, static_cast<std::uint32_t>(value));
    binary::put(out_, 0xCF, value);
}

void MsgpackWriter::real(double value) {
    open_.add();
    binary::put(out_, 0xCB, std::bit_cast<std::uint64_t>(value));
}

void MsgpackWriter::text(std::string_view value) {
    open_.add();
    key(value);
}

void MsgpackWriter::bytes(std::string_view value) {
    open_.add();
    put_length(out_, bytes_heads, value.size());
    out_.append(value);
}

void MsgpackWriter::key(std::string_view value) {
    put_length(out_, text_heads, value.size());
    out_.append(value);
}

void MsgpackWriter::splice(std::string_view value) {
    open_.add();
    out_.append(value);
}

void MsgpackWriter::list_begin(std::size_t count) {
    open_.add();
    open_.push(out_.size(), false, count != unknown_count);
    put_length(out_, list_heads, count == unknown_count ? 0 : count);
}

void MsgpackWriter::map_begin(std::size_t count) {
    open_.add();
    open_.push(out_.size(), true, count != unknown_count);
    put_length(out_, map_heads, count == unknown_count ? 0 : count);
}

void MsgpackWriter::end() {
    const auto container = open_.pop();
    if (container.counted) return;
    const Heads& heads = container.map ? map_heads : list_heads;
    if (container.count <= heads.fix_max) {
        out_.data()[container.header] = static_cast<char>(heads.fix | container.count);
    } else if (container.count <= 0xFFFF) {
        binary::store(out_.insert(container.header + 1, 2), static_cast<std::uint16_t>(container.count));
        out_.data()[container.header] = static_cast<char>(heads.wide16);
    } else {
        binary::store(out_.insert(container.header + 1, 4), container.count);
        out_.data()[container.header] = static_cast<char>(heads.wide32);
    }
}

}  // namespace heddle
