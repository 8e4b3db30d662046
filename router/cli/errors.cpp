#include "router/cli/errors.hpp"

#include <unistd.h>

#include <iostream>

#include "router/cli/credentials.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/settings.hpp"
#include "router/cli/table.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/uris.hpp"

namespace heddle::cli {
namespace {

bool not_authorized(const std::string& error) {
    return error == uri::not_authorized || error == uri::authorization_failed;
}

/// Where our credentials came from.
std::string credentials_origin(const Globals& globals) {
    std::string out;
    for (const SettingInfo& setting : settings())
        if ((setting.credential || setting.name == "authid" || setting.name == "auth") &&
            globals.origins.contains(setting.name))
            out += (out.empty() ? "" : ", ") + origin_of(globals, setting.name);
    if (out.empty()) return "no credentials were given: --authid with --ticket, --secret or --private-key; or --jwt";
    return "credentials come from " + out;
}

/// Where the address came from and what to try, as the person at the keyboard knows least about that.
std::vector<std::string> hints_of(const Failure& failure, const Globals& globals) {
    std::vector<std::string> hints = failure.hints;
    if (failure.kind == Failure::Kind::no_connection) {
        hints.push_back("address " + globals.url_origin +
                        "; is a router running? try: heddle health; other address: --url or HEDDLE_URL");
    } else if (failure.kind == Failure::Kind::not_let_in && !failure.uri.empty()) {
        if (failure.uri == uri::no_such_realm)
            hints.push_back("realm " + globals.realm + "; other realm: --realm or HEDDLE_REALM");
        else if (!globals.who || globals.who->session == 0)
            hints.push_back(credentials_origin(globals));
    } else if (failure.kind == Failure::Kind::timeout && hints.empty()) {
        hints.push_back("waited " + globals.timeout_text + "; longer: --timeout or HEDDLE_TIMEOUT");
    }
    return hints;
}

/// Flags of `permission test` for what we were.
std::string as_asked(const Globals& globals) {
    const bool known = globals.who && globals.who->session != 0;
    const bool named = known && globals.who->authmethod != "anonymous";
    std::string flags = " --realm " + (known ? globals.who->realm : globals.realm);
    return flags + (named ? " --user " + globals.who->authid
                          : " --role " + (known ? globals.who->authrole : std::string("anonymous")));
}

bool coloured(const Globals& globals) {
    return globals.color == "always" || (globals.color == "auto" && ::isatty(STDERR_FILENO));
}

}  // namespace

int exit_code_of(const Failure& failure) {
    switch (failure.kind) {
        case Failure::Kind::usage:
            return exit_usage;
        case Failure::Kind::no_connection:
            return exit_no_connection;
        case Failure::Kind::not_let_in:
            return exit_not_let_in;
        case Failure::Kind::timeout:
            return exit_timeout;
        case Failure::Kind::refused:
            return exit_refused;
        case Failure::Kind::bad_config:
            return exit_bad_config;
        case Failure::Kind::stale:
            return exit_stale;
    }
    return exit_refused;
}

std::string render_failure(const Failure& failure, const Globals& globals) {
    auto hints = hints_of(failure, globals);
    if (globals.form == Form::json) {
        ByteBuffer out;
        JsonWriter json(out);
        json.map_begin();
        json.key("error");
        failure.uri.empty() ? json.null() : json.text(failure.uri);
        json.key("message");
        json.text(failure.message);
        json.key("hints");
        json.list_begin();
        for (const std::string& hint : hints) json.text(hint);
        json.list_end();
        json.key("exit");
        json.integer(exit_code_of(failure));
        json.map_end();
        return std::string(out.view()) + "\n";
    }
    std::string label = coloured(globals) ? "\x1b[31merror:\x1b[0m " : "error: ";
    bool named = failure.uri.empty() || failure.message.find(failure.uri) != std::string::npos;
    // The router's words, and other clients' words behind them, may stand in any of these.
    std::string text = failure.message + (named ? "" : "  (" + failure.uri + ")") + "\n";
    for (const std::string& hint : hints) text += "  " + hint + "\n";
    return label + harmless_lines(text);
}

void print_failure(const Failure& failure, const Globals& globals) {
    std::cerr << render_failure(failure, globals) << std::flush;
}

Failure refused_by(const ErrorReply& error, const std::string& what, const Globals& globals) {
    std::string name(error.error);
    bool denied = not_authorized(name);
    std::string message = (denied ? "not authorized to " : "refused: ") + what;
    std::vector<std::string> hints;
    if (denied) {
        hints.push_back("as " + describe_identity(globals));
        hints.push_back("an administrator can ask why: heddle permission test" + as_asked(globals) + " " + what);
    }
    PayloadForms forms(error.payload);
    const Payload payload = forms.in(Encoding::json);
    if (!payload.args.empty() && payload.args != "[]") hints.push_back("args " + std::string(payload.args));
    if (!payload.kwargs.empty() && payload.kwargs != "{}") hints.push_back("kwargs " + std::string(payload.kwargs));
    return {denied ? Failure::Kind::not_let_in : Failure::Kind::refused, message, hints, name};
}

void notice(const Globals& globals, const std::string& line) {
    if (!globals.quiet) std::cerr << harmless_lines(line) << "\n" << std::flush;
}

}  // namespace heddle::cli
