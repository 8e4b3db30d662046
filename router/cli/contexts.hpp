#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "router/client/failure.hpp"

/// `contexts.toml` in the user's configuration folder: named sets of settings, secrets by reference only.
namespace heddle::cli {

struct Context {
    std::string name;
    std::map<std::string, std::string, std::less<>> values;  // by setting: "url", "private-key"
};
struct ContextFile {
    std::string path, current;
    std::vector<Context> contexts;

    const Context* find(std::string_view name) const;
};

/// $XDG_CONFIG_HOME/heddle/contexts.toml, or below ~/.config; empty where neither is known.
std::string contexts_path();
/// A file that is not there holds none. Throws Failure (bad_config) with every mistake in it.
ContextFile read_contexts(const std::string& path);
/// For this user's eyes only, and all or nothing.
void write_contexts(const ContextFile& file);

/// Why a value cannot stand in a context; empty: it can.
std::string why_not_in_context(std::string_view setting, std::string_view value);
std::string why_no_context_name(std::string_view name);
Failure no_such_context(const ContextFile& file, const std::string& name, const std::string& origin);

}  // namespace heddle::cli
