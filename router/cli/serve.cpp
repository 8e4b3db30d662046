#include "router/cli/serve.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

#include "router/admin/desk.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/startup.hpp"
#include "router/client/failure.hpp"
#include "router/config/load.hpp"
#include "router/folding_log.hpp"
#include "router/server.hpp"
#include "router/stderr_log.hpp"

namespace heddle::cli {
namespace {

constexpr const char* default_file = "heddle.toml";

config::Sources file_of(const ServeCommand& command) {
    bool given = !command.file.empty();
    if (command.dev && !given) return config::sources_of_dev();
    if (!given && !std::filesystem::exists(default_file)) {
        throw Failure(Failure::Kind::usage, "no configuration: there is no heddle.toml here",
                      {"name a file: heddle serve FILE; try without one: heddle serve --dev; write one: heddle config "
                       "default > heddle.toml"});
    }
    std::string why;
    auto sources = config::sources_of_file(given ? command.file : default_file, why);
    if (!sources) throw Failure(Failure::Kind::usage, why);
    return *sources;
}

config::Sources sources_of(const ServeCommand& command) {
    config::Sources sources = file_of(command);
    sources.flags = command.set;
    sources.port = command.port;
    return sources;
}

/// For a reload. The environment is that of the start: nobody can change it for a running process.
std::optional<ConfigReading> read_again(const ServeCommand& command, std::string& why) {
    try {
        const config::Sources sources = sources_of(command);
        return ConfigReading{sources.file_name, sources.text, config::load(sources)};
    } catch (const std::exception& failure) {  // the file, or the folder that this process is in, may be gone
        why = failure.what();
        return std::nullopt;
    }
}

/// Development rules, and a password on stdout, are for whoever sits at this machine.
void check_local(const ServerSettings& settings) {
    for (const ListenerSettings& listener : settings.listeners)
        if (!listener.local())
            throw Failure(Failure::Kind::usage, "serve --dev is for this machine only, and listener " + listener.name +
                                                    " is at " + listener.host,
                          {"without --dev: the first administrator comes by the admin socket or admin.password_file"});
}

StoreState store_of(const ServerSettings& settings) {
    return settings.store.empty()                     ? StoreState::none
           : std::filesystem::exists(settings.store) ? StoreState::known
                                                     : StoreState::fresh;
}

}  // namespace

int run_serve(const ServeCommand& command, const Globals&) {
    auto begin = std::chrono::steady_clock::now();
    const config::Sources sources = sources_of(command);
    const config::Loaded loaded = config::load(sources);
    std::cerr << loaded.mistakes.render(sources.file_name, sources.text);
    if (loaded.mistakes.errors() > 0) return exit_bad_config;

    const ServerSettings& settings = loaded.settings;
    StderrLog lines(settings.log_level, settings.log_format);
    FoldingLog log(lines);
    if (command.dev) check_local(settings);
    try {
        const StoreState store = store_of(settings);
        admin::Desk desk(settings, log);
        const std::string password = command.dev ? desk.first_password() : "";
        const auto ready = [&](const std::vector<BoundListener>& bound) {
            auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
            const Startup startup{settings, bound, sources.file_name, took, store, password};
            std::cout << startup_text(startup) << std::flush;
            if (!command.ready_file.empty()) std::ofstream(command.ready_file) << ready_text(bound);
        };
        serve(settings, log, ready, {loaded.tree, [command](std::string& why) { return read_again(command, why); }}, desk);
    } catch (const std::runtime_error& error) {
        throw Failure(Failure::Kind::refused, error.what());
    }
    return exit_done;
}

}  // namespace heddle::cli
