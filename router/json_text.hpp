#pragma once
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>

#include "serializers/encoding.hpp"
#include "serializers/result.hpp"

namespace heddle {

/// What a JSON text from outside may be at most.
struct JsonTextLimits {
    std::size_t bytes = 64 << 20;
    std::size_t depth = depth_max;  // lists and maps inside each other; values above depth_max count as depth_max
};

/// Reads one JSON text (RFC 8259; a leading byte order mark is skipped) into a tree. This is the only place of the router
/// that lets nlohmann parse: that parser, and what copies, prints or walks its trees, know no limit of depth and would
/// overflow the stack. So the text is first scanned by JsonReader within `limits`. Never throws; any thread.
Result<nlohmann::json> parse_json(std::string_view text, const JsonTextLimits& limits = {});

/// The same where the reason does not matter: null if `text` is not valid JSON within the limits.
nlohmann::json json_or_null(std::string_view text, const JsonTextLimits& limits = {});

}  // namespace heddle
