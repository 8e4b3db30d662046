#include "realms/auth/json_fields.hpp"

#include <cmath>

#include "serializers/json_reader.hpp"

namespace heddle::auth {
namespace {

constexpr std::size_t nested_max = 16;
using Kind = Token::Kind;

std::optional<std::string> text_of(std::string_view value) {
    JsonReader reader(value);
    const Token token = reader.next();
    if (token.kind != Kind::text) return std::nullopt;
    return std::string(token.text);
}

std::optional<std::vector<std::string_view>> elements_of(std::string_view value) {
    JsonReader reader(value);
    if (reader.next().kind != Kind::list_begin) return std::nullopt;
    std::vector<std::string_view> elements;
    while (reader.more()) {
        const auto element = reader.slice_value(nested_max);
        if (!element) return std::nullopt;
        elements.push_back(*element);
    }
    return elements;
}

}  // namespace

std::optional<JsonFields> JsonFields::read(std::string_view text) {
    JsonReader reader(text);
    JsonFields fields;
    if (reader.next().kind != Kind::map_begin) return std::nullopt;
    while (reader.more()) {
        const Token key = reader.next();
        if (key.kind != Kind::key || fields.has(key.text)) return std::nullopt;
        std::string name(key.text);
        const auto value = reader.slice_value(nested_max);
        if (!value) return std::nullopt;
        fields.members_.push_back({std::move(name), *value});
    }
    if (reader.next().kind != Kind::map_end || reader.next().kind != Kind::end) return std::nullopt;
    return fields;
}

const JsonFields::Member* JsonFields::find(std::string_view name) const {
    for (const Member& member : members_)
        if (member.name == name) return &member;
    return nullptr;
}

std::optional<std::string> JsonFields::text(std::string_view name) const {
    const Member* member = find(name);
    return member ? text_of(member->value) : std::nullopt;
}

std::optional<std::int64_t> JsonFields::seconds(std::string_view name) const {
    const Member* member = find(name);
    if (!member) return std::nullopt;
    JsonReader reader(member->value);
    const Token token = reader.next();
    if (token.kind == Kind::integer) return token.integer;
    if (token.kind != Kind::real || !(std::abs(token.real) < 9e18)) return std::nullopt;
    return static_cast<std::int64_t>(std::floor(token.real));
}

std::optional<std::vector<std::string>> JsonFields::texts(std::string_view name) const {
    const Member* member = find(name);
    if (!member) return std::nullopt;
    if (auto one = text_of(member->value)) return std::vector<std::string>{std::move(*one)};
    const auto elements = elements_of(member->value);
    if (!elements) return std::nullopt;
    std::vector<std::string> all;
    for (std::string_view element : *elements) {
        auto one = text_of(element);
        if (!one) return std::nullopt;
        all.push_back(std::move(*one));
    }
    return all;
}

std::optional<JsonFields> JsonFields::object(std::string_view name) const {
    const Member* member = find(name);
    return member ? read(member->value) : std::nullopt;
}

std::optional<std::vector<std::string_view>> JsonFields::list(std::string_view name) const {
    const Member* member = find(name);
    return member ? elements_of(member->value) : std::nullopt;
}

}  // namespace heddle::auth
