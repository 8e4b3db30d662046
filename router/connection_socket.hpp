#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>

#include "router/stream.hpp"

namespace heddle {

/// The socket of one connection: a stream, and the waiting for it. One thread. The simulation (tests/simulation) has
/// sockets without a kernel.
class ConnectionSocket : public Stream {
 public:
    using Stream::Stream;

    enum class For : std::uint8_t { reading, writing };
    class Waiter {
     public:
        virtual ~Waiter() = default;
        /// What was waited for is there; `released`: it never will be.
        virtual void on_ready(For what, bool released) = 0;
    };
    /// Once for each call, and never from inside of it. At most one wait of each kind at a time.
    virtual void wait(For what, std::shared_ptr<Waiter> who) = 0;
    /// Nothing is waited for any more. So it is, too, once the socket is destroyed.
    virtual void release() = 0;
};

/// A socket that the kernel accepted. Owns the descriptor.
std::unique_ptr<ConnectionSocket> kernel_socket(boost::asio::io_context& io, int descriptor);

}  // namespace heddle
