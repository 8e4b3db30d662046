#include "router/http_media.hpp"

#include "router/http_text.hpp"

namespace heddle {
namespace {

/// The part before `separator`; `text` loses it.
std::string_view cut(std::string_view& text, char separator) {
    const std::size_t end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return without_outer_space(part);
}

std::optional<Encoding> encoding_named(std::string_view type) {
    if (same_ignoring_case(type, "application/json")) return Encoding::json;
    if (same_ignoring_case(type, "application/cbor")) return Encoding::cbor;
    if (same_ignoring_case(type, "application/msgpack") || same_ignoring_case(type, "application/x-msgpack") ||
        same_ignoring_case(type, "application/vnd.msgpack"))
        return Encoding::msgpack;
    return std::nullopt;
}

/// A weight of RFC 9110, 12.4.2, in thousandths: "0.5" is 500. Digits beyond the third are dropped. 1000 if it is not valid.
int thousandths(std::string_view text) {
    constexpr std::size_t point = 1;
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.empty() || (text[0] != '0' && text[0] != '1') || (text.size() > point && text[point] != '.')) return 1000;
    int value = 0;
    for (std::size_t at = point + 1, worth = 100; at < text.size(); ++at, worth /= 10) {
        if (!digit(at)) return 1000;
        value += (text[at] - '0') * static_cast<int>(worth);
    }
    return text[0] == '1' ? 1000 : value;
}

/// RFC 9110, 12.4.2: 0 to 1000, and 1000 where there is none, or none that makes sense.
int weight(std::string_view parameters) {
    while (!parameters.empty()) {
        std::string_view parameter = cut(parameters, ';');
        const std::string_view name = cut(parameter, '=');
        if (!same_ignoring_case(name, "q")) continue;
        return thousandths(parameter);
    }
    return 1000;
}

}  // namespace

std::optional<Encoding> encoding_of_media(std::string_view content_type) {
    const auto encoding = encoding_named(cut(content_type, ';'));
    while (!content_type.empty()) {
        std::string_view parameter = cut(content_type, ';');
        if (parameter.empty()) continue;
        const std::string_view name = cut(parameter, '=');
        if (!same_ignoring_case(name, "charset")) return std::nullopt;
        const bool utf8 = same_ignoring_case(parameter, "utf-8") || same_ignoring_case(parameter, "utf8") ||
                          same_ignoring_case(parameter, "\"utf-8\"");
        if (!utf8) return std::nullopt;
    }
    return encoding;
}

std::string_view media_of(Encoding encoding) {
    if (encoding == Encoding::msgpack) return "application/msgpack";
    return encoding == Encoding::cbor ? "application/cbor" : "application/json";
}

std::optional<AcceptedMedia> accepted_in(std::string_view accept, Encoding by_default) {
    if (without_outer_space(accept).empty()) return AcceptedMedia{by_default, false};
    std::optional<AcceptedMedia> best;
    int best_weight = 0;
    while (!accept.empty()) {
        std::string_view range = cut(accept, ',');
        const std::string_view type = cut(range, ';');
        const int now = weight(range);
        if (now <= best_weight) continue;
        if (same_ignoring_case(type, media_lines)) {
            best = AcceptedMedia{Encoding::json, true};
        } else if (same_ignoring_case(type, "*/*") || same_ignoring_case(type, "application/*")) {
            best = AcceptedMedia{by_default, false};
        } else if (const auto encoding = same_ignoring_case(type, media_problem) ? Encoding::json : encoding_named(type)) {
            best = AcceptedMedia{*encoding, false};
        } else {
            continue;
        }
        best_weight = now;
    }
    return best;
}

}  // namespace heddle
