#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "router/cli/wiring.hpp"

namespace heddle::cli {
namespace {

/// A flag's value is named by what it is, not by its type, its environment name and its choices: those stand in the
/// help text.
class PlainFormatter : public CLI::Formatter {
 public:
    std::string make_option_opts(const CLI::Option* option) const override {
        if (option->get_positional()) return option->get_expected_max() > 1 ? " .." : "";
        std::string type = option->get_type_name();
        if (type.empty()) return {};  // a flag
        type = type.substr(0, type.find(':'));
        return type == "TEXT" ? " X" : " N";
    }

    /// The first page has more commands than lines to spare: those of one purpose share one.
    std::string make_subcommands(const CLI::App* app, CLI::AppFormatMode mode) const override {
        if (app->get_parent()) return CLI::Formatter::make_subcommands(app, mode);
        std::vector<std::string> left;
        for (const CLI::App* command : app->get_subcommands([](const CLI::App*) { return true; }))
            if (!command->get_group().empty()) left.push_back(command->get_name());
        std::string out = "\ncommands, each with --help:\n";
        for (const CommandGroup& group : command_groups()) {
            std::string names;
            for (const std::string& name : group.names)
                if (std::erase(left, name) > 0) names += (names.empty() ? "" : " ") + name;
            if (!names.empty()) out += "  " + names + std::string(names.size() < 42 ? 42 - names.size() : 1, ' ') + group.purpose + "\n";
        }
        for (const std::string& name : left) out += "  " + name + "\n";
        return out;
    }
};

}  // namespace

const std::vector<CommandGroup>& command_groups() {
    static const std::vector<CommandGroup> groups{
        {{"serve", "check", "config", "reload", "health", "top"}, "run a router and look after it"},
        {{"call", "publish", "subscribe", "register"}, "a WAMP client"},
        {{"lane"}, "a WARP client"},
        {{"bench"}, "load any WAMP router"},
        {{"realm", "role", "permission", "authorizer"}, "who may do what"},
        {{"user", "token"}, "who may log in"},
        {{"session", "subscription", "registration"}, "who is there, and with what"},
        {{"retained", "stats", "audit", "apply"}, "what is kept, counted and changed"},
        {{"context", "keygen", "hash"}, "your own settings and secrets"},
        {{"completion", "man"}, "help for shells and readers"},
    };
    return groups;
}

std::string guard(const char* argument) {
    std::string text = argument;
    bool list = text.size() > 1 && text.front() == '[' && text.back() == ']';
    return list || text.starts_with(list_guard) ? list_guard + text : text;
}

CLI::Option* unguarded(CLI::Option* option) {
    auto turn_back = [](std::string& text) {
        if (text.starts_with(list_guard)) text.erase(0, 1);
        return std::string();
    };
    return option->transform(CLI::Validator(turn_back, ""));
}

CLI::Option* repeatable(CLI::App* app, const std::string& name, std::vector<std::string>& into,
                        const std::string& help) {
    CLI::Option* option = app->add_option(name, into, help);
    return option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
}

void plain_help(CLI::App& app) {
    constexpr std::size_t column = 22;
    app.formatter(std::make_shared<PlainFormatter>());
    app.get_formatter()->column_width(column);
}

}  // namespace heddle::cli
