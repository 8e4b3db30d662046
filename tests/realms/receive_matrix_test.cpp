// Every message in every stage (wamp specification, "Protocol Violations"; the table of what a router does on receipt).
#include <gtest/gtest.h>

#include <functional>

#include "realms/session.hpp"
#include "serializers/rules.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

enum class Outcome {
    served,     // an answer, or none that is due; the session lives
    violation,  // ABORT protocol_violation, session gone, transport closed
    ignored,    // nothing at all
    answered,   // GOODBYE comes back, the transport stays
    ended,      // the session is over without a word, the transport closes
    welcomed,
};

struct Row {
    const char* name;
    Message message;
    Outcome fresh, open, closing;
};

std::vector<Row> rows() {
    using enum Outcome;
    const auto from_router = [](const char* name, Message message) {
        return Row{name, std::move(message), violation, violation, ignored};
    };
    const auto request = [](const char* name, Message message) {
        return Row{name, std::move(message), violation, served, ignored};
    };
    return {
        {"HELLO", hello(), welcomed, violation, ignored},
        {"ABORT", abort("wamp.close.normal"), ended, ended, ended},
        {"AUTHENTICATE", Authenticate{"x", {}}, violation, violation, ignored},
        {"GOODBYE", goodbye(), violation, answered, ended},
        request("PUBLISH", publish(1, "a.b")),
        request("PUBLISH acknowledged", publish(1, "a.b", "", acknowledge())),
        request("SUBSCRIBE", subscribe(1, "a.b")),
        request("UNSUBSCRIBE", unsubscribe(1, 9)),
        request("CALL", call(1, "a.b")),
        request("CANCEL", cancel(9)),
        request("REGISTER", register_(1, "a.b")),
        request("UNREGISTER", unregister(1, 9)),
        {"CALL with progress", call(1, "a.b", "", {0, false, true, false}), violation, violation, ignored},
        {"PUBLISH of request 0", publish(0, "a.b"), violation, violation, ignored},
        {"CALL of request 2^53+1", call(id_max + 1, "a.b"), violation, violation, ignored},
        {"YIELD never asked for", yield(1), violation, violation, ignored},
        {"YIELD of request 0", yield(0), violation, violation, ignored},
        {"ERROR never asked for", error(68, 1, "a.b"), violation, violation, ignored},
        {"ERROR of a CALL", error(48, 1, "a.b"), violation, violation, ignored},
        {"ERROR of a PUBLISH", error(16, 1, "a.b"), violation, violation, ignored},
        from_router("WELCOME", Welcome{{1}, {}}),
        from_router("CHALLENGE", Challenge{"ticket", {}}),
        from_router("PUBLISHED", Published{{1}, {1}}),
        from_router("SUBSCRIBED", Subscribed{{1}, {1}}),
        from_router("UNSUBSCRIBED", Unsubscribed{{1}, {}, {}}),
        from_router("EVENT", event(1, 1)),
        from_router("RESULT", CallResult{{1}, false, {}}),
        from_router("REGISTERED", Registered{{1}, {1}}),
        from_router("UNREGISTERED", Unregistered{{1}, {}, {}}),
        from_router("INVOCATION", Invocation{{1}, {1}, {}, {}}),
        from_router("INTERRUPT", Interrupt{{1}, CancelMode::skip}),
    };
}

void bring_to(Play& play, Stage stage) {
    play.connect("ann");
    if (stage == Stage::fresh) return;
    play.send("ann", hello());
    EXPECT_EQ(play.next("ann"), "WELCOME authrole=anonymous");
    if (stage == Stage::open) return;
    play.shut_down();
    EXPECT_EQ(play.next("ann"), "GOODBYE wamp.close.system_shutdown");
}

/// What came out of it, read off the wire and the realm. A peer that was closed is received no more, whatever it says.
Outcome observe(Play& play, Stage before) {
    using enum Outcome;
    const std::string first = play.next("ann");
    const bool alive = play.counts().sessions == 1;
    const auto deaf = [&] {
        play.send("ann", hello());
        return play.next("ann").empty() && play.counts().sessions == 0;
    };
    if (first.starts_with("ABORT")) {
        EXPECT_EQ(first, "ABORT wamp.error.protocol_violation");
        EXPECT_EQ(play.next("ann"), "CLOSED protocol_violation");
        EXPECT_TRUE(deaf());
        return violation;
    }
    if (first.starts_with("CLOSED")) {
        EXPECT_TRUE(deaf());
        return ended;
    }
    if (first == "GOODBYE wamp.close.goodbye_and_out") {
        EXPECT_EQ(play.next("ann"), "DETACHED goodbye");
        EXPECT_FALSE(alive);
        return answered;
    }
    EXPECT_TRUE(alive);
    if (first.starts_with("WELCOME")) return welcomed;
    return before == Stage::closing && first.empty() ? ignored : served;
}

TEST(ReceiveMatrix, EveryMessageInEveryStage) {
    for (const Row& row : rows()) {
        const std::pair<Stage, Outcome> cells[] = {
            {Stage::fresh, row.fresh}, {Stage::open, row.open}, {Stage::closing, row.closing}};
        for (const auto& [stage, wanted] : cells) {
            SCOPED_TRACE(std::string(row.name) + " in stage " + std::to_string(static_cast<int>(stage)));
            Play play(open_realm());
            bring_to(play, stage);
            play.send("ann", row.message);
            EXPECT_EQ(observe(play, stage), wanted);
            EXPECT_EQ(play.unheard(), "");
        }
    }
}

TEST(ReceiveMatrix, KnowsEveryMessage) {
    std::vector<bool> seen(std::variant_size_v<Message>);
    for (const Row& row : rows()) seen[row.message.index()] = true;
    for (std::size_t alternative = 0; alternative < seen.size(); ++alternative)
        EXPECT_TRUE(seen[alternative]) << message_rules[alternative].name;
}

TEST(ReceiveMatrix, MessagesOfARoleThatWasNotAnnouncedAreViolations) {
    const std::pair<Role, std::vector<Message>> needs[] = {
        {Role::publisher, {publish(1, "a.b")}},
        {Role::subscriber, {subscribe(1, "a.b"), unsubscribe(1, 1)}},
        {Role::caller, {call(1, "a.b"), cancel(1)}},
        {Role::callee, {register_(1, "a.b"), unregister(1, 1), yield(1), error(68, 1, "a.b")}},
    };
    for (const auto& [needed, messages] : needs)
        for (const Message& message : messages)
            for (Role announced : {Role::publisher, Role::subscriber, Role::caller, Role::callee}) {
                SCOPED_TRACE(std::string(rule_of(message).name) + " as role " +
                             std::to_string(static_cast<int>(announced)));
                Play play(open_realm());
                play.connect("ann");
                play.send("ann", hello("realm1", roles({announced})));
                play.next("ann");
                play.send("ann", message);
                const bool bogus_answer = needed == Role::callee && !std::holds_alternative<Register>(message) &&
                                          !std::holds_alternative<Unregister>(message);
                EXPECT_EQ(play.counts().sessions, announced == needed && !bogus_answer ? 1u : 0u);
            }
}

TEST(ReceiveMatrix, AViolationTakesEverythingOfTheSessionAndNothingOfOthers) {
    Script s;
    s.join("ann").join("bob");
    s.send("ann", register_(1, "p")).expect("ann", registered(1, 1));
    s.send("ann", subscribe(2, "a.b")).expect("ann", subscribed(2, 1));
    s.send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    s.send("bob", call(2, "p")).expect("ann", invocation(1, 1));
    s.send("ann", Welcome{{1}, {}}).expect_violation("ann").expect("bob", error(48, 2, "wamp.error.canceled"));
    s.check([](Play& play) {
        EXPECT_EQ(play.counts().sessions, 1u);
        EXPECT_EQ(play.counts().subscriptions, 1u);
        EXPECT_EQ(play.counts().registrations, 0u);
        EXPECT_EQ(play.counts().calls, 0u);
    });
    s.send("bob", publish(3, "a.b", "", include_me())).expect("bob", event(1, 1));
}

TEST(ReceiveMatrix, BytesThatAreNoMessageEndTheSessionLikeAnyViolation) {
    Script s;
    s.join("ann").connect("bob").join("cat");
    s.violate("ann", CloseReason::malformed_message).expect("ann", abort("wamp.error.protocol_violation"));
    s.expect_closed("ann", CloseReason::malformed_message);
    s.violate("bob", CloseReason::message_too_big).expect("bob", abort("wamp.error.protocol_violation"));
    s.expect_closed("bob", CloseReason::message_too_big);
    s.violate("bob", CloseReason::malformed_message).expect_silence("bob");
    s.shut_down().expect("cat", goodbye("wamp.close.system_shutdown"));
    s.violate("cat", CloseReason::malformed_message).expect_closed("cat", CloseReason::malformed_message);
}

TEST(RequestIds, StrictMeansOneByOneFromOne) {
    RealmSettings settings = open_realm();
    settings.request_ids = RequestIds::strict;
    for (const std::vector<std::uint64_t>& bad : {std::vector<std::uint64_t>{2}, {1, 1}, {1, 3}, {1, 2, 1}}) {
        Script s{settings};
        s.join("ann");
        for (std::size_t at = 0; at + 1 < bad.size(); ++at)
            s.send("ann", publish(bad[at], "a.b")).expect_silence("ann");
        s.send("ann", call(bad.back(), "p")).expect_violation("ann");
    }
}

TEST(RequestIds, StrictSequenceSpansAllKindsOfRequests) {
    RealmSettings settings = open_realm();
    settings.request_ids = RequestIds::strict;
    Script s{settings};
    s.join("ann").send("ann", subscribe(1, "a")).expect("ann", subscribed(1, 1));
    s.send("ann", register_(2, "p")).expect("ann", registered(2, 1)).send("ann", publish(3, "b"));
    s.send("ann", call(4, "p")).expect("ann", invocation(1, 1)).send("ann", cancel(4));
    s.expect("ann", error(48, 4, "wamp.error.canceled")).send("ann", yield(1));
    s.send("ann", unsubscribe(5, 1)).expect("ann", unsubscribed(5));
    s.send("ann", unregister(6, 1)).expect("ann", unregistered(6));
}

TEST(RequestIds, TolerantTakesWhatOldClientsSend) {
    Script s;
    s.join("ann").send("ann", subscribe(id_max, "a")).expect("ann", subscribed(id_max, 1));
    s.send("ann", subscribe(5, "b")).expect("ann", subscribed(5, 2));
    s.send("ann", subscribe(5, "c")).expect("ann", subscribed(5, 3));
}

TEST(RequestIds, SequenceWrapsAfterTwoToThe53) {
    Session session({0, 1}, {1}, 0, {});
    EXPECT_TRUE(session.take_request({id_max}, RequestIds::tolerant));
    EXPECT_FALSE(session.take_request({id_max + 1}, RequestIds::strict));
    EXPECT_TRUE(session.take_request({1}, RequestIds::strict));
}

}  // namespace
}  // namespace heddle::test
