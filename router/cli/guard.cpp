#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "router/cli/wiring.hpp"

namespace heddle::cli {

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

}  // namespace heddle::cli
