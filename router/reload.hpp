#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "router/config/load.hpp"
#include "router/control.hpp"

namespace heddle {

/// What the configuration file says now, flags and environment laid over it as at the start.
struct ConfigReading {
    std::string file_name, text;  // for messages
    config::Loaded loaded;
};

/// Where the configuration came from.
struct ConfigSource {
    config::Element tree;  // as read at the start
    /// Reads it again; any thread. Nothing where the file cannot be read, and `why` says so.
    std::function<std::optional<ConfigReading>(std::string& why)> read;
};

/// One way of saying a configuration: settings, and the tree they were built from.
struct ConfigView {
    const ServerSettings& settings;
    const config::Element& tree;
};

/// What putting `next` in force changes, and what it cannot change while the router runs. Listeners are told apart by
/// their names.
ReloadOutcome compare(const ConfigView& now, const ConfigView& next);

/// `next`, with what only a restart could change as it is now.
ServerSettings merged(const ServerSettings& now, ServerSettings next);

}  // namespace heddle
