#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "router/cli/pages.hpp"
#include "router/cli/settings.hpp"
#include "router/cli/startup.hpp"
#include "router/cli/wiring.hpp"
#include "router/config/schema.hpp"

namespace heddle::cli {
namespace {

/// Text as roff shows it as it is.
std::string roff(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool line_start = i == 0 || text[i - 1] == '\n';
        if (line_start && (c == '.' || c == '\'')) out += "\\&";
        out += c == '\\' ? "\\e" : c == '-' ? "\\-" : std::string(1, c);
    }
    return out;
}

std::string head(const std::string& title, int section, const std::string& about) {
    return ".TH \"" + title + "\" \"" + std::to_string(section) + "\" \"\" \"heddle " + std::string(version()) +
           "\" \"\"\n.SH NAME\n" + roff(about) + "\n";
}

std::string option_name(const CLI::Option& option) {
    const bool word = option.get_positional() && option.get_lnames().empty() && option.get_snames().empty();
    if (word) return option.get_name(true);
    std::string out;
    for (const std::string& name : option.get_snames()) out += (out.empty() ? "-" : ", -") + name;
    for (const std::string& name : option.get_lnames())
        if (name.find('_') == name.npos) out += (out.empty() ? "--" : ", --") + name;
    return option.get_type_name().empty() || option.get_expected_max() == 0 ? out : out + " X";
}

std::string options_of(const CLI::App& app) {
    std::string out;
    for (const CLI::Option* option : app.get_options())
        out += ".TP\n.B " + roff(option_name(*option)) + "\n" + roff(option->get_description()) + "\n";
    return out;
}

std::string usage_of(const CLI::App& app, const std::string& name) {
    std::string out = name;
    const auto flags = app.get_options([](const CLI::Option* o) { return !o->get_positional() && o->get_name() != "--help"; });
    if (!flags.empty()) out += " [FLAGS]";
    for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return o->get_positional(); }))
        out += option->get_required() ? " " + option->get_name(true) : " [" + option->get_name(true) + "]";
    return out;
}

/// A command and all below it.
void put_command(const CLI::App& app, const std::string& name, std::string& out) {
    const auto inner = app.get_subcommands([](const CLI::App*) { return true; });
    if (inner.empty()) {
        out += ".SS " + roff(usage_of(app, name)) + "\n" + roff(app.get_description()) + "\n";
        for (const CLI::Option* option : app.get_options()) {
            if (option->get_name() == "--help" || option->get_lnames() == std::vector<std::string>{"help"}) continue;
            out += ".TP\n.B " + roff(option_name(*option)) + "\n" + roff(option->get_description()) + "\n";
        }
    }
    for (const CLI::App* one : inner)
        if (!one->get_group().empty()) put_command(*one, name + " " + one->get_name(), out);
    if (const std::string footer = app.get_footer(); !footer.empty())
        out += ".PP\n.nf\n" + roff(footer) + "\n.fi\n";
}

constexpr const char* more = R"(.SH VALUES
Text that is valid JSON is that value, anything else is a string: 42 4.0 true null [1,2] {"a":1} against hello 007.
Tags say otherwise: str:42, json: (strict), text:@FILE, json:@FILE, bin:@FILE, hex:00ff, b64:AP8=; @\- is stdin.
.SH SECRETS
Every secret is a reference: file:PATH, env:NAME, cmd:COMMAND (the first line it prints) or \- to be asked at the terminal.
The secret itself works too, with a warning, since process lists show it.
.SH EXIT STATUS
.TP
.B 0
done; also Ctrl\-C of subscribe and register
.TP
.B 1
answered with an error, or permission test says denied
.TP
.B 2
wrong usage
.TP
.B 3
no connection, connection lost, TLS
.TP
.B 4
not let in, or not authorized
.TP
.B 5
timeout
.TP
.B 6
bad configuration
.TP
.B 7
stale revision: somebody else edited it meanwhile
.TP
.B 9
a dry run found differences
.SH FILES
.TP
.B $XDG_CONFIG_HOME/heddle/contexts.toml
contexts; ~/.config where the variable is not set
.TP
.B $XDG_RUNTIME_DIR/heddle/admin.sock, /run/heddle/admin.sock
admin sockets, in the order in which admin commands look for them
.SH SEE ALSO
heddle.toml(5)
)";

void put_table(const config::Table& table, std::string& out) {
    const bool root = table.path.empty();
    std::string title(table.path);
    title = table.inlined ? title + " = {..}" : table.list ? "[[" + title + "]]" : "[" + title + "]";
    if (!root) out += ".SH " + roff(title) + "\n" + roff(table.doc) + "\n";
    for (const config::Key& key : table.keys) {
        std::string about = std::string(key.doc) + ". " + std::string(name_of(key.type));
        if (const std::string range = config::spell_range(key); !range.empty()) about += ", " + range;
        if (!key.choices.empty()) about += ": " + std::string(key.choices);
        if (key.required) about += "; required";
        if (!key.sample.empty()) about += "; like " + std::string(key.sample);
        if (const std::string variable = config::environment_name(table, key); !variable.empty()) about += ". " + variable;
        out += ".TP\n.B " + roff(key.name) + "\n" + roff(about) + "\n";
    }
    for (const config::Table& inner : table.tables) put_table(inner, out);
}

}  // namespace

std::string man_page(const CLI::App& app) {
    std::string out = head("HEDDLE", 1, "heddle - a WAMP and WARP router, and its tools");
    out += ".SH SYNOPSIS\n.B heddle\n[FLAGS] COMMAND [ARGUMENTS]\n.SH DESCRIPTION\n"
           "A router for WAMP whose topics and procedures are also WARP lanes; clients of both for the shell; and its\n"
           "administration, where each command is the procedure of the same name in the realm heddle.admin.\n.SH FLAGS\n"
           "Each may stand before or after the command's own, and comes from HEDDLE_<FLAG> and from a context, too.\n";
    out += options_of(app);
    for (const CommandGroup& group : command_groups()) {
        std::string title = group.purpose;
        for (char& c : title)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        out += ".SH " + roff(title) + "\n";
        for (const std::string& name : group.names)
            for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
                if (command->get_name() == name) put_command(*command, "heddle " + name, out);
    }
    return out + more;
}

std::string man_page_of_configuration() {
    std::string out = head("HEDDLE.TOML", 5, "heddle.toml - configuration of the heddle router");
    out += ".SH DESCRIPTION\nTOML. Unknown keys and values are errors, with the nearest name. Sizes (1MiB), times (10s) and\n"
           "rates (100/s) carry units. An environment variable beats the file, a flag beats both. heddle check says all\n"
           "mistakes at once, heddle config default prints a commented file to start from. Realms, roles and users of the\n"
           "file are created where the store has none of their name.\n";
    put_table(config::schema(), out);
    return out + ".SH SEE ALSO\nheddle(1)\n";
}

}  // namespace heddle::cli
