#include "router/config/load.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "router/config/overrides.hpp"
#include "router/config/validate.hpp"

namespace heddle::config {
namespace {

constexpr std::string_view dev_text = R"(default_realm = "realm1"
[[listener]]
name    = "local"
address = "127.0.0.1:8080"
[[realm]]
name = "realm1"
auth = ["anonymous"]
[[realm.role]]
name        = "anonymous"
permissions = [
  { match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"] },
  { match = "prefix", uri = "swim.meta.", allow = ["subscribe"] },
]
)";

/// Where a name without a folder lies: systemd's RuntimeDirectory, the user's, or /run/heddle.
std::string runtime_folder() {
    if (const char* given = std::getenv("RUNTIME_DIRECTORY"); given && *given)
        return std::string(given).substr(0, std::string(given).find(':'));
    if (const char* user = std::getenv("XDG_RUNTIME_DIR"); user && *user) return std::string(user) + "/heddle";
    return "/run/heddle";
}

void use_port(std::uint16_t port, ServerSettings& settings, Mistakes& mistakes) {
    for (ListenerSettings& listener : settings.listeners) {
        if (!listener.unix_path.empty()) continue;
        listener.port = port;
        return;
    }
    if (mistakes.errors() == 0) mistakes.add({{}, "no [[listener]] with a port to change", {}, "--port", false});
}

}  // namespace

Loaded load(const Sources& sources) {
    Loaded out;
    out.tree = read_toml(sources.text, out.mistakes);
    bool syntax_error = out.mistakes.errors() > 0 && out.tree.children.empty() && out.tree.settings.empty();
    if (syntax_error) return out;  // what is missing from the tree would only be reported as missing
    override_from_environment(sources.environment, out.tree, out.mistakes);
    override_from_flags(sources.flags, out.tree, out.mistakes);
    out.settings = build(out.tree, sources.folders, out.mistakes);
    if (sources.port) use_port(*sources.port, out.settings, out.mistakes);
    validate(out.tree, out.settings, out.mistakes);
    return out;
}

std::optional<Sources> sources_of_file(const std::string& path, std::string& why) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) {
        why = "cannot read " + path + ": " + (file ? "it is a folder" : std::strerror(errno));
        return std::nullopt;
    }
    Sources sources;
    sources.file_name = path;
    sources.text.assign(std::istreambuf_iterator<char>(file), {});
    sources.folders = {std::filesystem::absolute(path).parent_path().string(), runtime_folder(),
                       std::filesystem::absolute(path).string()};
    sources.environment = process_environment();
    return sources;
}

Sources sources_of_dev() {
    Sources sources;
    sources.file_name = "--dev";
    sources.text = std::string(dev_text);
    sources.folders = {std::filesystem::current_path().string(), runtime_folder()};
    sources.environment = process_environment();
    return sources;
}

}  // namespace heddle::config
