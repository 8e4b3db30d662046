// What stands in HTTP requests that call into realms: who asks, types of content, paths.
#include <gtest/gtest.h>

#include "router/http_login.hpp"
#include "router/http_media.hpp"
#include "router/http_problem.hpp"
#include "router/http_routes.hpp"

namespace heddle {
namespace {

TEST(HttpLogin, BasicIsATicket) {
    const auto login = login_in("Basic cGFuZWw6b3BlbjpzZXNhbWU=");
    ASSERT_TRUE(login);
    EXPECT_EQ(login->method, "ticket");
    EXPECT_EQ(login->authid, "panel");
    EXPECT_EQ(login->secret, "open:sesame");
    EXPECT_TRUE(login_in("basic cDpx"));
}

TEST(HttpLogin, BearerIsATokenOrAJwt) {
    EXPECT_EQ(login_in("Bearer hdl_abc")->method, "token");
    EXPECT_EQ(login_in("Bearer hdl_abc")->secret, "hdl_abc");
    EXPECT_EQ(login_in("bearer a.b.c")->method, "jwt");
    EXPECT_EQ(login_in("")->method, "");
}

TEST(HttpLogin, WhatIsWrongIsNamedWithoutTheSecret) {
    for (const std::string_view header : {"Basic", "Basic c2VjcmV0", "Basic OnNlY3JldA==", "Basic secret!", "Bearer", "Bearer a secret",
                                          "Digest secret", "secret", "Basic c2VjcmV0Of8="}) {
        const auto login = login_in(header);
        ASSERT_FALSE(login) << header;
        EXPECT_TRUE(login.error().what.starts_with("header Authorization")) << header;
        EXPECT_EQ(login.error().what.find("secret"), std::string::npos) << header;
    }
}

TEST(HttpMedia, ThreeTypesAndNoOther) {
    EXPECT_EQ(encoding_of_media("application/json"), Encoding::json);
    EXPECT_EQ(encoding_of_media("Application/JSON; charset=UTF-8"), Encoding::json);
    EXPECT_EQ(encoding_of_media("application/msgpack"), Encoding::msgpack);
    EXPECT_EQ(encoding_of_media("application/x-msgpack"), Encoding::msgpack);
    EXPECT_EQ(encoding_of_media("application/vnd.msgpack"), Encoding::msgpack);
    EXPECT_EQ(encoding_of_media("application/cbor"), Encoding::cbor);
    for (const std::string_view other : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                         "application/json; charset=latin1", "text/json", "application/json, text/plain"})
        EXPECT_EQ(encoding_of_media(other), std::nullopt) << other;
}

TEST(HttpMedia, TheBestOfAcceptCounts) {
    const auto of = [](std::string_view accept) { return accepted_in(accept, Encoding::cbor); };
    EXPECT_EQ(of("")->encoding, Encoding::cbor);
    EXPECT_EQ(of("*/*")->encoding, Encoding::cbor);
    EXPECT_EQ(of("text/html, application/json;q=0.5, application/msgpack;q=0.7")->encoding, Encoding::msgpack);
    EXPECT_EQ(of("application/problem+json")->encoding, Encoding::json);
    EXPECT_FALSE(of("application/json")->lines);
    EXPECT_TRUE(of("application/x-ndjson, application/json;q=0.9")->lines);
    EXPECT_FALSE(of("text/html"));
    EXPECT_FALSE(of("application/json;q=0"));
}

TEST(HttpMedia, AWeightIsDigitsAfterAPoint) {
    const auto best = [](std::string_view weight) {
        return accepted_in("application/json;q=0.6, application/msgpack;q=" + std::string(weight), Encoding::cbor)->encoding;
    };
    for (const char* more : {"0.601", "0.99999", "1", "1.", "1.000", "0.6010000000000000000000000001"})
        EXPECT_EQ(best(more), Encoding::msgpack) << more;
    for (const char* less : {"0.599", "0.", "0.0", "0.5"}) EXPECT_EQ(best(less), Encoding::json) << less;
    for (const char* invalid : {"", "x", "nan", "inf", "-0.1", "0x0", "0.1e0", ".1", "2"})
        EXPECT_EQ(best(invalid), Encoding::msgpack) << "as if there were no weight: " << invalid;
}

TEST(HttpProblem, NamesComeFromTheError) {
    const HttpProblem problem = problem_of("wamp.error.no_such_procedure");
    EXPECT_EQ(problem.status, 404u);
    EXPECT_EQ(problem.title, "No such procedure");
    EXPECT_EQ(problem.type, "urn:heddle:problem:no-such-procedure");
    EXPECT_EQ(problem_of("com.app.error").status, 422u);
    EXPECT_EQ(problem_of("com.app.error").type, "urn:heddle:problem:application-error");
    EXPECT_EQ(problem_of("com.app.error", false).status, 500u);
    EXPECT_EQ(login_problem_of("heddle.error.something").status, 401u);
    EXPECT_EQ(login_problem_of("wamp.error.no_such_realm").status, 404u);
    EXPECT_EQ(login_problem_of("heddle.error.throttled").status, 429u);
}

TEST(HttpRoutes, EachPathHasOneOwner) {
    ListenerSettings listener;
    listener.admin = true;
    const std::vector<BridgePath> aliases{{"/publish", BridgeKind::publish, "plant", BridgeStyle::crossbar, "k", "env:S", "r"}};
    const auto to = [&](std::string_view path) { return route_of(path, listener, aliases); };
    EXPECT_EQ(to("/realms/plant/call").to, HttpRoute::To::bridge);
    EXPECT_EQ(to("/realms/plant/call").kind, BridgeKind::call);
    EXPECT_EQ(to("/realms/my%20plant/publish").realm, "my plant");
    EXPECT_EQ(to("/realms/..%2F..%2Fetc/call").realm, "../../etc") << "a name and no path: there is no such realm";
    EXPECT_EQ(to("/publish").alias, aliases.data());
    EXPECT_EQ(to("/publish").realm, "plant");
    EXPECT_EQ(to("/api/v1").to, HttpRoute::To::api);
    EXPECT_EQ(to("/api/v1/realms").to, HttpRoute::To::api);
    EXPECT_EQ(to("/lp/open").to, HttpRoute::To::poll);
    for (const std::string_view page : {"/", "/api/v11", "/api", "/realms", "/realms//call", "/realms/plant", "/realms/plant/call/",
                                        "/realms/plant/calls", "/realms/%zz/call", "/publish/", "/console", "/../realms/plant/call"})
        EXPECT_EQ(to(page).to, HttpRoute::To::pages) << page;
}

TEST(HttpRoutes, WhatTheListenerDoesNotServeIsNotThere) {
    ListenerSettings listener;
    listener.bridge = listener.admin = listener.wamp = false;
    const std::vector<BridgePath> aliases{{"/publish", BridgeKind::publish, "plant", BridgeStyle::heddle, "", "", ""}};
    for (const std::string_view path : {"/realms/plant/call", "/publish", "/api/v1/realms", "/lp/open"})
        EXPECT_EQ(route_of(path, listener, aliases).to, HttpRoute::To::pages) << path;
}

}  // namespace
}  // namespace heddle
