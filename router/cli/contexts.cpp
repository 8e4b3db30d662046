#include "router/cli/contexts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "router/cli/settings.hpp"
#include "router/config/mistakes.hpp"
#include "router/config/nearest.hpp"
#include "router/config/toml_text.hpp"

namespace heddle::cli {
namespace {

const SettingInfo* setting_of_key(std::string_view key) {
    for (const SettingInfo& setting : settings())
        if (setting.in_context && key_of(setting.name) == key) return &setting;
    return nullptr;
}

std::string all_keys() {
    std::string all;
    for (const SettingInfo& setting : settings())
        if (setting.in_context) all += (all.empty() ? "" : " ") + key_of(setting.name);
    return all;
}

Spot spot_of(const toml::source_region& source, std::size_t length = 1) {
    return {static_cast<int>(source.begin.line), static_cast<int>(source.begin.column), static_cast<int>(length)};
}

/// "did you mean ..": keys are owned here while the nearest is looked for.
std::string hint_for_key(std::string_view key) {
    std::vector<std::string> keys;
    for (const SettingInfo& setting : settings())
        if (setting.in_context) keys.push_back(key_of(setting.name));
    const std::vector<std::string_view> names(keys.begin(), keys.end());
    const auto near = nearest(key, names);
    return (near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ") + "all: " + all_keys();
}

Context read_context(std::string_view name, const toml::table& table, Mistakes& mistakes) {
    Context context{std::string(name), {}};
    for (const auto& [key, value] : table) {
        const Spot at = spot_of(key.source(), key.str().size());
        const SettingInfo* setting = setting_of_key(key.str());
        const auto text = value.value<std::string>();
        if (!setting)
            mistakes.error(at, "unknown key \"" + std::string(key.str()) + "\" in context " + context.name,
                           hint_for_key(key.str()));
        else if (!value.is_string() || !text)
            mistakes.error(spot_of(value.source()), "\"" + std::string(key.str()) + "\" is a text");
        else if (std::string why = why_not_in_context(setting->name, *text); !why.empty())
            mistakes.error(spot_of(value.source()), why);
        else
            context.values[std::string(setting->name)] = *text;
    }
    return context;
}

void read_root(const toml::table& root, ContextFile& file, Mistakes& mistakes) {
    for (const auto& [key, value] : root) {
        const Spot at = spot_of(key.source(), key.str().size());
        if (key == "current" && value.is_string()) {
            file.current = value.value_or(std::string());
        } else if (key == "context" && value.is_table()) {
            for (const auto& [name, table] : *value.as_table()) {
                if (table.is_table())
                    file.contexts.push_back(read_context(name.str(), *table.as_table(), mistakes));
                else
                    mistakes.error(spot_of(name.source(), name.str().size()), "a context is a table: [context.plant]");
            }
        } else {
            mistakes.error(at, "unknown key \"" + std::string(key.str()) + "\"", "all: current, [context.NAME]");
        }
    }
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {  // TOML has them as escapes alone
            char escaped[8];
            std::snprintf(escaped, sizeof escaped, "\\u%04X", static_cast<unsigned>(c));
            out += escaped;
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string as_toml(const ContextFile& file) {
    std::string out = "# Contexts of heddle; see: heddle context --help. Secrets stand here by reference only.\n";
    if (!file.current.empty()) out += "current = " + in_quotes(file.current) + "\n";
    for (const Context& context : file.contexts) {
        out += "\n[context." + in_quotes(context.name) + "]\n";
        for (const SettingInfo& setting : settings())
            if (auto found = context.values.find(setting.name); found != context.values.end())
                out += key_of(setting.name) + " = " + in_quotes(found->second) + "\n";
    }
    return out;
}

}  // namespace

const Context* ContextFile::find(std::string_view name) const {
    for (const Context& context : contexts)
        if (context.name == name) return &context;
    return nullptr;
}

std::string contexts_path() {
    const char *folder = std::getenv("XDG_CONFIG_HOME"), *home = std::getenv("HOME");
    if (folder && *folder == '/') return std::string(folder) + "/heddle/contexts.toml";
    return home && *home ? std::string(home) + "/.config/heddle/contexts.toml" : std::string();
}

ContextFile read_contexts(const std::string& path) {
    ContextFile file{path, {}, {}};
    if (path.empty() || !std::filesystem::exists(path)) return file;
    std::ifstream input(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(input), {}};
    if (!input.good() && !input.eof()) throw Failure(Failure::Kind::bad_config, "cannot read " + path);
    Mistakes mistakes;
    if (const auto root = config::parse_toml(text, mistakes)) read_root(*root, file, mistakes);
    std::sort(file.contexts.begin(), file.contexts.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    if (mistakes.errors() > 0) {
        std::string all = mistakes.render(path, text);
        if (all.ends_with('\n')) all.pop_back();
        throw Failure(Failure::Kind::bad_config, "the contexts cannot be read\n" + all);
    }
    return file;
}

void write_contexts(const ContextFile& file) {
    if (file.path.empty())
        throw Failure(Failure::Kind::usage, "no place for contexts: neither XDG_CONFIG_HOME nor HOME is set");
    const auto folder = std::filesystem::path(file.path).parent_path();
    std::error_code error;
    if (std::filesystem::create_directories(folder, error))
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
    const std::string text = as_toml(file), draft = file.path + ".new";
    const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    written = written && ::fsync(fd) == 0;
    if (fd >= 0) ::close(fd);
    if (!written || std::rename(draft.c_str(), file.path.c_str()) != 0)
        throw Failure(Failure::Kind::refused, "cannot write " + file.path + ": " + std::strerror(errno));
}

std::string why_not_in_context(std::string_view name, std::string_view value) {
    const auto all = settings();
    const auto setting = std::find_if(all.begin(), all.end(), [&](const SettingInfo& s) { return s.name == name; });
    if (setting == all.end() || !setting->in_context) return std::string(name) + " cannot stand in a context";
    for (char c : value)
        if (static_cast<unsigned char>(c) < 0x20) return key_of(name) + " holds a control character";
    if (!setting->credential) return {};
    const bool reference =
        value == "-" || value.starts_with("file:") || value.starts_with("env:") || value.starts_with("cmd:");
    return reference ? "" : key_of(name) + " must be a reference in a context: file:PATH, env:NAME, cmd:COMMAND or -";
}

std::string why_no_context_name(std::string_view name) {
    const bool good = !name.empty() && name.size() <= 64 && name.front() != '-' &&
                      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == name.npos;
    return good ? "" : "a context's name has letters, digits, - _ and . only, 64 at most";
}

Failure no_such_context(const ContextFile& file, const std::string& name, const std::string& origin) {
    std::vector<std::string_view> names;
    for (const Context& context : file.contexts) names.push_back(context.name);
    const auto near = nearest(name, names);
    std::string hint = near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ";
    hint += names.empty() ? "there are none yet: heddle context add " + name + " --url ..." : "all: heddle context list";
    return {Failure::Kind::usage, "no context " + name + " (" + origin + ")", {hint}};
}

}  // namespace heddle::cli
