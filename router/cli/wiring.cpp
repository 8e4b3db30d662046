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
};

}  // namespace

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
