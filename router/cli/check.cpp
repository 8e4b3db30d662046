#include "router/cli/check.hpp"

#include <iostream>

#include "router/cli/admin_command.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/client/failure.hpp"
#include "router/config/describe.hpp"

namespace heddle::cli {

int run_check(const CheckCommand& command, const Globals& globals) {
    std::string why;
    auto sources = config::sources_of_file(command.file, why);
    if (!sources) throw Failure(Failure::Kind::usage, why);
    sources->flags = command.set;
    config::Loaded loaded = config::load(*sources);
    std::cerr << loaded.mistakes.render(sources->file_name, sources->text);
    if (std::size_t errors = loaded.mistakes.errors()) {
        std::cerr << command.file << ": " << errors << (errors == 1 ? " mistake" : " mistakes") << "\n";
        return exit_bad_config;
    }
    if (command.effective)
        std::cout << config::describe_effective(loaded, sources->file_name);
    else
        std::cout << command.file << ": ok   " << config::summary(loaded.settings) << "\n" << std::flush;
    return command.online ? run_reload(true, globals) : exit_done;
}

int run_config_keys(const std::string& prefix) {
    std::string text = config::describe_keys(prefix);
    if (text.empty())
        throw Failure(Failure::Kind::usage, "no key begins with \"" + prefix + "\"", {"all: heddle config keys"});
    std::cout << text;
    return exit_done;
}

int run_config_default() {
    std::cout << config::default_file();
    return exit_done;
}

}  // namespace heddle::cli
