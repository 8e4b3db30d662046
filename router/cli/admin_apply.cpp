// Documents: apply, export, and the reload of the router's own file.
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <iterator>

#include "router/cli/admin_command.hpp"
#include "router/cli/admin_render.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/references.hpp"
#include "router/config/document.hpp"
#include "router/json_text.hpp"
#include "router/secret.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

/// Secrets of users stand in the file by reference, from the file's folder; what is behind them goes to the router.
void read_references(json& document, const std::string& file) {
    const std::string folder = file.find('/') == file.npos ? "" : file.substr(0, file.rfind('/') + 1);
    if (!document.contains("users") || !document["users"].is_array()) return;
    for (json& user : document["users"]) {
        for (const char* name : {"scram", "ticket", "wampcra"}) {
            if (!user.is_object() || !user.contains(name) || !user[name].is_string()) continue;
            std::string text = user[name];
            if (!text.starts_with("file:") && !text.starts_with("env:")) continue;
            if (text.starts_with("file:") && !text.substr(5).starts_with('/')) text = "file:" + folder + text.substr(5);
            auto secret = heddle::read_secret(text);
            if (!secret)
                throw Failure(Failure::Kind::bad_config, file + ": " + name + " of user " + user.value("authid", "?") + ": " +
                                                             secret.error().what);
            user[name] = *secret;
        }
    }
}

json read_document(const std::string& file) {
    std::string text;
    if (file == "-") {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
    } else {
        std::ifstream input(file, std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(input), {});
        if (!input.good() && !input.eof()) throw Failure(Failure::Kind::usage, "cannot read " + file);
        if (!input.is_open()) throw Failure(Failure::Kind::usage, "cannot read " + file);
    }
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != text.npos && text[first] == '{') {
        auto document = parse_json(text);
        if (!document)
            throw Failure(Failure::Kind::bad_config, file + " is not valid JSON: " + document.error().what + " (byte " +
                                                         std::to_string(document.error().offset) + ")");
        if (!document->is_object()) throw Failure(Failure::Kind::bad_config, file + " must hold a JSON object");
        return std::move(*document);
    }
    Mistakes mistakes;
    json document = config::document_of_toml(text, mistakes);
    if (mistakes.errors() > 0) {
        std::string all = mistakes.render(file, text);
        if (all.ends_with('\n')) all.pop_back();
        throw Failure(Failure::Kind::bad_config, file + " cannot be applied\n" + all);
    }
    return document;
}

bool confirmed() {
    std::cerr << "apply this? [y/N] " << std::flush;
    std::string line;
    return std::getline(std::cin, line) && (line == "y" || line == "Y" || line == "yes");
}

void print_outcome(const std::string& realm, const json& answer, bool done, const Globals& globals) {
    globals.form == Form::json ? print_json(answer) : void(std::cout << render_apply(realm, answer, done) << std::flush);
}

}  // namespace

int run_apply(const ApplyCommand& command, const Globals& globals) {
    json document = read_document(command.file);
    read_references(document, command.file);
    const bool named = document.contains("name") && document["name"].is_string();
    const std::string realm = named ? document["name"].get<std::string>() : globals.realm;
    document.erase("name");
    const admin::Operation& operation = *admin::find("realm", "apply");
    const bool asks = !command.dry_run && !command.yes;
    if (asks && (!::isatty(STDIN_FILENO) || command.file == "-"))
        throw Failure(Failure::Kind::usage, "apply asks before it changes anything, and nobody is there to answer",
                      {"to do it at once: --yes; to see what it would do: --dry-run"});
    AdminSession session(globals);
    AdminArguments arguments{{realm}, document};
    if (!command.prune.empty()) arguments.named["prune"] = command.prune;
    if (!command.revision.empty()) arguments.named["revision"] = command.revision;
    if (command.dry_run || asks) {
        AdminArguments dry = arguments;
        dry.named["dry_run"] = true;
        const json answer = session.call(operation, dry);
        print_outcome(realm, answer, false, globals);
        const bool differs = !answer.value("changes", json::array()).empty();
        if (command.dry_run) return differs ? exit_differs : exit_done;
        if (!differs) return exit_done;
        if (!confirmed()) throw Failure(Failure::Kind::refused, "nothing was changed");
        // What was agreed to is what was seen: an edit in between is an error.
        if (command.revision.empty() && answer.value("revision", 0) != 0) arguments.named["revision"] = answer["revision"].dump();
    }
    print_outcome(realm, session.call(operation, arguments), true, globals);
    return exit_done;
}

int run_realm_export(AdminCommand command, const Globals& globals) {
    AdminSession session(globals);
    json answer = session.call(*command.operation, command.arguments);
    answer.erase("revision");
    if (globals.form == Form::json)
        print_json(answer);
    else
        std::cout << config::toml_of(answer);
    return exit_done;
}

int run_reload(bool dry_run, const Globals& globals) {
    AdminCommand command;
    command.operation = admin::find("config", "reload");
    if (dry_run) command.arguments.named["dry_run"] = true;
    return run_admin(std::move(command), globals);
}

}  // namespace heddle::cli
