#include "router/admin/openapi.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "router/admin/http_routes.hpp"
#include "router/admin/openapi_schemas.hpp"
#include "router/admin/operation.hpp"
#include "router/http_routes.hpp"

namespace heddle::admin {
namespace {

using nlohmann::ordered_json;

struct Status {
    unsigned code;
    std::string_view name, doc;
};

constexpr Status bad_request{400, "Malformed", "The body is not JSON, or the query is not well-formed."};
constexpr Status unauthorized{401, "Unauthorized", "No credentials, or wrong ones."};
constexpr Status forbidden{403, "Forbidden", "No rule of the administrator's role allows this; or the page is of another site."};
constexpr Status not_found{404, "NotFound", "There is no such realm, role, user, session, .."};
constexpr Status conflict{409, "Conflict", "It exists already, or is in use."};
constexpr Status stale{412, "Stale", "Somebody changed it meanwhile: current, changed_by, changed_at."};
constexpr Status too_large{413, "TooLarge", "The body is larger than limits.message."};
constexpr Status media_type{415, "MediaType", "The Content-Type is none that is taken here."};
constexpr Status invalid{422, "Invalid", "A name or value is not what belongs there: errors says which and why."};
constexpr Status required{428, "RevisionRequired", "If-Match or If-None-Match is missing."};
constexpr Status throttled{429, "Throttled", "Too many failed logins: Retry-After says how long to wait."};
constexpr Status store_failed{500, "StoreFailed", "The store failed; nothing was applied."};
constexpr Status unavailable{503, "Unavailable", "The router stops."};
constexpr Status all_statuses[] = {bad_request, unauthorized, forbidden, not_found, conflict,     stale,      too_large,
                                   media_type,  invalid,      required,  throttled, store_failed, unavailable};

ordered_json parameter(const Field& field) {
    const bool place = field.in == Field::In::place;
    ordered_json made{{"name", field.name}, {"in", place ? "path" : "query"}, {"required", place || field.required}};
    made["description"] = field.doc;
    made["schema"] = schema_of(field);
    return made;
}

ordered_json header(std::string_view name, std::string_view doc) {
    return {{"name", name}, {"in", "header"}, {"description", doc}, {"schema", {{"type", "string"}}}};
}

ordered_json parameters_of(const Operation& operation, std::string_view path) {
    ordered_json all = ordered_json::array();
    for (const Field& field : operation.fields) {
        const bool in_path = path.find("{" + std::string(field.name) + "}") != std::string_view::npos;
        if (field.in == Field::In::query || (field.in == Field::In::place && in_path)) all.push_back(parameter(field));
    }
    if (operation.pages)
        for (const Field& field : page_fields()) all.push_back(parameter(field));
    if (operation.revised == Revised::writes || operation.revised == Revised::may) {
        all.push_back(header("If-Match", "ETag of the object as it was read, or * to change it whatever it is now"));
        all.push_back(header("If-None-Match", "*: only create"));
    } else if (operation.revised == Revised::reads) {
        all.push_back(header("If-None-Match", "an ETag: 304 where that is what is there"));
    }
    return all;
}

bool takes_body(const Operation& operation) { return operation.method == Verb::put || operation.method == Verb::post; }

ordered_json body_of(const Operation& operation) {
    ordered_json schema = operation.document.empty() ? ordered_json{{"type", "object"}}
                                             : ordered_json{{"$ref", "#/components/schemas/" + std::string(operation.document)}};
    if (operation.document.empty()) {
        ordered_json properties = ordered_json::object(), needed = ordered_json::array();
        for (const Field& field : operation.fields) {
            if (field.in != Field::In::body) continue;
            ordered_json property = schema_of(field);
            property["description"] = field.doc;
            properties[std::string(field.name)] = std::move(property);
            if (field.required) needed.push_back(field.name);
        }
        schema["properties"] = std::move(properties);
        if (!needed.empty()) schema["required"] = std::move(needed);
        schema["additionalProperties"] = false;
    }
    ordered_json content{{"application/json", {{"schema", schema}}}};
    if (!operation.document.empty()) content["application/toml"] = {{"schema", {{"type", "string"}}}};
    return {{"required", schema.contains("required")}, {"content", std::move(content)}};
}

ordered_json good_answers(const Operation& operation) {
    ordered_json headers = ordered_json::object();
    if (operation.revised != Revised::no) headers["ETag"] = {{"schema", {{"type", "string"}}}};
    ordered_json schema{{"type", "object"}};
    if (operation.pages)
        schema["properties"] = {{"items", {{"type", "array"}, {"items", {{"type", "object"}}}}},
                                {"next", {{"type", {"string", "null"}}, {"description", "for `after`; null: that was all"}}},
                                {"total", {{"type", "integer"}}}};
    ordered_json done{{"description", "Done: stored, in force, and what it revokes is revoked."}};
    if (operation.method == Verb::get) done["description"] = "As it is now.";
    done["content"] = {{"application/json", {{"schema", schema}}}};
    if (!headers.empty()) done["headers"] = headers;
    ordered_json answers = ordered_json::object();
    if (operation.verb != "create") answers["200"] = done;
    if (operation.verb == "put" || operation.verb == "create") {
        done["description"] = "Created.";
        done["headers"]["Location"] = {{"schema", {{"type", "string"}}}};
        answers["201"] = done;
    }
    if (operation.method != Verb::get) answers["204"] = {{"description", "Done; there is nothing to say."}};
    if (operation.revised == Revised::reads) answers["304"] = {{"description", "It is what If-None-Match says."}};
    return answers;
}

ordered_json responses_of(const Operation& operation) {
    ordered_json answers = good_answers(operation);
    const auto add = [&](const Status& status) {
        answers[std::to_string(status.code)] = {{"$ref", "#/components/responses/" + std::string(status.name)}};
    };
    for (const Status& status : {bad_request, unauthorized, forbidden}) add(status);
    if (operation.path.find('{') != std::string_view::npos) add(not_found);
    if (operation.revised == Revised::writes) add(conflict);
    if (operation.revised == Revised::writes || operation.revised == Revised::may) add(stale);
    if (takes_body(operation)) add(too_large), add(media_type);
    add(invalid);
    if (operation.revised == Revised::writes) add(required);
    add(throttled);
    if (operation.changes) add(store_failed);
    add(unavailable);
    return answers;
}

ordered_json operation_of(const Operation& operation, std::string_view path, bool again) {
    const std::string id = std::string(operation.noun) + "." + std::string(operation.verb);
    ordered_json made{{"operationId", again ? id + ".all" : id}, {"tags", {operation.noun}}, {"summary", operation.doc}};
    made["description"] = "WAMP procedure `heddle." + id + "`" +
                          (operation.examples.empty() ? "" : "; on the command line:\n```\n" + std::string(operation.examples) + "\n```");
    ordered_json parameters = parameters_of(operation, path);
    if (!parameters.empty()) made["parameters"] = std::move(parameters);
    if (takes_body(operation)) made["requestBody"] = body_of(operation);
    made["responses"] = responses_of(operation);
    return made;
}

ordered_json problem_schema() {
    const ordered_json text{{"type", "string"}};
    const ordered_json fault{{"type", "object"}, {"properties", {{"pointer", text}, {"detail", text}}}};
    return {{"type", "object"},
            {"description", "RFC 9457"},
            {"required", {"type", "title", "status", "error"}},
            {"properties",
             {{"type", text},
              {"title", text},
              {"status", {{"type", "integer"}}},
              {"detail", text},
              {"error", {{"type", "string"}, {"description", "the error URI that a WAMP caller gets"}}},
              {"errors", {{"type", "array"}, {"items", fault}}},
              {"current", {{"description", "of 412: the object's revision now"}}},
              {"changed_by", text},
              {"changed_at", text}}}};
}

ordered_json components() {
    ordered_json responses = ordered_json::object();
    for (const Status& status : all_statuses) {
        ordered_json made{{"description", status.doc}};
        made["content"] = {{"application/problem+json", {{"schema", {{"$ref", "#/components/schemas/problem"}}}}}};
        if (status.code == 401) made["headers"]["WWW-Authenticate"] = {{"schema", {{"type", "string"}}}};
        if (status.code == 429) made["headers"]["Retry-After"] = {{"schema", {{"type", "integer"}}}};
        responses[std::string(status.name)] = std::move(made);
    }
    ordered_json schemas{{"problem", problem_schema()}};
    for (const Operation& operation : operations()) {
        const std::string name(operation.document);
        if (!name.empty() && !schemas.contains(name)) schemas[name] = document_schema(name);
    }
    return {{"schemas", std::move(schemas)},
            {"responses", std::move(responses)},
            {"securitySchemes",
             {{"bearer", {{"type", "http"}, {"scheme", "bearer"}, {"description", "a token (hdl_..) or a JWT"}}},
              {"basic", {{"type", "http"}, {"scheme", "basic"}, {"description", "authid and password"}}},
              {"certificate", {{"type", "mutualTLS"}}},
              {"cookie", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "heddle"}}}}}};
}

std::string made() {
    ordered_json paths = ordered_json::object();
    for (const Operation& operation : operations()) {
        for (const std::string_view path : {operation.path, operation.also_path}) {
            if (path.empty()) continue;
            std::string method(name_of(operation.method));
            std::transform(method.begin(), method.end(), method.begin(), [](char c) { return static_cast<char>(c | 0x20); });
            paths[std::string(path)][method] = operation_of(operation, path, path == operation.also_path);
        }
    }
    const ordered_json document{
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "heddle administration"},
          {"version", HEDDLE_VERSION},
          {"description", "Administrators are users of the realm heddle.admin; every operation is a CALL there."}}},
        {"servers", {{{"url", api_base}}}},
        {"security",
         {{{"bearer", ordered_json::array()}},
          {{"basic", ordered_json::array()}},
          {{"certificate", ordered_json::array()}},
          {{"cookie", ordered_json::array()}}}},
        {"paths", std::move(paths)},
        {"components", components()}};
    return document.dump(1) + "\n";
}

}  // namespace

const std::string& openapi() {
    static const std::string text = made();
    return text;
}

}  // namespace heddle::admin
