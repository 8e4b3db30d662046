// The commands of administration, made from the table of operations; by hand only what people type differently.
// Long because what one operation was given is read in the same place where its flags are made.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>

#include "router/cli/admin_command.hpp"
#include "router/cli/settings.hpp"
#include "router/cli/wiring.hpp"
#include "router/client/failure.hpp"
#include "router/json_text.hpp"

namespace heddle::cli {
namespace {

using admin::Field;
using admin::Operation;

/// What one field of an operation was given, once the command line is read.
struct Typed {
    std::string name;
    std::string text;
    bool on = false;  // of flags
    CLI::Option* option = nullptr;
    const Field* field = nullptr;
    const config::Key* key = nullptr;  // of documents
    bool json = false;                 // of documents: an inner table

    bool given() const { return option && option->count() > 0; }
    nlohmann::json value() const {
        if (field && field->type == Field::Type::flag) return on;
        const std::string named = option->get_positional() ? upper(name) : flag_of(name);
        if (field) return argument_of(*field, text, named);
        if (key) return argument_of(*key, text, named);
        nlohmann::json out = json_or_null(text);
        if (out.is_structured()) return out;
        throw Failure(Failure::Kind::usage, named + " is a JSON object or list, not " + text,
                      {"its keys: heddle config keys realm." + name});
    }
    static std::string upper(std::string text) {
        std::transform(text.begin(), text.end(), text.begin(),
                       [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
        return text;
    }
};

/// One operation's command: its flags and words live here.
struct Wired {
    const Operation* operation = nullptr;
    std::vector<std::unique_ptr<Typed>> places, others;
    std::string revision, password_file;
    bool all = false, follow = false;
    UserSecrets secrets;
    CLI::Option *scram = nullptr, *ticket = nullptr, *wampcra = nullptr;
    std::string key, key_file;

    AdminCommand command(const Globals& globals) const {
        AdminCommand out;
        out.operation = operation;
        out.revision = revision;
        out.all = all;
        out.follow = follow;
        const auto fields = operation->fields;
        const bool inside = !fields.empty() && fields.front().name == "realm" && fields.front().in == Field::In::place;
        if (inside && operation->noun != "realm") out.arguments.places.push_back(realm_place(globals));
        for (const auto& place : places)
            if (place->given()) {
                const nlohmann::json value = place->value();  // numbers are checked here already
                out.arguments.places.push_back(value.is_string() ? value.get<std::string>() : value.dump());
            }
        for (const auto& other : others)
            if (other->given()) out.arguments.named[other->name] = other->value();
        const bool filtered = std::any_of(fields.begin(), fields.end(),
                                          [](const Field& f) { return f.name == "realm" && f.in == Field::In::query; });
        if (filtered && origin_of(globals, "realm") == "--realm") out.arguments.named["realm"] = globals.realm;
        // A reason in words is for people: on the wire the reason is a URI, and the words are the message beside it.
        if (auto& named = out.arguments.named; operation->noun == "session" && named.contains("reason") && !named.contains("message")) {
            const std::string reason = named["reason"];
            if (reason.find(' ') != reason.npos || reason.find('.') == reason.npos) {
                named["message"] = reason;
                named.erase("reason");
            }
        }
        return out;
    }
    UserSecrets user_secrets() const {
        UserSecrets out = secrets;
        out.scram = scram && scram->count() > 0;
        out.ticket = ticket && ticket->count() > 0;
        out.wampcra = wampcra && wampcra->count() > 0;
        for (std::string* one : {&out.scram_reference, &out.ticket_reference, &out.wampcra_reference})
            if (one->empty()) *one = "-";
        if (!password_file.empty()) out.password = "file:" + password_file;
        return out;
    }
};

std::string help_of(const Field& field) {
    std::string out(field.doc);
    if (!field.choices.empty()) {
        std::string list;
        for (std::string_view word : config::words(field.choices)) list += (list.empty() ? "" : ", ") + std::string(word);
        out += field.doc.find(config::words(field.choices).front()) == field.doc.npos ? ": " + list : "";
    }
    if (!field.default_value.empty() && field.type != Field::Type::flag) out += " (" + std::string(field.default_value) + ")";
    return out;
}

/// "--dry-run,--dry_run": both spellings are understood.
std::string names_of(std::string_view name) {
    const std::string dashed = flag_of(name), plain = "--" + std::string(name);
    return dashed == plain ? plain : dashed + "," + plain;
}

std::unique_ptr<Typed> add_field(CLI::App* app, const Field& field, bool word) {
    auto typed = std::make_unique<Typed>();
    typed->name = std::string(field.name);
    typed->field = &field;
    const std::string help = help_of(field);
    if (word) {
        typed->option = unguarded(app->add_option(Typed::upper(typed->name), typed->text, help));
        if (field.required) typed->option->required();
    } else if (field.type == Field::Type::flag) {
        typed->option = app->add_flag(names_of(field.name), typed->on, help);
    } else {
        typed->option = unguarded(app->add_option(names_of(field.name), typed->text, help));
        if (field.required && field.name != "role") typed->option->required();
    }
    return typed;
}

void add_document(CLI::App* app, Wired& wired) {
    const config::Table* table = document_table(wired.operation->document);
    if (!table || wired.operation->verb == "apply") return;
    for (const config::Key& key : table->keys) {
        if (key.name == "name") continue;
        auto typed = std::make_unique<Typed>();
        typed->name = std::string(key.name);
        typed->key = &key;
        typed->option = unguarded(app->add_option(names_of(key.name), typed->text, std::string(key.doc)));
        wired.others.push_back(std::move(typed));
    }
    for (const config::Table& inner : table->tables) {
        if (inner.name == "role" || inner.name == "users" || inner.name == "uplink") continue;
        auto typed = std::make_unique<Typed>();
        typed->name = std::string(inner.name);
        typed->json = true;
        typed->option = unguarded(app->add_option(names_of(inner.name), typed->text,
                                                  std::string(inner.list ? "a JSON list: " : "a JSON object: ") + std::string(inner.doc)));
        wired.others.push_back(std::move(typed));
    }
}

/// Fields of users that people do not type as the operation has them.
bool typed_otherwise(const Operation& operation, const Field& field) {
    if (operation.noun != "user") return false;
    if (operation.verb == "key" && field.name == "key") return true;
    return field.secret || (field.name == "method" && field.in == Field::In::body);
}

void add_secrets(CLI::App* app, Wired& wired) {
    const auto kept = [&](const char* flag, std::string& into, const char* help) {
        return app->add_option(flag, into, help)->expected(0, 1);
    };
    if (wired.operation->verb == "put") {
        wired.scram = kept("--scram", wired.secrets.scram_reference,
                           "asks for the password and keeps a SCRAM verifier; or file: env: cmd:");
        wired.ticket = kept("--ticket", wired.secrets.ticket_reference, "the same for a ticket, kept as an Argon2id hash");
        wired.wampcra = kept("--wampcra", wired.secrets.wampcra_reference, "the same for WAMP-CRA: what is kept is worth the password");
        repeatable(app, "--pubkey", wired.secrets.key_files, "file with an Ed25519 public key, for cryptosign");
    }
    app->add_option("--password", wired.secrets.password, "file: env: cmd: or - to be asked");
    app->add_option("--password-file", wired.password_file, "file with the password");
    app->add_option("--method", wired.secrets.method, "what is kept of --password: scram, ticket, wampcra (scram)")
        ->check(CLI::IsMember({"scram", "ticket", "wampcra"}));
}

std::string examples_of(std::string_view lines) {
    std::string out = "examples:";
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        out += "\n  " + std::string(lines.substr(0, end));
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return out;
}

int run_wired(const Wired& wired, const Globals& globals) {
    AdminCommand command = wired.command(globals);
    const Operation& operation = *wired.operation;
    if (operation.noun == "user" && operation.verb == "put") return run_user_put(std::move(command), wired.user_secrets(), globals);
    if (operation.noun == "user" && operation.verb == "passwd")
        return run_user_passwd(std::move(command), wired.user_secrets(), globals);
    if (operation.noun == "user" && operation.verb == "key") {
        if (wired.key.empty() == wired.key_file.empty())
            throw Failure(Failure::Kind::usage, "one of KEY and --pubkey FILE is needed", {"like heddle user key kim --pubkey kim.pub"});
        const bool file = wired.key.empty();
        return run_user_key(std::move(command), file ? wired.key_file : wired.key, file, globals);
    }
    if (operation.noun == "permission" && operation.verb == "test") return run_permission_test(std::move(command), globals);
    if (operation.noun == "realm" && operation.verb == "export") return run_realm_export(std::move(command), globals);
    return run_admin(std::move(command), globals);
}

void add_operation(CLI::App* noun, const Operation& operation, Wiring& wiring) {
    auto wired = std::make_shared<Wired>();
    wired->operation = &operation;
    CLI::App* app = noun->add_subcommand(std::string(operation.verb), std::string(operation.doc));
    for (const Field& field : operation.fields) {
        const bool place = field.in == Field::In::place;
        if (field.name == "realm" && (operation.noun != "realm" || !place)) continue;  // the flag of all commands
        if (typed_otherwise(operation, field)) continue;
        auto typed = add_field(app, field, place || field.word);
        (place ? wired->places : wired->others).push_back(std::move(typed));
    }
    if (operation.noun == "user" && (operation.verb == "put" || operation.verb == "passwd")) add_secrets(app, *wired);
    if (operation.noun == "user" && operation.verb == "key") {
        app->add_option("KEY", wired->key, "64 hexadecimal digits, or ssh-ed25519 ..");
        app->add_option("--pubkey", wired->key_file, "file with the key");
    }
    add_document(app, *wired);
    if (operation.pages) {
        for (const Field& field : admin::page_fields()) wired->others.push_back(add_field(app, field, false));
        app->add_flag("--all", wired->all, "every page");
    }
    if (operation.noun == "audit") app->add_flag("--follow", wired->follow, "then go on with new entries");
    if (operation.revised == admin::Revised::writes || operation.revised == admin::Revised::may)
        app->add_option("--revision,--if-match", wired->revision,
                        "of what you have read; * overwrites, new only creates; without: what is there now is read first");
    app->footer(examples_of(operation.examples));
    wiring.commands.push_back({app, [wired, &wiring] { return run_wired(*wired, wiring.globals); }});
}

CLI::App* find_command(CLI::App& app, const std::string& name) {
    for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        if (command->get_name() == name) return command;
    return nullptr;
}

void add_permission_edits(CLI::App* noun, Wiring& wiring) {
    using Kind = PermissionEdit::Kind;
    const auto add = [&](const char* name, const char* help, Kind kind, const char* example) {
        auto edit = std::make_shared<PermissionEdit>();
        edit->kind = kind;
        CLI::App* app = noun->add_subcommand(name, help);
        app->add_option("ROLE", edit->role, "name of the role")->required();
        if (kind != Kind::clear)
            app->add_option("ACTION", edit->actions, "call, register, publish, subscribe; several with commas")->required();
        app->add_option("URI", edit->uri, "of topics or procedures")->required();
        app->add_option("--match", edit->match, "how URI is meant: exact, prefix, wildcard (exact)")
            ->check(CLI::IsMember({"exact", "prefix", "wildcard"}));
        app->add_option("--revision,--if-match", edit->revision, "of the rule you have read; without: what is there now is read first");
        app->footer(std::string("examples:\n  ") + example);
        wiring.commands.push_back({app, [edit, &wiring] { return run_permission_edit(*edit, wiring.globals); }});
    };
    add("allow", "Adds actions to what a rule allows; makes the rule where there is none.", Kind::allow,
        "heddle permission allow operator subscribe com.plant. --match prefix\n"
        "  heddle permission allow operator call,publish com.plant.a --realm plant");
    add("deny", "Adds actions to what a rule denies.", Kind::deny,
        "heddle permission deny operator publish com.plant.valve..set --match wildcard\n"
        "  heddle permission deny viewer call com.plant.stop --realm plant");
    add("clear", "Removes a rule.", Kind::clear,
        "heddle permission clear operator com.plant. --match prefix\n"
        "  heddle permission clear viewer com.plant.stop --realm plant");
}

constexpr std::pair<std::string_view, const char*> nouns[] = {
    {"realm", "realms: their options, whole documents"},
    {"role", "roles of a realm and their rules"},
    {"permission", "one rule of a role; may somebody do something?"},
    {"authorizer", "what a dynamic authorizer said"},
    {"user", "who may log in, and how"},
    {"token", "secrets for the HTTP API"},
    {"session", "who is there; send somebody away"},
    {"subscription", "who hears what"},
    {"registration", "who answers what"},
    {"retained", "last events that topics keep"},
    {"audit", "who changed what"},
    {"stats", "counters of realms and the router"},
};

}  // namespace

void add_admin_commands(Wiring& wiring) {
    std::map<std::string_view, std::vector<std::string>> examples;
    for (const Operation& operation : admin::operations()) {
        const std::string name(operation.noun);
        CLI::App* noun = find_command(wiring.app, name);
        if (!noun) {
            const auto about = std::find_if(std::begin(nouns), std::end(nouns), [&](const auto& n) { return n.first == name; });
            noun = wiring.app.add_subcommand(name, about == std::end(nouns) ? name : about->second);
            noun->require_subcommand(1)->footer("");  // not that of the first page
        }
        add_operation(noun, operation, wiring);
        const std::string_view first = operation.examples.substr(0, operation.examples.find('\n'));
        auto& own = examples[operation.noun];
        if (own.size() < 2) own.push_back(std::string(first));
        if (std::string_view rest = operation.examples; own.size() < 2 && rest.size() > first.size())
            own.push_back(std::string(rest.substr(first.size() + 1, rest.find('\n', first.size() + 1) - first.size() - 1)));
    }
    for (const auto& [noun, lines] : examples) {
        CLI::App* app = find_command(wiring.app, std::string(noun));
        if (!app->get_footer().empty()) continue;
        std::string text;
        for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
        app->footer(examples_of(text));
    }
    add_permission_edits(wiring.app.get_subcommand("permission"), wiring);

    auto apply = std::make_shared<ApplyCommand>();
    CLI::App* app = wiring.app.add_subcommand("apply", "make a realm what a file says, after showing what would change");
    app->add_option("FILE", apply->file, "one [[realm]] in TOML, or JSON; - is stdin; heddle realm export prints one")->required();
    app->add_flag("--dry-run", apply->dry_run, "change nothing; exit 9 if anything differs");
    app->add_option("--prune", apply->prune, "users: remove those that the file does not name")->check(CLI::IsMember({"users", "none"}));
    app->add_flag("--yes", apply->yes, "do not ask");
    app->add_option("--revision,--if-match", apply->revision, "of the realm you have read");
    app->footer("examples:\n  heddle apply plant.toml --dry-run\n  heddle apply plant.toml --prune users --yes");
    wiring.commands.push_back({app, [apply, &wiring] { return run_apply(*apply, wiring.globals); }});

    auto dry = std::make_shared<bool>(false);
    app = wiring.app.add_subcommand("reload", "have the router read its file and certificates again");
    app->add_flag("--dry-run", *dry, "change nothing, say what would change");
    app->footer("examples:\n  heddle reload --dry-run\n  heddle reload");
    wiring.commands.push_back({app, [dry, &wiring] { return run_reload(*dry, wiring.globals); }});

    auto top = std::make_shared<TopCommand>();
    app = wiring.app.add_subcommand("top", "realms with their rates, live");
    app->add_option("--sort", top->sort, "realm, sessions, events, calls or denied (realm)")
        ->check(CLI::IsMember({"realm", "sessions", "events", "calls", "denied"}));
    app->add_option("--every", top->every, "between two looks (1s)");
    app->add_option("-n", top->count, "end after so many looks")->check(CLI::PositiveNumber);
    app->footer("examples:\n  heddle top --sort events\n  heddle top -n 2 -o json");
    wiring.commands.push_back({app, [top, &wiring] {
                                   if (origin_of(wiring.globals, "realm") == "--realm") top->realm = wiring.globals.realm;
                                   return run_top(*top, wiring.globals);
                               }});
}

}  // namespace heddle::cli
