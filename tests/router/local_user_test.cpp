#include "router/local_user.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace heddle {
namespace {

LocalUser somebody_else() { return {::geteuid() + 4711, {4711, 4712}, "kim"}; }

TEST(LocalUser, IsWhoTheKernelSaysItIs) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    const auto user = local_user(ends[0]);
    ASSERT_TRUE(user);
    EXPECT_EQ(user->user, ::geteuid());
    EXPECT_EQ(user->groups.front(), ::getegid());
    const passwd* known = ::getpwuid(::geteuid());
    EXPECT_EQ(user->name, known ? known->pw_name : std::to_string(::geteuid()));
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
    LocalUser own{::geteuid(), {::getegid()}, "own"};
    EXPECT_FALSE(trusts({}, own));
    EXPECT_TRUE(trusts({"nobody-of-this-name"}, own)) << "who runs the router";
}

TEST(LocalUser, IsTrustedByNameOrNumberWholeAndExact) {
    const LocalUser kim = somebody_else();
    EXPECT_TRUE(trusts({"root", "kim"}, kim));
    EXPECT_TRUE(trusts({std::to_string(kim.user)}, kim));
    for (const char* other : {"ki", "kimm", "Kim", "%kim", "", "*"}) EXPECT_FALSE(trusts({other}, kim)) << other;
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

}  // namespace
}  // namespace heddle
