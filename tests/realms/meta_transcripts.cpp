#include "tests/realms/meta_transcripts.hpp"

#include <gtest/gtest.h>

namespace heddle::test {
namespace {

/// `peer` gets this, where "@" stands for the id of bob's session.
void receives(Script& script, const std::string& peer, const std::string& line) {
    script.check([=](Play& play) {
        std::string expected = line;
        if (const auto at = expected.find('@'); at != std::string::npos)
            expected.replace(at, 1, std::to_string(play.session("bob")));
        EXPECT_EQ(play.next(peer), expected) << "got by " << peer;
    });
}

}  // namespace

void session_meta_api(Script& script, const Announcing& who) {
    script.join("ann", who.ann());
    script.send("ann", subscribe(1, "wamp.session.on_join")).expect("ann", subscribed(1, 1));
    script.send("ann", subscribe(2, "wamp.session.on_leave")).expect("ann", subscribed(2, 2));
    script.admit("bob", "kim", who.bob());
    receives(script, "ann",
          R"(EVENT subscription=1 publication=1 [{"session":@,"authid":"kim","authrole":"anonymous",)"
          R"("authmethod":"ticket","authprovider":"static"}])");
    script.send("ann", call(3, "wamp.session.count")).expect("ann", result(3, "[2]"));
    script.send("ann", call(4, "wamp.session.kill_all")).expect("ann", error(48, 4, "wamp.error.not_authorized"));
    script.lose("bob");
    receives(script, "ann", R"(EVENT subscription=2 publication=2 [@,"kim","anonymous"])");
}

void registration_meta_api(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("ann", subscribe(1, "wamp.registration.on_register")).expect("ann", subscribed(1, 1));
    script.send("ann", subscribe(2, "wamp.registration.on_delete")).expect("ann", subscribed(2, 2));
    script.send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    receives(script, "ann", "EVENT subscription=1 publication=1 [@,1]");
    script.send("ann", call(3, "wamp.registration.lookup", "[\"p\"]")).expect("ann", result(3, "[1]"));
    script.send("bob", unregister(2, 1)).expect("bob", unregistered(2));
    receives(script, "ann", "EVENT subscription=2 publication=2 [@,1]");
}

void subscription_meta_api(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("ann", subscribe(1, "wamp.subscription.on_subscribe")).expect("ann", subscribed(1, 1));
    script.send("ann", subscribe(2, "wamp.subscription.on_delete")).expect("ann", subscribed(2, 2));
    script.send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 3));
    receives(script, "ann", "EVENT subscription=1 publication=1 [@,3]");
    script.send("ann", call(3, "wamp.subscription.match", "[\"t\"]")).expect("ann", result(3, "[[3]]"));
    script.send("bob", unsubscribe(2, 3)).expect("bob", unsubscribed(2));
    receives(script, "ann", "EVENT subscription=2 publication=2 [@,3]");
}

void testament_meta_api(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("ann", subscribe(1, "t")).expect("ann", subscribed(1, 1));
    script.send("bob", call(1, "wamp.session.add_testament", R"(["t",[1],{}])")).expect("bob", result(1));
    script.send("bob", call(2, "wamp.session.flush_testaments")).expect("bob", result(2));
    script.send("bob", call(3, "wamp.session.add_testament", R"(["t",[2],{}])")).expect("bob", result(3));
    script.expect_silence("ann").lose("bob").expect("ann", event(1, 1, "[2]"));
}

}  // namespace heddle::test
