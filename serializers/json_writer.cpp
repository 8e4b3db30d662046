#include "serializers/json_writer.hpp"

#include <cmath>

#include "serializers/base64.hpp"
#include "serializers/numbers.hpp"
#include "serializers/write_token.hpp"

namespace heddle {
namespace {

bool plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; }

void escape(char c, ByteBuffer& out) {
    switch (c) {
        case '"':
            return out.append("\\\"");
        case '\\':
            return out.append("\\\\");
        case '\b':
            return out.append("\\b");
        case '\f':
            return out.append("\\f");
        case '\n':
            return out.append("\\n");
        case '\r':
            return out.append("\\r");
        case '\t':
            return out.append("\\t");
        default:
            break;
    }
    constexpr char digits[] = "0123456789abcdef";
    const auto value = static_cast<unsigned char>(c);
    char* at = out.extend(6);
    std::memcpy(at, "\\u00", 4);
    at[4] = digits[value >> 4];
    at[5] = digits[value & 15];
}

void quote(std::string_view text, ByteBuffer& out) {
    out.push_back('"');
    while (!text.empty()) {
        std::size_t run = 0;
        while (run < text.size() && plain(text[run])) ++run;
        out.append(text.substr(0, run));
        if (run == text.size()) break;
        escape(text[run], out);
        text.remove_prefix(run + 1);
    }
    out.push_back('"');
}

}  // namespace

void JsonWriter::write(const Token& token) { write_token(*this, token); }

void JsonWriter::integer(std::int64_t value) {
    char digits[numbers::text_max];
    element({digits, numbers::put_integer(value, digits)});
}

void JsonWriter::unsigned_integer(std::uint64_t value) {
    char digits[numbers::text_max];
    element({digits, numbers::put_unsigned(value, digits)});
}

void JsonWriter::real(double value) {
    if (!std::isfinite(value)) return null();
    char digits[numbers::text_max];
    element({digits, numbers::put_real(value, digits)});
}

void JsonWriter::text(std::string_view value) {
    separate();
    quote(value, out_);
}

void JsonWriter::bytes(std::string_view value) {
    element("\"\\u0000");
    base64::encode(value, out_);
    out_.push_back('"');
}

void JsonWriter::list_begin(std::size_t) {
    element("[");
    comma_ = false;
}

void JsonWriter::list_end() {
    out_.push_back(']');
    comma_ = true;
}

void JsonWriter::map_begin(std::size_t) {
    element("{");
    comma_ = false;
}

void JsonWriter::key(std::string_view value) {
    text(value);
    out_.push_back(':');
    comma_ = false;
}

void JsonWriter::map_end() {
    out_.push_back('}');
    comma_ = true;
}

}  // namespace heddle
