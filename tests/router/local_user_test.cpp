#include "router/local_user.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace heddle {
namespace {

/// A user without a name on this machine.
LocalUser somebody_else() { return {::geteuid() + 4'711'000, {4'711'000, 4'712'000}}; }
bool trusts(const std::vector<std::string>& admins, const LocalUser& user) { return trust(admins, user).trusted; }

TEST(LocalUser, IsWhoTheKernelSaysItIs) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const auto user = local_user(ends[0]);
    ASSERT_TRUE(user);
    EXPECT_EQ(user->user, ::geteuid());
    EXPECT_EQ(user->groups.front(), ::getegid());
    const passwd* known = ::getpwuid(::geteuid());
    EXPECT_EQ(trust({"root"}, *user).name, known ? known->pw_name : std::to_string(::geteuid()));
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(LocalUser, IsNobodyOverTcpOrOnAClosedDescriptor) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_FALSE(local_user(socket));
    ::close(socket);
    EXPECT_FALSE(local_user(socket));
}

TEST(LocalUser, AnEmptyListTrustsNobody) {
    LocalUser own{::geteuid(), {::getegid()}};
    EXPECT_FALSE(trusts({}, own));
    EXPECT_TRUE(trusts({"nobody-of-this-name"}, own)) << "who runs the router";
}

TEST(LocalUser, IsTrustedByNameOrNumberWholeAndExact) {
    const passwd* daemon = ::getpwnam("daemon");
    ASSERT_TRUE(daemon);
    const LocalUser user{daemon->pw_uid, {4'711'000}};
    EXPECT_TRUE(trusts({"root", "daemon"}, user));
    EXPECT_TRUE(trusts({std::to_string(user.user)}, user));
    EXPECT_EQ(trust({"root"}, user).name, "daemon");
    for (const char* other : {"daemo", "daemonn", "Daemon", "", "*"}) EXPECT_FALSE(trusts({other}, user)) << other;
    const LocalUser kim = somebody_else();
    EXPECT_TRUE(trusts({std::to_string(kim.user)}, kim));
    EXPECT_EQ(trust({"root"}, kim).trouble, "") << "that there is no such user is an answer";
}

TEST(LocalUser, IsTrustedByAGroupOfTheProcess) {
    const group* daemon = ::getgrnam("daemon");
    ASSERT_TRUE(daemon);
    LocalUser kim = somebody_else();
    EXPECT_FALSE(trusts({"%daemon"}, kim));
    kim.groups.push_back(daemon->gr_gid);
    EXPECT_TRUE(trusts({"%daemon"}, kim));
    EXPECT_FALSE(trusts({"daemon"}, kim)) << "that would be a user";
    EXPECT_FALSE(trusts({"%no-such-group-here"}, kim));
}

/// A group with many members does not fit into the first buffer.
TEST(LocalUser, LargeEntriesGetALargerBuffer) {
    std::vector<std::size_t> sizes;
    const auto fits_into = [&](std::size_t bytes) {
        sizes.clear();
        return look_with_buffer([&](std::vector<char>& text) {
            sizes.push_back(text.size());
            return text.size() < bytes ? ERANGE : 0;
        });
    };
    EXPECT_EQ(fits_into(16 << 10), 0);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{16 << 10}));
    EXPECT_EQ(fits_into((16 << 10) + 1), 0);
    EXPECT_EQ(sizes, (std::vector<std::size_t>{16 << 10, 64 << 10}));
    EXPECT_EQ(fits_into(16 << 20), 0);
    EXPECT_EQ(fits_into((16 << 20) + 1), ERANGE) << "there is an end to it";
    EXPECT_EQ(sizes.back(), std::size_t{16} << 20);
}

TEST(LocalUser, InterruptedLookUpIsRepeatedAndOtherErrorsAreTold) {
    int tries = 0;
    EXPECT_EQ(look_with_buffer([&](std::vector<char>&) { return ++tries < 3 ? EINTR : 0; }), 0);
    EXPECT_EQ(tries, 3);
    EXPECT_EQ(look_with_buffer([](std::vector<char>&) { return EIO; }), EIO);
}

}  // namespace
}  // namespace heddle
