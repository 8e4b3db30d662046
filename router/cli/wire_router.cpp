#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "router/cli/check.hpp"
#include "router/cli/serve.hpp"
#include "router/cli/wiring.hpp"

namespace heddle::cli {

void add_router_commands(Wiring& wiring) {
    auto serve = std::make_shared<ServeCommand>();
    CLI::App* app = wiring.app.add_subcommand("serve", "run the router");
    app->add_option("FILE", serve->file, "configuration; default heddle.toml");
    app->add_flag("--dev", serve->dev, "for this machine only: makes user admin where there is none; without FILE: realm1, "
                                       "anonymous may do everything");
    app->add_option("--port", serve->port, "of the first TCP listener; 0: one that is free");
    repeatable(app, "--set", serve->set, "TABLE.KEY=VALUE over the file, repeatable");
    app->add_option("--ready-file", serve->ready_file, "written when ready: a bound address a line");
    app->footer("examples:\n  heddle serve --dev --port 9000\n  heddle serve heddle.toml --set log.level=debug");
    wiring.commands.push_back({app, [serve, &wiring] { return run_serve(*serve, wiring.globals); }});

    auto check = std::make_shared<CheckCommand>();
    app = wiring.app.add_subcommand("check", "say all mistakes of a configuration file");
    app->add_option("FILE", check->file, "configuration")->required();
    app->add_flag("--effective", check->effective, "the merged result, and where each value comes from");
    app->add_flag("--online", check->online, "also ask the running router what a reload of its file would change");
    repeatable(app, "--set", check->set, "TABLE.KEY=VALUE over the file, repeatable");
    app->footer("examples:\n  heddle check heddle.toml\n  heddle check heddle.toml --effective");
    wiring.commands.push_back({app, [check, &wiring] { return run_check(*check, wiring.globals); }});

    app = wiring.app.add_subcommand("config", "keys, default: what a configuration file may say");
    app->require_subcommand(1);
    app->footer("examples:\n  heddle config keys limits\n  heddle config default > heddle.toml");
    auto prefix = std::make_shared<std::string>();
    CLI::App* keys = app->add_subcommand("keys", "every key with type, default, range and environment name");
    keys->add_option("PREFIX", *prefix, "only keys that begin so, such as limits");
    wiring.commands.push_back({keys, [prefix] { return run_config_keys(*prefix); }});
    CLI::App* defaults = app->add_subcommand("default", "a commented file to start from");
    wiring.commands.push_back({defaults, [] { return run_config_default(); }});
}

}  // namespace heddle::cli
