#include "router/cli/health.hpp"

#include <iostream>

#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/render.hpp"
#include "router/cli/stream.hpp"
#include "router/client/http_get.hpp"

namespace heddle::cli {
namespace {

/// "status" of the body, or the HTTP status where it says none.
std::string word_of(const HttpAnswer& answer) {
    constexpr std::string_view key = "\"status\":\"";
    std::size_t begin = answer.body.find(key);
    if (begin == std::string::npos) return "HTTP status " + std::to_string(answer.status);
    begin += key.size();
    return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

}  // namespace

int run_health(const Globals& globals) {
    Globals nobody = globals;  // a probe logs in nowhere
    nobody.ticket = nobody.secret = nobody.private_key = nobody.jwt = nobody.authid = nobody.auth = "";
    WampOptions where = wamp_options(nobody);
    Loop loop;
    try {
        DialOptions dialing{where.address, {}, Encoding::json, where.tls_ca, where.tls_cert, where.tls_key, Clock::now() + globals.timeout};
        HttpAnswer live = http_get(loop, dialing, "/health/live"), ready = http_get(loop, dialing, "/health/ready");
        if (globals.form == Form::human) {
            if (!globals.quiet) std::cout << "live   " << word_of(live) << "\nready  " << word_of(ready) << "\n";
        } else {
            std::cout << (is_json(ready.body) ? compact(ready.body)
                                              : "{\"status\":" + std::to_string(ready.status) + "}")
                      << "\n";
        }
        return ready.status == 200 && live.status == 200 ? exit_done : exit_refused;
    } catch (const Failure& failure) {
        print_failure(failure, globals);
        return exit_refused;
    }
}

}  // namespace heddle::cli
