// Which pages may use this port from a browser: an exact list and the listener's own address (docs/attacks.md, 5.2).
#include <gtest/gtest.h>

#include "router/upgrade.hpp"

namespace heddle {
namespace {

struct Row {
    const char* origin;
    bool allowed;
    const char* why;
};

TEST(Origins, AreComparedWhole) {
    ListenerSettings listener;
    listener.origins = {"https://app.example.com", "https://plant.example.com:8443"};
    const Row rows[] = {
        {"", true, "no browser"},
        {"https://app.example.com", true, "on the list"},
        {"https://plant.example.com:8443", true, "on the list, with its port"},
        {"http://127.0.0.1:8080", true, "the listener's own"},
        {"http://localhost:8080", true, "the same machine by its name"},
        {"http://[::1]:8080", true, "and by its other address"},
        {"https://evilapp.example.com", false, "suffix"},
        {"https://app.example.com.evil.org", false, "prefix"},
        {"https://app.example.com@evil.org", false, "user part"},
        {"https://evil.org#https://app.example.com", false, "fragment"},
        {"https://evil.org/https://app.example.com", false, "path"},
        {"https://APP.example.com", false, "case: no browser says it so"},
        {"HTTPS://app.example.com", false, "case of the scheme"},
        {"http://app.example.com", false, "scheme"},
        {"https://app.example.com:443", false, "a port that browsers leave out"},
        {"https://app.example.com:8443", false, "port"},
        {"https://plant.example.com", false, "port left out"},
        {"https://plant.example.com:84430", false, "port with a tail"},
        {"https://app.example.com.", false, "trailing dot"},
        {"https://app.example.com ", false, "space"},
        {" https://app.example.com", false, "space before"},
        {"https://app.example.com, https://evil.org", false, "two of them"},
        {"https://appxexample.com", false, "a dot is no pattern"},
        {"https://", false, "nothing but a scheme"},
        {"app.example.com", false, "no scheme"},
        {"null", false, "sandboxed frames, files, redirects"},
        {"NULL", false, "the same"},
        {"file://", false, "a file"},
        {"http://127.0.0.1:8081", false, "another port of this machine"},
        {"https://127.0.0.1:8080", false, "TLS where there is none"},
        {"http://127.0.0.1.evil.org:8080", false, "prefix of the own address"},
        {"http://127.0.0.2:8080", false, "another address of this machine"},
        {"http://evil.org:8080", false, "DNS rebinding: the Host header would say the same"},
        {"*", false, "what only the list may say"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(origin_allowed(row.origin, "127.0.0.1:8080", false, listener), row.allowed) << row.origin << row.why;
        EXPECT_EQ(origin_trusted(row.origin, "127.0.0.1:8080", false, listener), row.allowed) << row.origin << row.why;
    }
}

TEST(Origins, AStarLetsInButTrustsNobody) {
    ListenerSettings listener;
    listener.origins = {"*", "https://app.example.com"};
    for (const char* origin : {"https://evil.org", "null", "file://"}) {
        EXPECT_TRUE(origin_allowed(origin, "127.0.0.1:8080", false, listener)) << origin;
        EXPECT_FALSE(origin_trusted(origin, "127.0.0.1:8080", false, listener)) << origin;
    }
    EXPECT_TRUE(origin_trusted("https://app.example.com", "127.0.0.1:8080", false, listener));
}

TEST(Origins, NullIsNotTrustedEvenWhereAListNamesIt) {
    ListenerSettings listener;
    listener.origins = {"null"};
    EXPECT_FALSE(origin_allowed("null", "127.0.0.1:8080", false, listener));
}

TEST(Origins, OverAUnixSocketThereIsNoAddressOfOnesOwn) {
    EXPECT_FALSE(origin_allowed("http://localhost", "", false, {}));
    EXPECT_TRUE(origin_allowed("", "", false, {}));
}

TEST(Origins, DefaultPortsMayBeLeftOut) {
    EXPECT_TRUE(origin_allowed("https://192.0.2.7", "192.0.2.7:443", true, {}));
    EXPECT_TRUE(origin_allowed("http://192.0.2.7", "192.0.2.7:80", false, {}));
    EXPECT_FALSE(origin_allowed("http://192.0.2.7", "192.0.2.7:443", true, {}));
    EXPECT_FALSE(origin_allowed("https://192.0.2.7", "192.0.2.7:8443", true, {}));
}

}  // namespace
}  // namespace heddle
