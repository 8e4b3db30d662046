#include "router/connection_socket.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <utility>

namespace heddle {
namespace {

class KernelSocket final : public ConnectionSocket {
 public:
    KernelSocket(boost::asio::io_context& io, int descriptor) : ConnectionSocket(descriptor), readiness_(io) {}
    ~KernelSocket() override { release(); }

    void wait(For what, std::shared_ptr<Waiter> who) override {
        if (!readiness_.is_open()) readiness_.assign(descriptor());
        const auto kind = what == For::reading ? readiness_.wait_read : readiness_.wait_write;
        readiness_.async_wait(kind, [what, who = std::move(who)](const boost::system::error_code& error) {
            who->on_ready(what, static_cast<bool>(error));
        });
    }
    void release() override {
        if (readiness_.is_open()) readiness_.release();  // the stream owns the descriptor
    }

 private:
    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> readiness_;
};

}  // namespace

std::unique_ptr<ConnectionSocket> kernel_socket(boost::asio::io_context& io, int descriptor) {
    return std::make_unique<KernelSocket>(io, descriptor);
}

}  // namespace heddle
