#pragma once
#include <string>

namespace CLI {
class App;
}

/// Texts made from the commands themselves: what is announced nowhere else cannot be forgotten here.
namespace heddle::cli {

/// heddle(1), as roff.
std::string man_page(const CLI::App& app);
/// heddle.toml(5), from the table of the configuration file.
std::string man_page_of_configuration();
/// For bash, zsh or fish.
std::string completion(const CLI::App& app, const std::string& shell);

}  // namespace heddle::cli
