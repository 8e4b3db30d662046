#include "router/cli/admin_session.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "router/cli/credentials.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/settings.hpp"
#include "router/json_text.hpp"
#include "serializers/uris.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

constexpr const char* admin_realm = "heddle.admin";

/// The first admin socket that is there for us: of a router that this user runs, or of the machine's.
std::string admin_socket() {
    std::vector<std::string> places;
    if (const char* own = std::getenv("XDG_RUNTIME_DIR"); own && *own) places.push_back(std::string(own) + "/heddle");
    places.push_back("/run/heddle");
    for (const std::string& place : places) {
        const std::string path = place + "/admin.sock";
        std::error_code error;
        if (std::filesystem::is_socket(path, error) && ::access(path.c_str(), W_OK) == 0) return path;
    }
    return {};
}

bool chosen_by_hand(const Globals& globals) {
    const std::string url = origin_of(globals, "url"), context = origin_of(globals, "context");
    const bool context_by_hand = context.starts_with("--") || context.starts_with("HEDDLE_");
    return url.starts_with("--") || url.starts_with("HEDDLE_") || (url.starts_with("context ") && context_by_hand);
}

bool has_credentials(const Globals& globals) {
    return !globals.ticket.empty() || !globals.secret.empty() || !globals.private_key.empty() || !globals.jwt.empty() ||
           !globals.tls_cert.empty() || !globals.auth.empty();
}

bool no_such(const std::string& uri) {
    return uri == uri::not_found || uri == uri::no_such_realm || uri == uri::no_such_role ||
           uri == uri::no_such_session;
}

}  // namespace

Globals admin_globals(const Globals& globals) {
    Globals out = globals;
    out.realm = admin_realm;
    if (!chosen_by_hand(globals)) {
        if (const std::string path = admin_socket(); !path.empty()) {
            out.url = "ws+unix:" + path;
            out.url_origin = "is the admin socket";
            const std::string origin = origin_of(globals, "authid");
            // A context's credentials are for its own router.
            if (!origin.starts_with("--") && !origin.starts_with("HEDDLE_") && globals.origins.contains("context")) {
                out.authid = out.ticket = out.secret = out.private_key = out.jwt = out.tls_cert = out.tls_key = "";
                out.context.clear();
            }
        }
    }
    const bool local = out.url.starts_with("ws+unix:") || out.url.starts_with("rs+unix:");
    if (local && !has_credentials(out)) out.auth = "local";
    return out;
}

AdminSession::AdminSession(const Globals& globals) : told_(globals), globals_(admin_globals(globals)) {
    try {
        client_ = std::make_unique<WampClient>(loop_, wamp_options(globals_));
    } catch (Failure& failure) {
        if (failure.kind == Failure::Kind::not_let_in && failure.uri == uri::no_such_realm)
            failure.hints.push_back(globals_.url + " has no listener with serve = [.. \"admin\"], or it is elsewhere: --url");
        if (failure.kind == Failure::Kind::not_let_in && !has_credentials(globals_))
            failure.hints.push_back("administrators are users of the realm heddle.admin: --authid admin --secret -");
        if (failure.kind == Failure::Kind::no_connection && globals_.url != globals.url)
            failure.hints.push_back(globals_.url + " is the admin socket; another way: --url");
        throw;
    }
}

AdminSession::~AdminSession() {
    try {
        client_->leave();
    } catch (const Failure&) {  // it is over anyway
    }
}

json AdminSession::call(const admin::Operation& operation, const AdminArguments& arguments) {
    const std::string procedure = "heddle." + std::string(operation.noun) + "." + std::string(operation.verb);
    const std::string args = json(arguments.places).dump(), kwargs = arguments.named.dump();
    std::optional<Failure> failure;
    std::optional<json> result;
    client_->call(procedure, {}, {Encoding::json, args, kwargs}, [&](const Message& message) {
        const auto read = [](std::string_view text, json otherwise) {
            json out = json_or_null(text);
            return out.is_structured() ? out : otherwise;
        };
        const auto of = [&](const Payload& payload) {
            PayloadForms forms(payload);
            const Payload text = forms.in(Encoding::json);
            return std::pair(read(text.args, json::array()), read(text.kwargs, json::object()));
        };
        if (const auto* error = std::get_if<ErrorReply>(&message)) {
            const auto [list, map] = of(error->payload);
            failure = admin_failure(operation, error->error, list, map, told_);
        } else if (const auto* done = std::get_if<CallResult>(&message)) {
            result = of(done->payload).second;
        }
    });
    client_->wait([&] { return result || failure; }, procedure);
    if (failure) throw *failure;
    return std::move(*result);
}

json AdminSession::call(std::string_view noun, std::string_view verb, const AdminArguments& arguments) {
    const admin::Operation* operation = admin::find(noun, verb);
    if (!operation) throw Failure(Failure::Kind::refused, "there is no operation " + std::string(noun) + "." + std::string(verb));
    return call(*operation, arguments);
}

std::optional<json> AdminSession::find(std::string_view noun, std::string_view verb, const AdminArguments& arguments) {
    try {
        return call(noun, verb, arguments);
    } catch (const Failure& failure) {
        if (no_such(failure.uri)) return std::nullopt;
        throw;
    }
}

void AdminSession::watch(const std::string& topic, std::function<void(const json&)> heard) {
    bool answered = false;
    std::optional<Failure> refusal;
    const auto answer = [&](const Message& message) {
        answered = true;
        if (const auto* error = std::get_if<ErrorReply>(&message)) refusal = refused_by(*error, "subscribe " + topic, globals_);
    };
    client_->subscribe(topic, {}, answer, [heard = std::move(heard)](const Event& event) {
        PayloadForms forms(event.payload);
        const Payload text = forms.in(Encoding::json);
        const json args = json_or_null(text.args);
        const json kwargs = json_or_null(text.kwargs);
        if (args.is_array() && !args.empty())
            heard(args.front());
        else if (kwargs.is_object() && !kwargs.empty())
            heard(kwargs);
    });
    client_->wait([&] { return answered; }, "SUBSCRIBED");
    if (refusal) throw *refusal;
}

Failure admin_failure(const admin::Operation& operation, std::string_view error, const json& args, const json& kwargs,
                      const Globals& globals) {
    const std::string uri(error), what = std::string(operation.noun) + " " + std::string(operation.verb);
    const bool denied = uri == uri::not_authorized || uri == uri::authorization_failed;
    std::string detail = !args.empty() && args.front().is_string() ? args.front().get<std::string>() : "refused: " + what;
    std::vector<std::string> hints;
    const json none = json::array(), errors = kwargs.value("errors", none);
    for (const json& one : errors.is_array() ? errors : none) {
        const std::string text = one.value("detail", ""), pointer = one.value("pointer", "");
        if (errors.size() > 1 || detail.find(text) == std::string::npos)
            hints.push_back((pointer.empty() ? "" : pointer.substr(1) + ": ") + text);
    }
    if (denied) {
        if (detail.find("not authorized") == std::string::npos) detail = "not authorized to " + what;
        hints.push_back("as " + describe_identity(globals));
        return {Failure::Kind::not_let_in, detail, hints, uri};
    }
    if (uri == "heddle.error.stale_revision") {
        hints.push_back("read it again and decide: heddle " + std::string(operation.noun) +
                        " get ..; to overwrite whatever is there: --revision '*'");
        return {Failure::Kind::stale, detail, hints, uri};
    }
    if (uri == uri::no_such_procedure) {
        detail = "this router has no heddle." + std::string(operation.noun) + "." + std::string(operation.verb);
        hints.push_back("heddle --version and the router's may differ");
    }
    return {Failure::Kind::refused, detail, hints, uri};
}

}  // namespace heddle::cli
