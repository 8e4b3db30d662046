// Before a router stops: nothing new begins, what is open ends in its own way, and sessions leave one after the other.
#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

constexpr const char* shutdown = "wamp.close.system_shutdown";

/// bob has registered `p`, ann calls it.
Script& with_call(Script& s) {
    s.join("ann").join("bob").send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    return s.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
}

TEST(Drain, NewCallsAndSessionsAreRefusedAndOpenCallsEnd) {
    Script s;
    with_call(s).drain();
    s.send("ann", call(2, "p")).expect("ann", error(48, 2, "wamp.error.unavailable")).expect_silence("bob");
    s.send("ann", call(3, "wamp.session.count")).expect("ann", error(48, 3, "wamp.error.unavailable"));
    s.connect("eve").send("eve", hello()).expect("eve", abort(shutdown)).expect_closed("eve", CloseReason::shutdown);
    s.send("bob", yield(1, "[7]")).expect("ann", result(1, "[7]"));
}

TEST(Drain, EventsGoOn) {
    Script s;
    s.join("ann").join("bob").send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 1)).drain();
    s.send("ann", publish(1, "t", "[1]", acknowledge())).expect("ann", published(1, 1)).expect("bob", event(1, 1, "[1]"));
}

TEST(Drain, SessionsWithOpenCallsStayUntilTheseEnd) {
    Script s;
    with_call(s).join("eve").drain().send_idle_away(5);
    s.expect("eve", goodbye(shutdown)).expect_silence("ann").expect_silence("bob");
    s.send("bob", yield(1)).expect("ann", result(1)).send_idle_away(5);
    s.expect("ann", goodbye(shutdown)).expect("bob", goodbye(shutdown));
    s.send("ann", goodbye("wamp.close.goodbye_and_out")).expect_closed("ann", CloseReason::shutdown);
}

TEST(Drain, SessionsLeaveOneAfterTheOther) {
    Script s;
    s.join("ann").join("bob").join("eve").drain().send_idle_away(2);
    s.expect("ann", goodbye(shutdown)).expect("bob", goodbye(shutdown)).expect_silence("eve").send_idle_away(0);
    s.expect_silence("eve").send_idle_away(1).expect("eve", goodbye(shutdown));
}

TEST(Drain, CallsThatDoNotEndAreCanceledWithTheRealm) {
    Script s;
    with_call(s).drain().send_idle_away(5).expect_silence("ann").shut_down();
    s.expect("ann", error(48, 1, "wamp.error.canceled"));
    s.expect("ann", goodbye(shutdown)).expect("bob", goodbye(shutdown));
}

}  // namespace
}  // namespace heddle::test
