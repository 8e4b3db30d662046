#include "router/greeting.hpp"

#include "router/connection.hpp"
#include "router/http.hpp"
#include "router/rawsocket.hpp"

namespace heddle {
namespace {

class Greeting final : public Protocol {
 public:
    explicit Greeting(Connection& connection) : connection_(connection) {}
    std::string_view name() const override { return "greeting"; }
    std::size_t on_bytes(std::span<char> bytes) override {
        connection_.switch_to(bytes[0] == rawsocket_magic ? make_rawsocket(connection_) : make_http(connection_));
        return 0;
    }

 private:
    Connection& connection_;
};

}  // namespace

std::unique_ptr<Protocol> make_greeting(Connection& connection) { return std::make_unique<Greeting>(connection); }

}  // namespace heddle
