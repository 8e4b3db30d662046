#include "router/admission.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heddle {
namespace {

using metrics::Limit;
using Seat = Admission::Seat;
using namespace std::chrono_literals;

Limits small() {
    Limits limits;
    limits.connections = 20;
    limits.connections_reserved = 2;
    limits.connections_before_login = 10;
    limits.address_connections = 4;
    limits.address_connections_before_login = 3;
    limits.address_accepts = 1'000;
    return limits;
}

class AdmissionTest : public ::testing::Test {
 protected:
    void use(const Limits& limits, std::size_t descriptors = 1'000) { admission.use(limits, descriptors); }
    /// The limit that refused it, if any; what it was given is kept.
    std::optional<Limit> come(std::string host, bool administrates = false, bool proxy = false) {
        Admission::Answer answer = admission.admit({std::move(host), administrates, proxy, true}, now);
        seat = answer.permit.seat();
        if (seat != Seat::none) held.push_back(std::move(answer.permit));
        return answer.refused;
    }
    void log_in_all() {
        for (auto& permit : held) permit.logged_in(true);
    }

    Admission admission;
    std::vector<Admission::Permit> held;  // before the admission's end
    Seat seat = Seat::none;
    TimePoint now{1h};
};

TEST_F(AdmissionTest, ConnectionsOfOneAddressAreBounded) {
    use(small());
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(come("10.0.0.1"), std::nullopt) << i;
        log_in_all();
    }
    EXPECT_EQ(come("10.0.0.1"), Limit::address_connections);
    EXPECT_EQ(seat, Seat::surplus);
    EXPECT_EQ(come("10.0.0.2"), std::nullopt);
    held.erase(held.begin());
    EXPECT_EQ(come("10.0.0.1"), std::nullopt) << "a place that was given back";
}

TEST_F(AdmissionTest, IPv6CountsBySlash64) {
    use(small());
    for (int i = 0; i < 4; ++i) {
        EXPECT_EQ(come("2001:db8:1:2::" + std::to_string(i)), std::nullopt);
        log_in_all();
    }
    EXPECT_EQ(come("2001:db8:1:2:ffff::1"), Limit::address_connections);
    EXPECT_EQ(come("2001:db8:1:3::1"), std::nullopt);
}

TEST_F(AdmissionTest, ConnectionsBeforeALoginAreBoundedForEachAddressAndInAll) {
    use(small());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(come("10.0.0.1"), std::nullopt);
    EXPECT_EQ(come("10.0.0.1"), Limit::address_before_login);
    held.front().logged_in(true);
    held.front().logged_in(true);  // again: nothing changes
    EXPECT_EQ(come("10.0.0.1"), std::nullopt);
    EXPECT_EQ(admission.counts().before_login, 3u);
    for (int i = 0; i < 7; ++i) EXPECT_EQ(come("10.0.1." + std::to_string(i)), std::nullopt);
    EXPECT_EQ(come("10.0.2.1"), Limit::before_login);
    EXPECT_EQ(come(""), Limit::before_login) << "a Unix socket is among all";
    held.front().logged_in(false);
    EXPECT_EQ(admission.counts().before_login, 11u) << "the session ended, the connection waits for another";
}

TEST_F(AdmissionTest, NewConnectionsASecondAreBoundedWithTwiceAsManyAtOnce) {
    Limits limits = small();
    limits.address_connections = limits.address_connections_before_login = limits.connections = limits.connections_before_login = 1'000;
    limits.address_accepts = 5;
    use(limits);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(come("10.0.0.1"), std::nullopt) << i;
    EXPECT_EQ(come("10.0.0.1"), Limit::address_accepts);
    EXPECT_EQ(come("10.0.0.2"), std::nullopt);
    now += 199ms;
    EXPECT_EQ(come("10.0.0.1"), Limit::address_accepts);
    now += 1ms;
    EXPECT_EQ(come("10.0.0.1"), std::nullopt);
    EXPECT_EQ(come("10.0.0.1"), Limit::address_accepts);
    limits.address_accepts = 1'000;
    limits.accepts = 2;
    use(limits);
    now += 10s;
    for (int i = 0; i < 4; ++i) EXPECT_EQ(come("10.0.3." + std::to_string(i)), std::nullopt) << i;
    EXPECT_EQ(come("10.0.4.1"), Limit::accepts);
    EXPECT_EQ(come("127.0.0.1"), std::nullopt);
}

TEST_F(AdmissionTest, SomeAddressesAndProxiesAndUnixSocketsAreExempt) {
    use(small());
    for (int i = 0; i < 5; ++i) {
        for (const char* host : {"127.0.0.1", "::1", ""}) EXPECT_EQ(come(host), std::nullopt) << host;
        log_in_all();
    }
    held.clear();
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(come("10.0.0.9", false, true), std::nullopt);
        log_in_all();
    }
    Limits limits = small();
    limits.address_exempt = {"10.0.0.0/8"};
    use(limits);
    EXPECT_TRUE(admission.exempt("10.255.0.1"));
    EXPECT_FALSE(admission.exempt("127.0.0.1"));
}

TEST_F(AdmissionTest, AdministratorsHavePlacesBeyondAllOthers) {
    use(small());
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(come("127.0.0.1"), std::nullopt);
        log_in_all();
    }
    EXPECT_EQ(come("127.0.0.1"), Limit::connections);
    EXPECT_EQ(seat, Seat::surplus);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(come("", true), std::nullopt);
        EXPECT_EQ(seat, Seat::reserved);
    }
    EXPECT_EQ(come("", true), Limit::connections) << "even these have an end";
    EXPECT_EQ(admission.counts().connections, 22u);
}

TEST_F(AdmissionTest, WithoutMemoryOnlyAdministratorsComeInAndOthersAreToldSo) {
    use(small());
    admission.set_memory_full(true);
    EXPECT_EQ(come("10.0.0.1"), Limit::memory);
    EXPECT_EQ(seat, Seat::surplus);
    EXPECT_EQ(come("", true), std::nullopt);
    admission.set_memory_full(false);
    EXPECT_EQ(come("10.0.0.1"), std::nullopt);
}

TEST_F(AdmissionTest, ThereIsRoomToSayNoAndItHasAnEnd) {
    Limits limits = small();
    limits.connections = 1;
    use(limits);
    EXPECT_EQ(come("127.0.0.1"), std::nullopt);
    for (int i = 0; i < 8; ++i) {
        come("10.0.0.1");
        EXPECT_EQ(seat, Seat::surplus);
    }
    come("10.0.0.1");
    EXPECT_EQ(seat, Seat::none) << "of one address";
    for (int i = 0; i < 24; ++i) come("10.0.1." + std::to_string(i));
    EXPECT_EQ(admission.counts().surplus, 32u);
    come("10.0.2.1");
    EXPECT_EQ(seat, Seat::none) << "of all that are counted";
    for (int i = 0; i < 32; ++i) come("127.0.0.1");
    EXPECT_EQ(admission.counts().surplus, 64u);
    come("127.0.0.1");
    EXPECT_EQ(seat, Seat::none);
}

TEST_F(AdmissionTest, FewDescriptorsMeanFewConnections) {
    use(small(), 4);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(come("127.0.0.1"), std::nullopt);
    EXPECT_EQ(come("127.0.0.1"), Limit::connections);
    EXPECT_EQ(come("", true), std::nullopt);
}

TEST_F(AdmissionTest, AddressesThatLeftAreForgotten) {
    Limits limits = small();
    limits.accepts = limits.connections = limits.connections_before_login = 1'000'000;
    use(limits, 1'000'000);
    for (int i = 0; i < 100; ++i) come("10.0.0." + std::to_string(i));
    EXPECT_EQ(admission.counts().addresses, 100u);
    held.clear();
    now += 10s;
    come("10.0.1.1");
    EXPECT_EQ(admission.counts().addresses, 1u);
    for (int i = 0; i < 100'000; ++i) {
        come("10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255));
        held.resize(1);
    }
    EXPECT_LE(admission.counts().addresses, 65'537u) << "however fast they change";
}

}  // namespace
}  // namespace heddle
