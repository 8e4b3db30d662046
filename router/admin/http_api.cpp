#include "router/admin/http_api.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "router/admin/http_arguments.hpp"
#include "router/admin/http_routes.hpp"
#include "router/admin/openapi.hpp"
#include "router/http_media.hpp"
#include "router/http_problem.hpp"
#include "router/http_routes.hpp"
#include "router/json_text.hpp"
#include "serializers/uris.hpp"

namespace heddle::admin {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;

constexpr std::string_view api_methods = "GET, HEAD, PUT, POST, DELETE";

HttpAnswer problem_answer(const HttpProblem& problem, std::string_view error, std::string_view detail, const json& more) {
    HttpAnswer answer;
    answer.status = problem.status;
    answer.content_type = media_problem;
    json body = more.is_object() ? more : json::object();
    body["type"] = problem.type;
    body["title"] = problem.title;
    body["status"] = problem.status;
    body["error"] = error;
    if (!detail.empty()) body["detail"] = detail;
    answer.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    keep_nowhere(answer);
    return answer;
}

std::string_view after_base(std::string_view path) {
    path.remove_prefix(api_base.size());
    return path.empty() ? "/" : path;
}

class ApiExchange final : public HttpExchange {
 public:
    ApiExchange(const Operation& operation, std::string path, std::string known, bool creates)
        : operation_(operation), path_(std::move(path)), known_(std::move(known)), creates_(creates) {}

    HttpOutput on_step(CallStep& step) override {
        return {HttpOutput::Part::whole, step.kind == CallStep::Kind::result ? result(step) : failure(step)};
    }

 private:
    HttpAnswer result(const CallStep& step) const {
        json body = json_or_null(step.kwargs.empty() ? "{}" : step.kwargs);
        if (!body.is_object()) return problem_answer(problem_of({}, false), "heddle.error.internal_error", "the answer makes no sense", {});
        HttpAnswer answer;
        keep_nowhere(answer);
        const bool created = creates_ || body.value("created", false);
        if (operation_.verb == "put" || operation_.verb == "create") body.erase("created");
        if (const auto revision = body.find("revision"); revision != body.end() && revision->is_number_unsigned()) {
            const std::string tag = "\"" + std::to_string(revision->get<std::uint64_t>()) + "\"";
            answer.fields.push_back({"ETag", tag});
            if (operation_.method == Verb::get && known_ == tag) {
                answer.status = 304;
                return answer;
            }
        }
        if (operation_.verb == "export") body.erase("revision");  // so that `apply` takes the body as it is
        if (created) answer.fields.push_back({"Location", path_});
        answer.status = created ? 201 : 200;
        const bool empty = body.empty() || (body.size() == 1 && body.contains("revision"));
        if (empty && !created && operation_.method != Verb::get) {
            answer.status = 204;
            return answer;
        }
        answer.content_type = "application/json";
        answer.body = body.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        return answer;
    }

    HttpAnswer failure(const CallStep& step) const {
        const bool at_the_door = step.kind == CallStep::Kind::refused;
        json more = json_or_null(step.kwargs);
        const json args = json_or_null(step.args);
        const std::string detail = args.is_array() && !args.empty() && args[0].is_string() ? args[0].get<std::string>() : step.detail;
        HttpAnswer answer = problem_answer(at_the_door ? login_problem_of(step.error) : problem_of(step.error, false), step.error,
                                           detail, more);
        if (answer.status == 401) add_challenges(answer, admin_realm, true, true);
        std::uint64_t wait = step.retry_after_s;
        if (more.is_object() && more.contains("retry_after") && more["retry_after"].is_number_unsigned()) wait = more["retry_after"];
        if (wait != 0) answer.fields.push_back({"Retry-After", std::to_string(wait)});
        return answer;
    }

    const Operation& operation_;
    const std::string path_;
    const std::string known_;  // If-None-Match of a GET
    const bool creates_;
};

/// Reads the arguments and makes them the task's message, or an answer that says what is wrong with them.
std::optional<CallStep> prepare(const Operation& operation, const ArgumentText& text, SharedBytes& message) {
    Arguments arguments = read_arguments(operation, text);
    if (arguments.error.empty()) {
        message = std::move(arguments.message);
        return std::nullopt;
    }
    json errors = json::array();
    for (const ArgumentFault& fault : arguments.faults)
        errors.push_back({{"pointer", fault.pointer}, {"detail", fault.detail}});
    CallStep step{CallStep::Kind::error, arguments.error};
    step.args = json::array({arguments.faults.front().detail}).dump(-1, ' ', false, json::error_handler_t::replace);
    step.kwargs = json::object({{"errors", errors}}).dump(-1, ' ', false, json::error_handler_t::replace);
    return step;
}

ArgumentText text_of(const ApiRoute& route, const HttpAsk& ask) {
    const auto header = [&](http::field name) { return std::string(view(ask.request[name])); };
    return {route.places,
            std::string(ask.query),
            ask.request.body(),
            header(http::field::content_type),
            header(http::field::if_match),
            header(http::field::if_none_match)};
}

/// What a browser sends by itself is no proof that its user wants this: the request comes from a page of ours, and is one
/// that no form can send.
std::optional<HttpAnswer> refuse_forged(const HttpAsk& ask, bool login_said) {
    const http::verb method = ask.request.method();
    if (login_said || method == http::verb::get || method == http::verb::head) return std::nullopt;
    if (!ask.facts.cookie.empty() && !ask.from_page && view(ask.request["Sec-Fetch-Site"]) != "same-origin")
        return api_refusal("heddle.error.cross_site", "a change by cookie must say its origin: header Origin");
    const bool form = method == http::verb::post || method == http::verb::put;
    const std::string_view type = view(ask.request[http::field::content_type]);
    if ((!ask.facts.cookie.empty() || ask.facts.certificate) && form && !encoding_of_media(type) && !is_toml(type))
        return api_refusal("heddle.error.no_such_media_type",
                           "a change by cookie or client certificate has Content-Type application/json, even without a body");
    return std::nullopt;
}

}  // namespace

HttpAnswer api_refusal(std::string_view error, std::string_view detail, std::string_view pointer) {
    json more = json::object();
    if (!pointer.empty()) more["errors"] = json::array({{{"pointer", pointer}, {"detail", detail}}});
    return problem_answer(problem_of(error), error, detail, more);
}

std::optional<HttpAnswer> api_preface(const HttpRequest& request, std::string_view path) {
    const std::string_view inner = after_base(path);
    const std::string_view method = view(request.method_string());
    const bool description = inner == "/openapi.json";
    const ApiRoute route = description ? ApiRoute{nullptr, {}, "GET, HEAD, OPTIONS"} : find_route(method, inner);
    if (route.allowed.empty()) {
        HttpAnswer answer = api_refusal("heddle.error.no_such_path", "there is no such path; all: /api/v1/openapi.json");
        return answer;
    }
    if (method == "OPTIONS")
        return HttpAnswer{204,
                          {},
                          {},
                          {{"Allow", route.allowed},
                           {"Access-Control-Allow-Methods", std::string(api_methods)},
                           {"Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, If-None-Match"},
                           {"Access-Control-Max-Age", "600"}}};
    if (description && (method == "GET" || method == "HEAD")) return HttpAnswer{200, "application/json", openapi(), {}};
    if (route.operation) return std::nullopt;
    HttpAnswer answer = api_refusal("heddle.error.no_such_method", "this path takes " + route.allowed);
    answer.fields.push_back({"Allow", route.allowed});
    return answer;
}

HttpBegun begin_api(HttpAsk ask) {
    const ApiRoute route = find_route(view(ask.request.method_string()), after_base(ask.path));
    const auto login = login_in(view(ask.request[http::field::authorization]));
    if (!login || ask.request.count(http::field::authorization) > 1) {
        HttpAnswer answer = api_refusal(uri::authentication_failed, login ? "header Authorization is there twice" : login.error().what);
        add_challenges(answer, admin_realm, true, true);
        return at_once(std::move(answer));
    }
    if (auto forged = refuse_forged(ask, !login->method.empty())) return at_once(std::move(*forged));
    ArgumentText text = text_of(route, ask);
    const Operation& operation = *route.operation;
    const bool reads = operation.method == Verb::get;
    const bool creates = !reads && operation.revised == Revised::writes && text.if_none_match == "*";
    HttpBegun begun;
    begun.task.realm = admin_realm;
    begun.task.facts = std::move(ask.facts);
    begun.task.login = *login;
    begun.exchange = std::make_unique<ApiExchange>(operation, std::string(ask.path),
                                                   reads ? text.if_none_match : std::string(), creates);
    begun.task.prepare = [&operation, text = std::move(text)](SharedBytes& message) {
        return prepare(operation, text, message);
    };
    return begun;
}

}  // namespace heddle::admin
