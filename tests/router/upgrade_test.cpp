#include "router/upgrade.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

class UpgradeTest : public testing::Test {
 protected:
    UpgradeTest() { directory.realms["realm1"] = {}; }
    UpgradeDecision decide(std::string_view target, std::string_view subprotocols, std::string_view origin = {}) {
        return decide_upgrade({target, subprotocols, origin, "127.0.0.1:8080", false}, directory, default_realm,
                              listener);
    }
    Directory directory;
    std::string default_realm;
    ListenerSettings listener;
};

TEST_F(UpgradeTest, TheClientsFirstSubprotocolThatIsSpokenHereWins) {
    EXPECT_EQ(decide("/ws", "wamp.9.xml, wamp.2.cbor, wamp.2.json").subprotocol.name, "wamp.2.cbor");
    EXPECT_EQ(decide("/anything/else", "wamp.2.msgpack.batched").subprotocol.form.framing, Framing::batched);
    EXPECT_EQ(decide("/ws", "wamp.2.ubjson").status, 400u);
}

TEST_F(UpgradeTest, WithoutASubprotocolItIsWarpInTheRealmOfThePath) {
    EXPECT_EQ(decide("/realm1", "").status, 101u);
    EXPECT_TRUE(decide("/realm1", "").subprotocol.warp);
    EXPECT_EQ(decide("/realm1", "").subprotocol.name, "") << "none offered, none echoed";
    EXPECT_EQ(decide("/realm1/more?x=1", "warp0").subprotocol.name, "warp0");
    EXPECT_EQ(decide("/?realm=realm1", "warp0").status, 101u);
    EXPECT_EQ(decide("/realm1?realm=realm1", "").status, 101u);
    EXPECT_EQ(decide("/realm1?realm=other", "").status, 400u);
    EXPECT_EQ(decide("/%72ealm1", "").status, 101u);
    EXPECT_EQ(decide("/%7", "").status, 400u);
    EXPECT_EQ(decide("/nowhere", "").status, 404u);
    EXPECT_EQ(decide("/", "").status, 404u);
    default_realm = "realm1";
    EXPECT_EQ(decide("/", "").status, 101u);
}

TEST_F(UpgradeTest, BrowsersComeFromTheListenersOwnAddressOrItsList) {
    listener.origins = {"https://app.example.com"};
    for (const auto* good : {"http://127.0.0.1:8080", "http://localhost:8080", "https://app.example.com"})
        EXPECT_EQ(decide("/realm1", "", good).status, 101u) << good;
    for (const auto* bad :
         {"http://localhost", "http://localhost:8081", "https://localhost:8080", "http://evil.example", "null",
          "https://app.example.com.evil.example", "https://xapp.example.com", "http://app.example.com"})
        EXPECT_EQ(decide("/realm1", "", bad).status, 403u) << bad;
    listener.origins = {"*"};
    EXPECT_EQ(decide("/realm1", "", "http://evil.example").status, 101u);
}

TEST_F(UpgradeTest, AListenerSpeaksOnlyWhatItServes) {
    listener.warp = false;
    EXPECT_EQ(decide("/realm1", "warp0").status, 403u);
    listener.wamp = false;
    EXPECT_EQ(decide("/ws", "wamp.2.json").status, 403u);
}

}  // namespace
}  // namespace heddle
