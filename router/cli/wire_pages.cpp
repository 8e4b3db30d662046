#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <iostream>

#include "router/cli/admin_session.hpp"
#include "router/cli/contexts.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/pages.hpp"
#include "router/cli/wiring.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

/// Names for a shell to offer, one a line. Nothing where the router is not there: a shell must not be bothered.
int print_names(const std::string& kind, Globals globals) {
    if (kind == "contexts") {
        for (const Context& context : read_contexts(contexts_path()).contexts) std::cout << context.name << "\n";
        return exit_done;
    }
    constexpr std::chrono::seconds patience{2};
    globals.timeout = std::min<std::chrono::milliseconds>(globals.timeout, patience);
    globals.quiet = true;
    for (std::string* asked : {&globals.ticket, &globals.secret, &globals.jwt})
        if (*asked == "-") return exit_done;  // nobody is asked for a password by pressing Tab
    try {
        AdminSession session(globals);
        const bool realms = kind == "realms";
        AdminArguments arguments;
        if (!realms) arguments.places.push_back(globals.realm);
        arguments.named["limit"] = 1000;
        const json page = session.call(kind == "realms" ? "realm" : kind == "roles" ? "role" : "user", "list", arguments);
        for (const json& item : page.value("items", json::array()))
            for (const char* name : {"name", "authid"})
                if (item.contains(name) && item[name].is_string()) std::cout << item[name].get<std::string>() << "\n";
    } catch (const Failure& failure) {
        return failure.kind == Failure::Kind::usage ? exit_usage : exit_done;
    }
    return exit_done;
}

}  // namespace

void add_pages(Wiring& wiring) {
    CLI::App* app = wiring.app.add_subcommand("completion", "a script for bash, zsh or fish");
    app->require_subcommand(1);
    app->footer(
        "examples:\n  heddle completion bash > ~/.local/share/bash-completion/completions/heddle\n  heddle completion fish > "
        "~/.config/fish/completions/heddle.fish");
    for (const char* shell : {"bash", "zsh", "fish"}) {
        CLI::App* own = app->add_subcommand(shell, "for this shell, to stdout");
        wiring.commands.push_back({own, [shell, &wiring] {
                                       std::cout << completion(wiring.app, shell);
                                       return exit_done;
                                   }});
    }
    auto kind = std::make_shared<std::string>();
    CLI::App* values = app->add_subcommand("values", "names that the scripts offer")->group("");
    values->add_option("KIND", *kind)->required()->check(CLI::IsMember({"contexts", "realms", "roles", "users"}));
    wiring.commands.push_back({values, [kind, &wiring] { return print_names(*kind, wiring.globals); }});

    auto page = std::make_shared<std::string>("heddle");
    app = wiring.app.add_subcommand("man", "the manual, as roff");
    app->add_option("PAGE", *page, "heddle, or heddle.toml (heddle)")->check(CLI::IsMember({"heddle", "heddle.toml"}));
    app->footer("examples:\n  heddle man | man -l -\n  heddle man heddle.toml > heddle.toml.5");
    wiring.commands.push_back({app, [page, &wiring] {
                                   std::cout << (*page == "heddle" ? man_page(wiring.app) : man_page_of_configuration());
                                   return exit_done;
                               }});
}

}  // namespace heddle::cli
