#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <map>

#include "router/cli/pages.hpp"
#include "router/cli/settings.hpp"

namespace heddle::cli {
namespace {

struct Place {
    std::string path;  // " realm get"; empty: nothing typed yet
    std::vector<std::string> commands, flags;
};

/// Flags whose values the router or the contexts know.
constexpr std::pair<const char*, const char*> dynamic[] = {
    {"--realm", "realms"}, {"--role", "roles"}, {"--user", "users"}, {"--authid", "users"}, {"--context", "contexts"}};

std::vector<std::string> flags_of(const CLI::App& app) {
    std::vector<std::string> out;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            if (name.find('_') == name.npos) out.push_back("--" + name);
    return out;
}

void walk(const CLI::App& app, const std::string& path, std::vector<Place>& out) {
    Place place{path, {}, flags_of(app)};
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!command->get_group().empty()) place.commands.push_back(command->get_name());
    out.push_back(place);
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!command->get_group().empty()) walk(*command, path + " " + command->get_name(), out);
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

std::string choices() {
    std::string out;
    for (const SettingInfo& setting : settings())
        if (!setting.choices.empty())
            out += std::string("    ") + (setting.name == "output" ? "-o|" : "") + "--" + std::string(setting.name) +
                   ") COMPREPLY=($(compgen -W '" + std::string(setting.choices) + "' -- \"$cur\")); return;;\n";
    return out;
}

/// The path is made of the words that are commands; flags and their values are stepped over.
std::string bash(const std::vector<Place>& places) {
    std::string known, words;
    for (const Place& place : places) {
        if (!place.path.empty()) known += (known.empty() ? "'" : "|'") + place.path + "'";
        words += "    '" + place.path + "') words='" + joined(place.commands) + "'; flags='" + joined(place.flags) + "';;\n";
    }
    std::string values;
    for (const auto& [flag, kind] : dynamic)
        values += std::string("    ") + flag + ") COMPREPLY=($(compgen -W \"$(heddle completion values " + kind +
                  " 2>/dev/null)\" -- \"$cur\")); return;;\n";
    return "# heddle: completion for bash; made by: heddle completion bash\n"
           "_heddle() {\n"
           "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path='' words='' flags='' word i\n"
           "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "    word=\"$path ${COMP_WORDS[i]}\"\n"
           "    case \"$word\" in " + known + ") path=$word;; esac\n"
           "  done\n"
           "  case \"$prev\" in\n" + values + choices() +
           "    --tls-ca|--tls-cert|--tls-key|--pubkey|--password-file) COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n"
           "  esac\n"
           "  case \"$path\" in\n" + words +
           "  esac\n"
           "  [[ $cur == -* ]] && words=\"$flags " + joined(places.front().flags) + "\"\n"
           "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
           "  [[ ${#COMPREPLY[@]} -eq 0 && $cur != -* ]] && COMPREPLY=($(compgen -f -- \"$cur\"))\n"
           "  return 0\n"
           "}\n"
           "complete -F _heddle heddle\n";
}

std::string fish(const std::vector<Place>& places) {
    std::string known;
    for (const Place& place : places)
        if (!place.path.empty()) known += " '" + place.path + "'";
    std::string out =
        "# heddle: completion for fish; made by: heddle completion fish\n"
        "function __heddle_at\n"
        "  set -l path ''\n"
        "  for word in (commandline -opc)[2..-1]\n"
        "    contains -- \"$path $word\"" + known + "; and set path \"$path $word\"\n"
        "  end\n"
        "  test \"$path\" = \"$argv[1]\"\n"
        "end\n"
        "complete -c heddle -f\n";
    for (const Place& place : places) {
        const std::string when = "complete -c heddle -n \"__heddle_at '" + place.path + "'\" ";
        if (!place.commands.empty()) out += when + "-a '" + joined(place.commands) + "'\n";
        for (const std::string& flag : place.flags)
            out += (place.path.empty() ? "complete -c heddle " : when) + "-l " + flag.substr(2) + "\n";
    }
    for (const auto& [flag, kind] : dynamic)
        out += std::string("complete -c heddle -l ") + (flag + 2) + " -x -a '(heddle completion values " + kind + " 2>/dev/null)'\n";
    return out;
}

}  // namespace

std::string completion(const CLI::App& app, const std::string& shell) {
    std::vector<Place> places;
    walk(app, "", places);
    if (shell == "fish") return fish(places);
    if (shell == "bash") return bash(places);
    return "#compdef heddle\n# made by: heddle completion zsh\nautoload -U +X bashcompinit && bashcompinit\n" + bash(places);
}

}  // namespace heddle::cli
