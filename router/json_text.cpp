#include "router/json_text.hpp"

#include <string>

#include "serializers/json_reader.hpp"
#include "serializers/token.hpp"

namespace heddle {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Result<nlohmann::json> parse_json(std::string_view text, const JsonTextLimits& limits) {
    if (text.size() > limits.bytes)
        return Error{"longer than " + std::to_string(limits.bytes) + " bytes", limits.bytes};
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    JsonReader reader(text);
    if (!reader.skip_value(limits.depth) || reader.next().kind != Token::Kind::end) return reader.error();
    nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
    if (value.is_discarded()) return Error{"a number beyond what a double can hold", 0};  // all else was checked above
    return value;
}

nlohmann::json json_or_null(std::string_view text, const JsonTextLimits& limits) {
    auto value = parse_json(text, limits);
    return value ? std::move(*value) : nlohmann::json();
}

}  // namespace heddle
