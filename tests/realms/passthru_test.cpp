#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

/// wamp specification, "Payload Passthru Mode" and "Custom Attributes", as far as calls go.
namespace heddle::test {
namespace {

Roles passing() {
    return rpc_roles({Feature::payload_passthru_mode, Feature::call_canceling, Feature::progressive_call_results,
                      Feature::call_reroute});
}
const std::vector<Extras::Entry> wamp_scheme = {{"ppt_scheme", "\"wamp\""},
                                                {"ppt_serializer", "\"cbor\""},
                                                {"ppt_cipher", "\"xsalsa20poly1305\""},
                                                {"ppt_keyid", "\"k1\""}};
Message invocation_as(std::uint64_t request, const std::vector<Extras::Entry>& entries, std::string_view args) {
    InvocationDetails details;
    details.extras = extras(entries);
    return invocation_with(request, 1, details, args);
}
Message yield_as(std::uint64_t request, const std::vector<Extras::Entry>& entries, bool progress = false) {
    return Yield{{request}, progress, payload("[\"\\u0000AQ==\"]"), extras(entries)};
}
Message result_as(std::uint64_t request, const std::vector<Extras::Entry>& entries, bool progress = false) {
    return CallResult{{request}, progress, payload("[\"\\u0000AQ==\"]"), extras(entries)};
}
Message error_as(std::uint64_t type, std::uint64_t request, const std::vector<Extras::Entry>& entries) {
    return ErrorReply{type, {request}, "com.app.bad", payload("[1]"), extras(entries)};
}
Script& with_callee(Script& s, Roles ann = passing(), Roles bob = passing()) {
    return s.join("ann", ann).join("bob", bob).send("bob", register_(1, "p")).expect("bob", registered(1, 1));
}
const char* const unsupported = "wamp.error.feature_not_supported";

TEST(Passthru, IsCarriedBothWays) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "[0]", with_extras(wamp_scheme)));
    s.expect("bob", invocation_as(1, wamp_scheme, "[0]")).send("bob", yield_as(1, wamp_scheme));
    s.expect("ann", result_as(1, wamp_scheme)).send("ann", call(2, "p")).expect("bob", invocation(2, 1));
    s.send("bob", error_as(68, 2, wamp_scheme)).expect("ann", error_as(48, 2, wamp_scheme));
}

TEST(Passthru, IsCarriedWithEachProgressiveResult) {
    Script s;
    CallOptions options = with_progress();
    with_callee(s).send("ann", call(1, "p", "", options)).expect("bob", progressive_invocation(1, 1));
    s.send("bob", yield_as(1, {{"ppt_scheme", "\"x_a\""}}, true))
        .expect("ann", result_as(1, {{"ppt_scheme", "\"x_a\""}}, true));
    s.send("bob", yield_as(1, {{"ppt_scheme", "\"x_b\""}})).expect("ann", result_as(1, {{"ppt_scheme", "\"x_b\""}}));
}

TEST(Passthru, OfACallerThatDidNotAnnounceItIsAViolation) {
    Script s;
    with_callee(s, all_roles()).send("ann", call(1, "p", "", with_extras(wamp_scheme))).expect_violation("ann");
    s.expect_silence("bob");
}

TEST(Passthru, OfACalleeThatDidNotAnnounceItIsAViolation) {
    Script result, failure;
    with_callee(result, passing(), all_roles()).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    result.send("bob", yield_as(1, wamp_scheme))
        .expect_violation("bob")
        .expect("ann", error(48, 1, "wamp.error.canceled"));
    with_callee(failure, passing(), all_roles()).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    failure.send("bob", error_as(68, 1, wamp_scheme)).expect_violation("bob");
    failure.expect("ann", error(48, 1, "wamp.error.canceled"));
}

TEST(Passthru, TowardsACalleeThatDoesNotKnowItIsRefused) {
    Script s;
    with_callee(s, passing(), all_roles()).send("ann", call(1, "p", "", with_extras(wamp_scheme)));
    s.expect("ann", error(48, 1, unsupported))
        .expect_silence("bob")
        .send("ann", call(2, "p"))
        .expect("bob", invocation(1, 1));
}

TEST(Passthru, TowardsACallerThatDoesNotKnowItEndsTheCall) {
    Script s;
    with_callee(s, progressive_roles()).send("ann", call(1, "p", "", with_progress()));
    s.expect("bob", progressive_invocation(1, 1))
        .send("bob", yield_as(1, wamp_scheme, true))
        .expect("bob", interrupt(1));
    s.expect("ann", error(48, 1, unsupported)).send("ann", call(2, "p")).expect("bob", invocation(2, 1));
    s.send("bob", yield_as(2, wamp_scheme)).expect("ann", error(48, 2, unsupported)).expect_silence("bob");
    s.send("ann", call(3, "p")).expect("bob", invocation(3, 1)).send("bob", error_as(68, 3, wamp_scheme));
    s.expect("ann", error(48, 3, unsupported));
}

TEST(Passthru, IsNotForTheRoutersOwnProcedures) {
    Script s;
    s.join("ann", passing()).send("ann", call(1, "wamp.session.count", "", with_extras(wamp_scheme)));
    s.expect("ann", error(48, 1, unsupported));
}

TEST(Passthru, GoesAlongToAnotherCallee) {
    Script s;
    s.join("ann", passing()).join("bob", passing()).join("cat", all_roles()).join("dan", passing());
    for (const char* peer : {"bob", "cat", "dan"})
        s.send(peer, register_(1, "p", shared(Invoke::first))).expect(peer, registered(1, 1));
    s.send("ann", call(1, "p", "[0]", with_extras(wamp_scheme))).expect("bob", invocation_as(1, wamp_scheme, "[0]"));
    s.send("bob", error(68, 1, "wamp.error.unavailable")).expect("dan", invocation_as(1, wamp_scheme, "[0]"));
    s.expect_silence("cat");
}

TEST(CustomAttributes, NeedNoAnnouncement) {
    const std::vector<Extras::Entry> trace = {{"_trace", "{\"id\":7}"}, {"x_tag", "true"}};
    Script s;
    with_callee(s, all_roles(), all_roles()).send("ann", call(1, "p", "[0]", with_extras(trace)));
    s.expect("bob", invocation_as(1, trace, "[0]")).send("bob", yield_as(1, trace)).expect("ann", result_as(1, trace));
    s.send("ann", call(2, "p")).expect("bob", invocation(2, 1)).send("bob", error_as(68, 2, trace));
    s.expect("ann", error_as(48, 2, trace)).send("ann", call(3, "wamp.session.count", "", with_extras(trace)));
    s.expect("ann", result(3, "[2]"));
}

}  // namespace
}  // namespace heddle::test
