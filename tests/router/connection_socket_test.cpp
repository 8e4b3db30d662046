#include "router/connection_socket.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace heddle {
namespace {

/// Notes what it was told.
class Notes final : public ConnectionSocket::Waiter {
 public:
    void on_ready(ConnectionSocket::For what, bool released) override {
        told.push_back(std::string(what == ConnectionSocket::For::reading ? "read" : "write") +
                       (released ? " never" : ""));
    }
    std::vector<std::string> told;
};

class ConnectionSocketTest : public testing::Test {
 protected:
    ConnectionSocketTest() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("socketpair");
        socket = kernel_socket(io, ends[0]);
        descriptor = ends[0];
        peer = ends[1];
    }
    ~ConnectionSocketTest() override { ::close(peer); }
    boost::asio::io_context io;
    std::unique_ptr<ConnectionSocket> socket;
    int descriptor = -1, peer = -1;
    std::shared_ptr<Notes> notes = std::make_shared<Notes>();
    using Told = std::vector<std::string>;
};

TEST_F(ConnectionSocketTest, SaysOnceForEachWaitWhatIsReady) {
    socket->wait(ConnectionSocket::For::reading, notes);
    socket->wait(ConnectionSocket::For::writing, notes);
    EXPECT_EQ(notes->told, Told{}) << "never from inside of the call";
    io.poll();
    EXPECT_EQ(notes->told, Told{"write"});
    ASSERT_EQ(::send(peer, "x", 1, MSG_NOSIGNAL), 1);
    io.poll();
    EXPECT_EQ(notes->told, (Told{"write", "read"}));
    ASSERT_EQ(::send(peer, "y", 1, MSG_NOSIGNAL), 1);
    io.poll();
    EXPECT_EQ(notes->told, (Told{"write", "read"})) << "nobody waits any more";
    socket->wait(ConnectionSocket::For::reading, notes);
    io.restart();
    io.poll();
    EXPECT_EQ(notes->told, (Told{"write", "read", "read"}));
}

TEST_F(ConnectionSocketTest, AWaitForAReleasedSocketEndsWithAnError) {
    socket->wait(ConnectionSocket::For::reading, notes);
    socket->release();
    socket->release();
    io.poll();
    EXPECT_EQ(notes->told, Told{"read never"});
    EXPECT_EQ(notes.use_count(), 1) << "the wait lets go of its owner";
}

TEST_F(ConnectionSocketTest, ClosesItsDescriptorWithTheLastWaitGivenUp) {
    socket->wait(ConnectionSocket::For::reading, notes);
    socket.reset();
    io.poll();
    char byte = 0;
    EXPECT_EQ(::recv(peer, &byte, 1, 0), 0) << "the other end is closed";
}

TEST_F(ConnectionSocketTest, TheKernelHasTheSendBufferThatIsSet) {
    for (const std::size_t bytes : {std::size_t{32} << 10, std::size_t{128} << 10, std::size_t{64} << 10}) {
        socket->set_send_buffer(bytes);
        int value = 0;
        socklen_t size = sizeof value;
        ASSERT_EQ(::getsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &value, &size), 0);
        EXPECT_GE(static_cast<std::size_t>(value), bytes);
        EXPECT_LE(static_cast<std::size_t>(value), 2 * bytes) << "Linux doubles it, for what it keeps beside the bytes";
    }
}

}  // namespace
}  // namespace heddle
