#pragma once
#include <string_view>

#include "realms/settings.hpp"

namespace heddle {

/// As configuration, meta lanes and metrics spell it; empty for by_state, which a lane is only until somebody looks.
constexpr std::string_view name_of(LaneKind kind) {
    switch (kind) {
        case LaneKind::value:
            return "value";
        case LaneKind::map:
            return "map";
        case LaneKind::event:
            return "event";
        case LaneKind::command:
            return "command";
        case LaneKind::list:
            return "list";
        case LaneKind::by_state:
            break;
    }
    return {};
}

}  // namespace heddle
