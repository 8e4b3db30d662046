#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "router/admin/operation.hpp"
#include "router/cli/admin_arguments.hpp"
#include "router/cli/globals.hpp"
#include "router/client/wamp_client.hpp"

namespace heddle::cli {

/// A session in heddle.admin: what every admin command is made of. By the admin socket where there is one and no address
/// was asked for, else by the url; over a Unix socket without credentials our user id is what we show.
class AdminSession {
 public:
    explicit AdminSession(const Globals& globals);
    ~AdminSession();

    /// CALL heddle.<noun>.<verb>; the result's keywords. Throws Failure with what the router said.
    nlohmann::json call(const admin::Operation& operation, const AdminArguments& arguments);
    nlohmann::json call(std::string_view noun, std::string_view verb, const AdminArguments& arguments);
    /// The same, and nothing where there is no such thing.
    std::optional<nlohmann::json> find(std::string_view noun, std::string_view verb, const AdminArguments& arguments);

    /// Events of a topic of heddle.admin, their first argument.
    void watch(const std::string& topic, std::function<void(const nlohmann::json&)> heard);
    WampClient& client() { return *client_; }
    Loop& loop() { return loop_; }
    const std::string& address() const { return globals_.url; }

 private:
    const Globals& told_;  // as the command line has them: also for errors
    Globals globals_;      // with the address and realm that are used
    Loop loop_;
    std::unique_ptr<WampClient> client_;
};

/// Where admin commands go: `globals` with url, realm and method as above.
Globals admin_globals(const Globals& globals);

/// An error of an operation as the command's: detail first, what is wrong with which field below, what to do next.
Failure admin_failure(const admin::Operation& operation, std::string_view error, const nlohmann::json& args,
                      const nlohmann::json& kwargs, const Globals& globals);

}  // namespace heddle::cli
