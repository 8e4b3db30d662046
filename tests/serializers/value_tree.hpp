#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "serializers/bytes.hpp"
#include "serializers/token.hpp"

/// A value as a tree, which the code under test never builds: what tests make, write, read back and compare.
namespace heddle::test {

struct Value;
struct Bytes {
    std::string bytes;
    bool operator==(const Bytes&) const = default;
};
struct Real {  // compared by bits: -0.0 is not 0.0, and NaN is itself
    double value;
    bool operator==(const Real& other) const {
        return std::bit_cast<std::uint64_t>(value) == std::bit_cast<std::uint64_t>(other.value);
    }
};
using List = std::vector<Value>;
using Map = std::vector<std::pair<std::string, Value>>;  // order and duplicates count

struct Value {
    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, Real, std::string, Bytes, List, Map> is = nullptr;
    bool operator==(const Value&) const = default;
};

template <class Reader>
bool read_rest(Reader& reader, const Token& token, Value& out) {
    using Kind = Token::Kind;
    switch (token.kind) {
        case Kind::null:
            out.is = nullptr;
            return true;
        case Kind::boolean:
            out.is = token.boolean;
            return true;
        case Kind::integer:
            out.is = token.integer;
            return true;
        case Kind::unsigned_integer:
            out.is = token.unsigned_integer;
            return true;
        case Kind::real:
            out.is = Real{token.real};
            return true;
        case Kind::text:
            out.is = std::string(token.text);
            return true;
        case Kind::bytes:
            out.is = Bytes{std::string(token.text)};
            return true;
        case Kind::list_begin: {
            List list;
            for (;;) {
                const Token next = reader.next();
                if (next.kind == Kind::list_end) break;
                if (!read_rest(reader, next, list.emplace_back())) return false;
            }
            out.is = std::move(list);
            return true;
        }
        case Kind::map_begin: {
            Map map;
            for (;;) {
                const Token key = reader.next();
                if (key.kind == Kind::map_end) break;
                if (key.kind != Kind::key) return false;
                auto& entry = map.emplace_back(std::string(key.text), Value{});
                if (!read_rest(reader, reader.next(), entry.second)) return false;
            }
            out.is = std::move(map);
            return true;
        }
        default:
            return false;
    }
}

/// Nothing where the input is not exactly one well-formed value.
template <class Reader>
std::optional<Value> read_value(std::string_view bytes) {
    Reader reader(bytes);
    Value value;
    if (!read_rest(reader, reader.next(), value)) return std::nullopt;
    if (reader.next().kind != Token::Kind::end) return std::nullopt;
    return value;
}

template <class Writer>
void write_to(Writer& writer, const Value& value) {
    if (std::holds_alternative<std::nullptr_t>(value.is)) return writer.null();
    if (const auto* flag = std::get_if<bool>(&value.is)) return writer.boolean(*flag);
    if (const auto* integer = std::get_if<std::int64_t>(&value.is)) return writer.integer(*integer);
    if (const auto* natural = std::get_if<std::uint64_t>(&value.is)) return writer.unsigned_integer(*natural);
    if (const auto* real = std::get_if<Real>(&value.is)) return writer.real(real->value);
    if (const auto* text = std::get_if<std::string>(&value.is)) return writer.text(*text);
    if (const auto* bytes = std::get_if<Bytes>(&value.is)) return writer.bytes(bytes->bytes);
    if (const auto* list = std::get_if<List>(&value.is)) {
        writer.list_begin();
        for (const Value& element : *list) write_to(writer, element);
        return writer.list_end();
    }
    const Map& map = *std::get_if<Map>(&value.is);
    writer.map_begin();
    for (const auto& [key, element] : map) {
        writer.key(key);
        write_to(writer, element);
    }
    writer.map_end();
}

template <class Writer>
std::string write_value(const Value& value) {
    ByteBuffer out;
    Writer writer(out);
    write_to(writer, value);
    return std::string(out.view());
}

/// Values that every encoding can hold: no NaN, no infinity, and no text that JSON would take for bytes.
class RandomValues {
 public:
    explicit RandomValues(std::uint64_t seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t end) { return random_() % end; }

    Value value(int depth) {
        const std::uint64_t kinds = depth > 0 ? 10 : 7;
        switch (below(kinds)) {
            case 0:
                return {nullptr};
            case 1:
                return {below(2) == 0};
            case 2:
                return {signed_integer()};
            case 3:
                return {(std::uint64_t{1} << 63) + below(std::uint64_t{1} << 63)};
            case 4:
                return {Real{real()}};
            case 5:
                return {text()};
            case 6:
                return {Bytes{raw()}};
            case 7:
            case 8:
                return {list(depth)};
            default:
                return {map(depth)};
        }
    }

    std::string text() {
        static constexpr const char* pieces[] = {"a",
                                                 "Z",
                                                 "0",
                                                 " ",
                                                 "\"",
                                                 "\\",
                                                 "/",
                                                 "\b",
                                                 "\t",
                                                 "\n",
                                                 "\x1f",
                                                 "\x7f",
                                                 "\xC3\xA9",
                                                 "\xE2\x82\xAC",
                                                 "\xED\x9F\xBF",
                                                 "\xEE\x80\x80",
                                                 "\xEF\xBF\xBF",
                                                 "\xF0\x9F\x9A\x97",
                                                 "\xF4\x8F\xBF\xBF",
                                                 "plain words here"};
        std::string text;
        for (std::uint64_t n = length(); n > 0; --n) text += pieces[below(std::size(pieces))];
        if (below(20) == 0) text.insert(0, std::string("\0?", 2));  // NUL first, and never base64
        return text;
    }

 private:
    std::uint64_t length() {  // around the places where headers change their form
        static constexpr std::uint64_t steps[] = {0, 1, 2, 3, 15, 16, 23, 24, 31, 32, 255, 256};
        return below(3) == 0 ? steps[below(std::size(steps))] : below(6);
    }
    std::int64_t signed_integer() {
        const std::uint64_t bits = random_() >> below(64);
        return std::bit_cast<std::int64_t>(below(2) == 0 ? bits >> 1 : ~(bits >> 1));
    }
    double real() {
        for (;;) {
            const double value =
                below(3) == 0 ? static_cast<double>(signed_integer() % 1000) / 8 : std::bit_cast<double>(random_());
            if (std::isfinite(value)) return value;
        }
    }
    std::string raw() {
        std::string bytes;
        for (std::uint64_t n = length(); n > 0; --n) bytes.push_back(static_cast<char>(below(256)));
        return bytes;
    }
    List list(int depth) {
        List list;
        for (std::uint64_t n = depth > 2 ? below(6) : length(); n > 0; --n) list.push_back(value(depth - 1));
        return list;
    }
    Map map(int depth) {
        Map map;
        for (std::uint64_t n = depth > 2 ? below(6) : length(); n > 0; --n) map.emplace_back(text(), value(depth - 1));
        return map;
    }

    std::mt19937_64 random_;
};

}  // namespace heddle::test
