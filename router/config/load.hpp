#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/config/build.hpp"
#include "router/config/mistakes.hpp"

/// From a configuration file to ServerSettings. Flag over environment over file.
namespace heddle::config {

struct Sources {
    std::string file_name;  // as the user wrote it: for messages
    std::string text;
    Folders folders;
    std::vector<std::pair<std::string, std::string>> environment;
    std::vector<std::string> flags;     // of --set
    std::optional<std::uint16_t> port;  // of --port: of the first TCP listener
};

struct Loaded {
    Element tree;
    ServerSettings settings;  // meaningful only without errors
    Mistakes mistakes;
};

Loaded load(const Sources& sources);

/// Reads the file, the environment and the folders of this process. Nothing where the file cannot be read; `why` says
/// so.
std::optional<Sources> sources_of_file(const std::string& path, std::string& why);

/// What `heddle serve --dev` runs: examples/dev.toml without its comments.
Sources sources_of_dev();

}  // namespace heddle::config
