#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "router/cli/context_command.hpp"
#include "router/cli/make_secrets.hpp"
#include "router/cli/wiring.hpp"

namespace heddle::cli {
namespace {

void add_context(Wiring& wiring) {
    CLI::App* app = wiring.app.add_subcommand("context", "add, list, show, use, test, remove: named sets of these flags");
    app->require_subcommand(1);
    app->footer(
        "examples:\n  heddle context add plant --url wss://r.example.com --realm plant --authid kim --ticket cmd:'pass "
        "show plant'\n  heddle context show");
    using Run = int (*)(const std::string&, const Globals&);
    const auto add = [&](const char* name, const char* help, Run run, bool named) {
        auto which = std::make_shared<std::string>();
        CLI::App* own = app->add_subcommand(name, help);
        CLI::Option* option = own->add_option("NAME", *which, "of the context");
        if (named) option->required();
        wiring.commands.push_back({own, [which, run, &wiring] { return run(*which, wiring.globals); }});
    };
    add("add", "keep the flags given here under a name; secrets by reference", run_context_add, true);
    add("show", "every setting in force and who said so, or what a context holds", run_context_show, false);
    add("use", "make it the one that is used without --context", run_context_use, true);
    add("remove", "forget it", run_context_remove, true);
    CLI::App* list = app->add_subcommand("list", "all of them");
    wiring.commands.push_back({list, [&wiring] { return run_context_list(wiring.globals); }});
    CLI::App* test = app->add_subcommand("test", "log in, and say as whom");
    wiring.commands.push_back({test, [&wiring] { return run_context_test(wiring.globals); }});
}

void add_hash(Wiring& wiring) {
    auto command = std::make_shared<HashCommand>();
    CLI::App* app = wiring.app.add_subcommand("hash", "what is kept of a password: scram, ticket, cra");
    app->add_option("KIND", command->kind, "scram, ticket (argon2id is the same) or cra")
        ->required()
        ->check(CLI::IsMember({"scram", "ticket", "argon2id", "cra"}));
    app->add_option("--password", command->password, "file: env: cmd: or - to be asked (-)");
    app->add_option("--kdf", command->kdf, "of scram: pbkdf2, argon2id13, or argon2id-13 for Autobahn (pbkdf2)")
        ->check(CLI::IsMember({"pbkdf2", "argon2id13", "argon2id-13"}));
    app->add_option("--iterations", command->iterations, "600000 of pbkdf2, 2 of Argon2id, 100000 of cra");
    app->add_option("--memory", command->memory, "of Argon2id (19MiB)");
    app->footer("examples:\n  heddle hash scram > secrets/kim.scram\n  heddle hash ticket --password file:kim.ticket");
    wiring.commands.push_back({app, [command, &wiring] { return run_hash(*command, wiring.globals); }});
}

}  // namespace

void add_local_commands(Wiring& wiring) {
    add_context(wiring);
    auto file = std::make_shared<std::string>();
    CLI::App* app = wiring.app.add_subcommand("keygen", "an Ed25519 key pair for cryptosign");
    app->add_option("FILE", *file, "gets the private key, FILE.pub the public one; without: stdout");
    app->footer("examples:\n  heddle keygen kim.key\n  heddle keygen -o json");
    wiring.commands.push_back({app, [file, &wiring] { return run_keygen(*file, wiring.globals); }});
    add_hash(wiring);
}

}  // namespace heddle::cli
