#pragma once
#include <cstdint>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/recon_chars.hpp"
#include "serializers/recon_tape.hpp"

/// Recon as we write it: read alike by Swim's JavaScript, Java and Rust (docs/warp.md 1.3, 1.4). Never markup.
namespace heddle::recon {

/// Integers beyond this are digits to Java and Rust, and an exception in @swim/recon.
inline constexpr std::int64_t safe_integer_max = (std::int64_t{1} << 53) - 1;

void put_text(std::string_view text, ByteBuffer& out);  // bare where it can be, otherwise quoted
void put_quoted(std::string_view text, ByteBuffer& out);
/// Shortest form that reads back the same; a whole one keeps ".0". An infinity overflows on purpose; not for NaN.
void put_real(double value, ByteBuffer& out);
void put_integer(std::int64_t value, ByteBuffer& out);

/// Whole numbers that not every reader holds are written as `@int("..")` when this is asked for.
enum class Integers : std::uint8_t { as_they_are, portable };

/// The value as it stands in a record, after a colon, or alone.
void put_value(const Node& node, ByteBuffer& out, Integers integers = Integers::as_they_are);
/// The same where an attribute's parentheses enclose it: outer braces go where they can.
void put_block(const Node& node, ByteBuffer& out, Integers integers = Integers::as_they_are);
/// The value where it follows an attribute, as the rest of its record: nothing for absent, ` 5`, `"a b"`, `{{5}}` for
/// [5].
void put_body(const Node& node, ByteBuffer& out, Integers integers = Integers::as_they_are);
/// The items as a record of their own, in the place of put_value.
void put_record(Items items, ByteBuffer& out, Integers integers = Integers::as_they_are);
/// The items where they follow an attribute, as the rest of its record.
void put_rest(Items items, ByteBuffer& out, Integers integers = Integers::as_they_are);

}  // namespace heddle::recon
