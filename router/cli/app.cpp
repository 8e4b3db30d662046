#include "router/cli/app.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdlib>
#include <iostream>

#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/settings.hpp"
#include "router/cli/startup.hpp"
#include "router/cli/wiring.hpp"
#include "router/config/nearest.hpp"
#include "router/client/wamp_client.hpp"
#include "router/faults.hpp"
#include "router/load/bench_command.hpp"

namespace heddle::cli {
namespace {

constexpr const char* examples =
    "logging in: --authid with --ticket, --secret or --private-key [--channel-binding]; or --jwt; --tls-cert --tls-key\n"
    "  --tls-ca --auth; secrets by reference: file: env: cmd: or - to be asked; heddle context keeps them; heddle man\n"
    "Every flag of this page also comes from HEDDLE_<FLAG>, and may stand before or after the command's own.\n"
    "examples:\n"
    "  heddle serve --dev\n"
    "  heddle call com.example.add 2 3 --url ws://127.0.0.1:8080";

void add_global_flags(CLI::App& app, Globals& globals) {
    for (const SettingInfo& setting : settings()) {
        const std::string flag = setting.name == "output" ? "-o,--output" : "--" + std::string(setting.name);
        CLI::Option* option = app.add_option(flag, globals.*setting.value, std::string(setting.help));
        const bool login = setting.credential || setting.name.starts_with("auth") || setting.name.starts_with("tls-") ||
                           setting.name == "channel-binding";
        if (login) option->group("");  // they share three lines of the footer
    }
    app.add_flag("-q,--quiet", globals.quiet, "no notices")->envname("HEDDLE_QUIET");
    app.add_flag("-v,--verbose", globals.verbose, "more notices")->envname("HEDDLE_VERBOSE");
}

/// Bodies as sent are all that Recon output can be, and only lanes have them.
bool watches_lane(const CLI::App& app) {
    auto chosen = app.get_subcommands();
    return !chosen.empty() && chosen.front()->get_name() == "lane" && chosen.front()->got_subcommand("watch");
}

/// Commands that never speak to a router must work whatever the contexts say.
bool needs_context(const CLI::App& app) {
    auto chosen = app.get_subcommands();
    if (chosen.empty()) return false;
    const std::string name = chosen.front()->get_name();
    if (name == "context") return chosen.front()->got_subcommand("test") || chosen.front()->got_subcommand("show");
    if (name == "completion") return chosen.front()->got_subcommand("values");
    if (name == "config") return chosen.front()->got_subcommand("get") || chosen.front()->got_subcommand("reload");
    if (name == "check") return chosen.front()->get_option("--online")->count() > 0;
    for (const char* alone : {"serve", "keygen", "hash", "man", "bench"})
        if (name == alone) return false;
    return true;
}

void finish_globals(const CLI::App& app, Globals& globals) {
    const auto given = [&](std::string_view name) { return app.get_option("--" + std::string(name))->count() > 0; };
    const auto variable = [](const std::string& name) { return std::getenv(name.c_str()); };
    resolve_settings(globals, given, variable, needs_context(app));
    globals.who = std::make_shared<WampIdentity>();
    if (globals.output == "recon" && !watches_lane(app))
        throw Failure(Failure::Kind::usage, "-o recon is for lane watch", {"others: human, json, raw"});
}

/// The command whose flags were being read, as one types it: "lane watch".
std::string chosen_name(const CLI::App& app) {
    std::string name;
    for (const CLI::App* inner = &app; !inner->get_subcommands().empty();) {
        inner = inner->get_subcommands().front();
        name += inner->get_name() + " ";
    }
    return name;
}

/// `did you mean --role? ` of the flags that may stand there.
std::string nearest_flag(const CLI::App& app, const std::string& written) {
    std::vector<std::string> names;
    for (const CLI::App* inner = &app; inner;) {
        for (const CLI::Option* option : inner->get_options())
            for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        inner = inner->get_subcommands().empty() ? nullptr : inner->get_subcommands().front();
    }
    const std::vector<std::string_view> views(names.begin(), names.end());
    const auto near = nearest(written.substr(0, written.find('=')), views);
    return near.empty() ? "" : "did you mean " + std::string(near) + "? ";
}

/// What CLI11 found wrong, in our words.
Failure usage_failure(const CLI::App& app, const CLI::ParseError& error) {
    std::string name = chosen_name(app);
    std::string help = "heddle " + name + "--help";
    auto left = app.remaining(true);
    if (left.empty()) return {Failure::Kind::usage, error.what(), {"usage: " + help}};
    std::string& first = left.front();
    if (first.starts_with(list_guard)) first.erase(0, 1);
    if (first.starts_with('-'))
        return {Failure::Kind::usage, "unknown option " + first, {nearest_flag(app, first) + "usage: " + help}};
    if (!name.empty() && !error.get_name().starts_with("RequiredError"))
        return {Failure::Kind::usage, "unexpected argument " + first, {"usage: " + help}};

    const CLI::App* parent = &app;
    while (!parent->get_subcommands().empty()) parent = parent->get_subcommands().front();
    std::vector<std::string_view> names;
    for (const CLI::App* command : parent->get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    auto near = nearest(first, names);
    std::string hint = near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ";
    return {Failure::Kind::usage, "unknown command " + name + first, {hint + "all: " + help}};
}

int run_chosen(Wiring& wiring) {
    for (const Command& command : wiring.commands) {
        if (command.app->parsed()) return command.run();
    }
    return exit_usage;  // CLI11 asks for one
}

}  // namespace

int run(int argc, const char* const* argv) {
    end_with_a_line(exit_fault);
    Globals globals;
    CLI::App app{"heddle: a WAMP and WARP router, and its tools", "heddle"};
    Wiring wiring{app, globals, {}};
    // The flags may be wrong before the form is known: then the form itself decides from what was read so far.
    try {
        app.set_version_flag("--version", "heddle " + std::string(version()));
        app.require_subcommand(1)->fallthrough();
        plain_help(app);
        app.footer(examples);
        add_global_flags(app, globals);
        add_router_commands(wiring);
        add_wamp_commands(wiring);
        add_lane_commands(wiring);
        add_local_commands(wiring);
        add_admin_commands(wiring);
        load::BenchFlags flags{globals.url, globals.realm, globals.serializer, globals.output, globals.quiet};
        auto bench = load::add_bench_command(app, flags);
        wiring.commands.push_back({bench.app, bench.run});
        add_pages(wiring);
        try {
            std::vector<std::string> arguments;  // in CLI11's order: the last one first
            for (int i = argc - 1; i > 0; --i) arguments.push_back(guard(argv[i]));
            app.parse(std::move(arguments));
        } catch (const CLI::Success& asked) {
            return app.exit(asked);  // --help, --version
        } catch (const CLI::ParseError& error) {
            throw usage_failure(app, error);
        }
        finish_globals(app, globals);
        return run_chosen(wiring);
    } catch (const Failure& failure) {
        print_failure(failure, globals);
        return exit_code_of(failure);
    } catch (const std::exception& error) {
        print_failure(Failure(Failure::Kind::refused, error.what()), globals);
        return exit_refused;
    }
}

}  // namespace heddle::cli
