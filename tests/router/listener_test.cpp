// Sockets of listeners: what an earlier run left behind is taken over, and nothing else.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "running_server.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle {
namespace {

class UnixSocket : public testing::Test {
 protected:
    UnixSocket() {
        path = folder + "/s";
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, path.size());
    }
    ~UnixSocket() override {
        for (const int one : open) ::close(one);
    }
    int bound(int backlog) {
        const int made = ::socket(AF_UNIX, SOCK_STREAM, 0);
        open.push_back(made);
        EXPECT_EQ(::bind(made, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(made, backlog), 0);
        return made;
    }
    /// Connects until nobody has room for one more.
    void fill() {
        for (int i = 0; i < 100; ++i) {
            const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
            open.push_back(made);
            if (::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
        }
        FAIL() << "the backlog has no end";
    }
    /// Why a router cannot listen there; empty: it can.
    std::string refusal() {
        KeptLog log;
        ServerSettings settings;
        ListenerSettings listener;
        listener.name = "local";
        listener.unix_path = path;
        settings.listeners.push_back(listener);
        try {
            Server server(settings, log);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    const test::TempFolder temp;
    const std::string folder = temp.path();
    std::string path;
    sockaddr_un address{};
    std::vector<int> open;
};

TEST_F(UnixSocket, ALeftoverIsTakenOver) {
    ::close(bound(1));
    open.clear();
    ASSERT_TRUE(std::filesystem::exists(path));
    EXPECT_EQ(refusal(), "");
}

TEST_F(UnixSocket, OneThatSomebodyListensOnStays) {
    bound(1);
    EXPECT_EQ(refusal(), "cannot listen on unix:" + path + ": Address already in use");
    EXPECT_TRUE(std::filesystem::exists(path));
}

/// Who is too busy to answer is alive.
TEST_F(UnixSocket, OneWithAFullBacklogStays) {
    bound(0);
    fill();
    EXPECT_NE(refusal(), "");
    EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(UnixSocket, AFileThatIsNoSocketStays) {
    ASSERT_EQ(::mkdir(path.c_str(), 0700), 0);
    EXPECT_NE(refusal(), "");
    EXPECT_TRUE(std::filesystem::is_directory(path));
}

}  // namespace
}  // namespace heddle
