// Administration by HTTP, sans socket: paths, arguments, answers.
#include "router/admin/http_api.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "router/admin/http_arguments.hpp"
#include "router/admin/http_routes.hpp"
#include "router/http_routes.hpp"
#include "serializers/encoding.hpp"

namespace heddle::admin {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;
using Fields = std::vector<std::pair<std::string, std::string>>;

HttpRequest request(http::verb method, const std::string& target, const std::string& body = "", const Fields& fields = {}) {
    HttpRequest made(method, target, 11);
    made.body() = body;
    for (const auto& [name, value] : fields) made.set(name, value);
    return made;
}

Fields json_type(Fields more = {}) {
    more.emplace_back("Content-Type", "application/json");
    return more;
}

HttpBegun begin(const HttpRequest& asked, PeerFacts facts = {}, bool from_page = false) {
    const std::string_view target = view(asked.target());
    const std::size_t question = target.find('?');
    const std::string_view query = question == target.npos ? std::string_view() : target.substr(question + 1);
    return begin_api({asked, target.substr(0, question), query, std::move(facts), from_page});
}

/// As after a login.
json call_of(const HttpRequest& asked) {
    HttpBegun begun = begin(asked);
    EXPECT_FALSE(begun.answer) << begun.answer->body;
    const auto refusal = begun.task.prepare(begun.task.message);
    EXPECT_FALSE(refusal) << refusal->args;
    return json::parse(begun.task.message.view());
}

json refusal_of(const HttpRequest& asked, unsigned status) {
    HttpBegun begun = begin(asked);
    if (!begun.answer) {
        auto refusal = begun.task.prepare(begun.task.message);
        if (!refusal) return ADD_FAILURE() << "was taken: " << begun.task.message.view(), json::object();
        begun.answer = begun.exchange->on_step(*refusal).answer;
    }
    EXPECT_EQ(begun.answer->status, status) << begun.answer->body;
    EXPECT_EQ(begun.answer->content_type, "application/problem+json");
    return json::parse(begun.answer->body);
}

TEST(HttpApi, ARequestIsACall) {
    const HttpRequest asked = request(http::verb::put, "/api/v1/realms/my%20plant/roles/operator",
                                      R"({"permissions":[],"trustlevel":2})", json_type({{"If-Match", "\"41\""}}));
    EXPECT_EQ(call_of(asked), json::parse(R"([48,1,{},"heddle.role.put",["my plant","operator"],
                                              {"permissions":[],"trustlevel":2,"revision":"41"}])"));
    const HttpBegun begun = begin(asked);
    EXPECT_EQ(begun.task.realm, "heddle.admin");
}

TEST(HttpApi, TheQueryIsKeywords) {
    const HttpRequest asked = request(http::verb::get, "/api/v1/realms/plant/sessions?limit=5&role=a+b&slow&after=x%26y");
    EXPECT_EQ(call_of(asked)[5], json::parse(R"({"limit":"5","role":"a b","slow":"true","after":"x&y"})"));
}

TEST(HttpApi, RevisionsAreHeaders) {
    const auto revision = [](Fields fields) {
        return call_of(request(http::verb::delete_, "/api/v1/realms/plant", "", fields))[5].value("revision", "none");
    };
    EXPECT_EQ(revision({{"If-Match", "\"41\""}}), "41");
    EXPECT_EQ(revision({{"If-Match", "*"}}), "*");
    EXPECT_EQ(revision({{"If-None-Match", "*"}}), "new");
    EXPECT_EQ(revision({}), "none");
    for (const Fields& fields : {Fields{{"If-Match", "41"}}, Fields{{"If-Match", "W/\"41\""}}, Fields{{"If-Match", "\"x\""}},
                                 Fields{{"If-Match", "\"1\", \"2\""}}, Fields{{"If-None-Match", "\"41\""}},
                                 Fields{{"If-Match", "*"}, {"If-None-Match", "*"}}})
        refusal_of(request(http::verb::delete_, "/api/v1/realms/plant", "", fields), 422);
    refusal_of(request(http::verb::post, "/api/v1/config/reload", "", {{"If-Match", "*"}}), 422);
    refusal_of(request(http::verb::get, "/api/v1/realms/plant", "", {{"If-Match", "*"}}), 422);
}

struct Wrong {
    HttpRequest asked;
    unsigned status;
    std::string_view pointer, detail;
};

TEST(HttpApi, WhatIsWrongIsNamed) {
    const std::string role = "/api/v1/realms/plant/roles/a";
    const Wrong all[] = {
        {request(http::verb::get, "/api/v1/realms?limt=5"), 422, "/limt", "unknown query name \"limt\"; did you mean \"limit\"?"},
        {request(http::verb::get, "/api/v1/realms?limit=5&limit=6"), 422, "/limit", "\"limit\" is there twice"},
        {request(http::verb::get, "/api/v1/realms?limit=%zz"), 400, "", "the query has a broken percent escape, or is no UTF-8"},
        {request(http::verb::get, "/api/v1/realms", "{}", json_type()), 422, "", "there is no body to this method"},
        {request(http::verb::put, role, R"({"permisions":[]})", json_type()), 422, "/permisions",
         "unknown field \"permisions\"; did you mean \"permissions\"?"},
        {request(http::verb::put, role, R"({"role":"b"})", json_type()), 422, "/role", "\"role\" stands in the URL, not in the body"},
        {request(http::verb::put, role, R"({"revision":"1"})", json_type()), 422, "/revision",
         "the revision stands in the header If-Match, or If-None-Match"},
        {request(http::verb::put, role, "[]", json_type()), 422, "", "the body must be an object"},
        {request(http::verb::put, role, "{", json_type()), 400, "", "the body is not valid JSON: unexpected end (byte 1)"},
        {request(http::verb::put, role, "{\"a\":\"\xff\"}", json_type()), 400, "",
         "the body is not valid JSON: text is not UTF-8 (byte 6)"},
        {request(http::verb::put, role, "{}", {{"Content-Type", "text/plain"}}), 415, "", "Content-Type must be application/json"},
        {request(http::verb::put, role, "x = 1", {{"Content-Type", "application/toml"}}), 415, "", "Content-Type must be application/json"},
        {request(http::verb::get, "/api/v1/realms", "", {{"Authorization", "Digest x"}}), 401, "",
         "header Authorization: Basic and Bearer are taken, nothing else"},
    };
    for (const Wrong& wrong : all) {
        const json problem = refusal_of(wrong.asked, wrong.status);
        EXPECT_EQ(problem.value("detail", ""), wrong.detail) << wrong.asked.target();
        EXPECT_EQ(problem.value("status", 0u), wrong.status);
        if (!wrong.pointer.empty()) {
            EXPECT_EQ(problem["errors"][0]["pointer"], wrong.pointer);
        }
        for (const char* member : {"type", "title", "error"}) EXPECT_TRUE(problem[member].is_string()) << member;
    }
}

std::string lists_inside_each_other(std::size_t levels) {
    return R"({"permissions":)" + std::string(levels, '[') + std::string(levels, ']') + "}";
}

/// Whoever has not logged in has no text parsed for them: the login is answered first.
TEST(HttpApi, NothingIsReadBeforeTheLogin) {
    for (const std::string& body : {std::string("{"), lists_inside_each_other(500'000), std::string("\xff\0", 2)}) {
        const HttpBegun begun = begin(request(http::verb::put, "/api/v1/realms/a/roles/b?limit=%zz", body, json_type()));
        EXPECT_FALSE(begun.answer);
        EXPECT_EQ(begun.task.message.view(), "");
        EXPECT_TRUE(begun.task.prepare);
    }
}

TEST(HttpApi, NestedBodiesAreRefusedAndHarmless) {
    for (const std::size_t levels : {depth_max, std::size_t{30'000}, std::size_t{500'000}, std::size_t{4'000'000}}) {
        const json problem = refusal_of(request(http::verb::put, "/api/v1/realms/plant/roles/a",
                                                lists_inside_each_other(levels), json_type({{"If-None-Match", "*"}})), 400);
        EXPECT_EQ(problem["detail"].get<std::string>().substr(0, 43), "the body is not valid JSON: nested too deep") << levels;
    }
    const std::string toml = "[[realm]]\na" + [] {
        std::string dots;
        for (int i = 0; i < 500'000; ++i) dots += ".a";
        return dots;
    }() + " = 1";
    const Fields toml_type{{"Content-Type", "application/toml"}};
    const json problem = refusal_of(request(http::verb::put, "/api/v1/realms/plant/apply", toml, toml_type), 422);
    EXPECT_EQ(problem["detail"].get<std::string>().substr(0, 33), "line 2: not TOML: nested too deep");
}

TEST(HttpApi, BodiesAreNotAsLongAsMessages) {
    ListenerSettings listener;
    listener.admin = listener.bridge = listener.wamp = true;
    listener.long_poll = "/lp";
    EXPECT_FALSE(route_of("/api/v1/realms/a", listener, {}).carries_messages());
    EXPECT_TRUE(route_of("/realms/a/call", listener, {}).carries_messages());
    EXPECT_TRUE(route_of("/lp/open", listener, {}).carries_messages());
    EXPECT_FALSE(route_of("/index.html", listener, {}).carries_messages());
}

TEST(HttpApi, PathsAndMethods) {
    EXPECT_EQ(find_route("GET", "/realms").operation->verb, "list");
    EXPECT_EQ(find_route("HEAD", "/realms/a").operation->verb, "get");
    EXPECT_EQ(find_route("POST", "/realms/a/kick").places, std::vector<std::string>{"a"});
    EXPECT_EQ(find_route("POST", "/realms/a/sessions/7/kick").places, (std::vector<std::string>{"a", "7"}));
    EXPECT_EQ(find_route("POST", "/realms/a/sessions/7/kick").operation->verb, "kick");
    EXPECT_EQ(find_route("PATCH", "/realms/a").operation, nullptr);
    EXPECT_EQ(find_route("PATCH", "/realms/a").allowed, "GET, HEAD, PUT, DELETE, OPTIONS");
    for (const std::string_view path : {"/", "", "/nothing", "/realms/", "/realms/a/", "/realms//roles", "/realms/a/roles/%zz",
                                        "/realms/a/roles/%ff", "/realms/a/roles/%00", "/realms/a/roles/b/c"})
        EXPECT_TRUE(find_route("GET", path).allowed.empty()) << path;
}

TEST(HttpApi, EveryOperationHasAPathOfItsOwn) {
    for (const Operation& operation : operations()) {
        std::string path(operation.path);
        for (std::size_t at = 0; (at = path.find('{')) != path.npos;) path.replace(at, path.find('}') - at + 1, "1");
        const ApiRoute route = find_route(name_of(operation.method), path);
        EXPECT_EQ(route.operation, &operation) << path;
        std::size_t places = 0;
        for (const Field& field : operation.fields) places += field.in == Field::In::place;
        EXPECT_EQ(route.places.size(), places) << path;
    }
}

TEST(HttpApi, UnknownPathsAre404AndOtherMethods405) {
    const auto preface = [](http::verb method, const std::string& path) { return api_preface(request(method, path), path); };
    EXPECT_EQ(preface(http::verb::get, "/api/v1/nothing")->status, 404u);
    EXPECT_EQ(preface(http::verb::get, "/api/v1")->status, 404u);
    EXPECT_EQ(preface(http::verb::delete_, "/api/v1/stats")->status, 405u);
    const HttpAnswer options = *preface(http::verb::options, "/api/v1/stats");
    EXPECT_EQ(options.status, 204u);
    EXPECT_EQ(options.fields[0], (std::pair<std::string_view, std::string>("Allow", "GET, HEAD, OPTIONS")));
    EXPECT_FALSE(preface(http::verb::get, "/api/v1/stats"));
    EXPECT_EQ(preface(http::verb::get, "/api/v1/openapi.json")->status, 200u);
    EXPECT_EQ(preface(http::verb::post, "/api/v1/openapi.json")->status, 405u);
}

/// Cross-site request forgery: what a browser sends by itself is not enough.
TEST(HttpApi, ACookieAloneChangesNothing) {
    PeerFacts cookie;
    cookie.cookie = "0123456789abcdef0123456789abcdef";
    const HttpRequest reload = request(http::verb::post, "/api/v1/config/reload");
    EXPECT_EQ(begin(reload, cookie).answer->status, 403u) << "no origin";
    EXPECT_EQ(begin(reload, cookie, true).answer->status, 415u) << "a form could send it";
    const HttpRequest good = request(http::verb::post, "/api/v1/config/reload", "{}", json_type());
    EXPECT_FALSE(begin(good, cookie, true).answer);
    EXPECT_EQ(begin(good, cookie, true).task.facts.cookie, cookie.cookie);
    const HttpRequest form =
        request(http::verb::post, "/api/v1/config/reload", "a=b", {{"Content-Type", "application/x-www-form-urlencoded"}});
    EXPECT_EQ(begin(form, cookie, true).answer->status, 415u);
    EXPECT_EQ(begin(request(http::verb::delete_, "/api/v1/realms/a"), cookie).answer->status, 403u);
    EXPECT_FALSE(begin(request(http::verb::get, "/api/v1/realms"), cookie).answer);
    PeerFacts certificate;
    certificate.certificate.emplace();
    EXPECT_EQ(begin(form, certificate).answer->status, 415u);
    EXPECT_FALSE(begin(request(http::verb::post, "/api/v1/config/reload", "", {{"Authorization", "Bearer hdl_x"}}), cookie).answer);
}

HttpAnswer answer_to(const HttpRequest& asked, CallStep step) {
    HttpBegun begun = begin(asked);
    return begun.exchange->on_step(step).answer;
}

CallStep result(std::string kwargs) {
    CallStep step;
    step.kind = CallStep::Kind::result;
    step.kwargs = std::move(kwargs);
    return step;
}

std::string field(const HttpAnswer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.fields)
        if (key == name) return value;
    return "";
}

TEST(HttpApi, ResultsAreAnswers) {
    const HttpRequest get = request(http::verb::get, "/api/v1/realms/plant");
    const HttpAnswer read = answer_to(get, result(R"({"auth":["scram"],"revision":41})"));
    EXPECT_EQ(read.status, 200u);
    EXPECT_EQ(field(read, "ETag"), "\"41\"");
    EXPECT_EQ(field(read, "Cache-Control"), "no-store");
    EXPECT_EQ(json::parse(read.body)["auth"][0], "scram");

    const HttpRequest known = request(http::verb::get, "/api/v1/realms/plant", "", {{"If-None-Match", "\"41\""}});
    EXPECT_EQ(answer_to(known, result(R"({"revision":41})")).status, 304u);
    EXPECT_EQ(answer_to(known, result(R"({"revision":42})")).status, 200u);

    const HttpAnswer exported = answer_to(request(http::verb::get, "/api/v1/realms/plant/export"), result(R"({"auth":[],"revision":41})"));
    EXPECT_EQ(json::parse(exported.body), json::parse(R"({"auth":[]})")) << "as realm.apply takes it";
    EXPECT_EQ(field(exported, "ETag"), "\"41\"");

    const HttpRequest create =
        request(http::verb::put, "/api/v1/realms/plant/users/kim?", R"({"role":"a"})", json_type({{"If-None-Match", "*"}}));
    const HttpAnswer created = answer_to(create, result(R"({"revision":42})"));
    EXPECT_EQ(created.status, 201u);
    EXPECT_EQ(field(created, "Location"), "/api/v1/realms/plant/users/kim");

    const HttpRequest remove = request(http::verb::delete_, "/api/v1/realms/plant/users/kim", "", {{"If-Match", "*"}});
    const HttpAnswer removed = answer_to(remove, result(R"({"revision":43})"));
    EXPECT_EQ(removed.status, 204u);
    EXPECT_EQ(removed.body, "");
    EXPECT_EQ(answer_to(remove, result(R"({"revision":43,"ends":{"sessions":1}})")).status, 200u);
}

TEST(HttpApi, ErrorsAreProblems) {
    CallStep step;
    step.kind = CallStep::Kind::error;
    step.error = "heddle.error.stale_revision";
    step.args = R"(["somebody else was faster"])";
    step.kwargs = R"({"current":42,"changed_by":"ada"})";
    const HttpAnswer answer = answer_to(request(http::verb::delete_, "/api/v1/realms/a", "", {{"If-Match", "\"41\""}}), step);
    EXPECT_EQ(answer.status, 412u);
    EXPECT_EQ(json::parse(answer.body), json::parse(R"({"type":"urn:heddle:problem:stale-revision","title":"Stale revision","status":412,
        "error":"heddle.error.stale_revision","detail":"somebody else was faster","current":42,"changed_by":"ada"})"));
    step.kind = CallStep::Kind::refused;
    step.error = "wamp.error.authentication_failed";
    step.args.clear();
    const HttpAnswer refused = answer_to(request(http::verb::get, "/api/v1/realms"), step);
    EXPECT_EQ(refused.status, 401u);
    EXPECT_NE(field(refused, "WWW-Authenticate").find("Bearer realm=\"heddle.admin\""), std::string::npos);
    step.error = "heddle.error.throttled";
    step.retry_after_s = 60;
    EXPECT_EQ(field(answer_to(request(http::verb::get, "/api/v1/realms"), step), "Retry-After"), "60");
}

}  // namespace
}  // namespace heddle::admin
