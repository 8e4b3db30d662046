#include "router/cli/admin_command.hpp"

#include <iostream>

#include "router/cli/admin_render.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;
using admin::Operation;
using admin::Revised;

/// The arguments of `get` for the same object: its places.
AdminArguments places_of(const AdminCommand& command) { return {command.arguments.places, json::object()}; }

/// The rule that a command names, as the role has it now; nothing where it has none.
std::optional<json> present_rule(AdminSession& session, const AdminCommand& command) {
    AdminArguments arguments = places_of(command);
    arguments.named["limit"] = 1000;
    const std::string match = command.arguments.named.value("match", "exact"), uri = command.arguments.named.value("uri", "");
    for (;;) {
        const json page = session.call("permission", "list", arguments);
        for (const json& rule : page.value("items", json::array()))
            if (rule.value("match", "") == match && rule.value("uri", "") == uri) return rule;
        if (!page.contains("next") || page["next"].is_null()) return std::nullopt;
        arguments.named["after"] = page["next"];
    }
}

/// Reads the revision that an edit must name, where none was given.
void fill_revision(AdminSession& session, AdminCommand& command) {
    const Operation& operation = *command.operation;
    if (!command.revision.empty()) command.arguments.named["revision"] = command.revision;
    if (operation.revised != Revised::writes || !command.revision.empty()) return;
    std::optional<json> present;
    if (operation.noun == "permission")
        present = present_rule(session, command);
    else
        present = session.find(operation.noun, "get", places_of(command));
    const bool known = present && present->contains("revision");
    command.arguments.named["revision"] = known ? json((*present)["revision"].dump()) : json("new");
}

/// Places and keywords by their names, for the line that says what was done.
json subject_of(const AdminCommand& command) {
    json out = json::object();
    std::size_t place = 0;
    for (const admin::Field& field : command.operation->fields) {
        const std::string name(field.name);
        if (field.in == admin::Field::In::place && place < command.arguments.places.size())
            out[name] = command.arguments.places[place++];
        else if (field.word && command.arguments.named.contains(name))
            out[name] = command.arguments.named[name];
    }
    return out;
}

void print_items(const json& items, const Operation& operation, Form form) {
    if (form == Form::json) {
        for (const json& item : items) print_json(item);
    } else if (operation.noun == "audit") {
        for (const json& item : items) std::cout << render_audit(item);
    } else {
        std::cout << render_items(items);
    }
}

int run_list(AdminSession& session, AdminCommand& command, const Globals& globals) {
    bool any = false;
    for (;;) {
        const json page = session.call(*command.operation, command.arguments);
        const json items = page.value("items", json::array());
        any = any || !items.empty();
        print_items(items, *command.operation, globals.form);
        const json next = page.value("next", json());
        if (page.contains("total") && globals.form != Form::json) notice(globals, cell_of(page["total"]) + " in all");
        if (next.is_null()) break;
        const std::string after = next.is_string() ? next.get<std::string>() : next.dump();
        if (!command.all) {
            notice(globals, "there are more: --all, or --after " + after);
            break;
        }
        command.arguments.named["after"] = after;
    }
    if (!any) notice(globals, "none");
    return exit_done;
}

int follow_audit(AdminSession& session, const Globals& globals) {
    session.loop().catch_signals();
    session.watch("heddle.audit.on_entry", [&](const json& entry) {
        globals.form == Form::json ? print_json(entry) : void(std::cout << render_audit(entry) << std::flush);
    });
    session.client().wait_long([] { return false; }, no_deadline);
    return exit_done;
}

}  // namespace

void print_json(const json& value) { std::cout << value.dump(-1, ' ', false, json::error_handler_t::replace) << "\n" << std::flush; }

std::string realm_place(const Globals& globals) { return globals.realm; }

int run_admin(AdminCommand command, const Globals& globals) {
    AdminSession session(globals);
    const Operation& operation = *command.operation;
    if (operation.pages) {
        const int code = run_list(session, command, globals);
        return command.follow && code == exit_done ? follow_audit(session, globals) : code;
    }
    fill_revision(session, command);
    const json answer = session.call(operation, command.arguments);
    if (globals.form == Form::json)
        print_json(answer);
    else if (operation.noun == "config" && operation.verb == "reload")
        std::cout << render_reload(answer, command.arguments.named.value("dry_run", false));
    else if (operation.noun == "stats")
        std::cout << render_stats(answer);
    else if (operation.changes && operation.noun != "session")
        std::cout << render_change(operation, subject_of(command), answer);
    else if (answer.contains("items"))
        print_items(answer["items"], operation, globals.form);
    else
        std::cout << render_object(answer);
    if (operation.noun == "token" && operation.verb == "create" && globals.form != Form::json && answer.contains("token")) {
        std::cout << cell_of(answer["token"]) << "\n";
        notice(globals, "shown this once; use: HEDDLE_TICKET=hdl_.. heddle realm list, or curl -H \"Authorization: Bearer hdl_..\"");
    }
    return exit_done;
}

int run_permission_test(AdminCommand command, const Globals& globals) {
    AdminSession session(globals);
    const json answer = session.call(*command.operation, command.arguments);
    if (globals.form == Form::json)
        print_json(answer);
    else
        std::cout << render_test(command.arguments.named, answer);
    return answer.value("allowed", false) ? exit_done : exit_refused;
}

int run_permission_edit(const PermissionEdit& edit, const Globals& globals) {
    AdminSession session(globals);
    AdminCommand command;
    const bool clears = edit.kind == PermissionEdit::Kind::clear;
    command.operation = admin::find("permission", clears ? "remove" : "put");
    command.arguments.places = {realm_place(globals), edit.role};
    command.arguments.named = {{"match", edit.match}, {"uri", edit.uri}};
    command.revision = edit.revision;
    const auto present = present_rule(session, command);
    if (edit.revision.empty()) command.revision = present ? (*present)["revision"].dump() : "new";
    if (!clears) {
        const std::string gains = edit.kind == PermissionEdit::Kind::allow ? "allow" : "deny";
        const std::string loses = gains == "allow" ? "deny" : "allow";
        const auto field = std::find_if(command.operation->fields.begin(), command.operation->fields.end(),
                                        [&](const admin::Field& one) { return one.name == gains; });
        const json actions = argument_of(*field, edit.actions, "ACTION");
        for (const char* kind : {"allow", "deny", "disclose", "conceal"}) {
            json list = present ? present->value(kind, json::array()) : json::array();
            for (const json& action : actions) {
                const auto at = std::find(list.begin(), list.end(), action);
                if (kind == gains && at == list.end()) list.push_back(action);
                if (kind == loses && at != list.end()) list.erase(at);
            }
            if (!list.empty()) command.arguments.named[kind] = list;
        }
    }
    command.arguments.named["revision"] = command.revision;
    const json answer = session.call(*command.operation, command.arguments);
    if (globals.form == Form::json)
        print_json(answer);
    else
        std::cout << render_change(*command.operation, subject_of(command), answer);
    return exit_done;
}

}  // namespace heddle::cli
