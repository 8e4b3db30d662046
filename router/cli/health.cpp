#include "router/cli/health.hpp"

#include <iostream>

#include "router/cli/admin_render.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/render.hpp"
#include "router/cli/stream.hpp"
#include "router/client/http_get.hpp"
#include "router/json_text.hpp"

namespace heddle::cli {
namespace {

/// "status" of the body, or the HTTP status where it says none.
std::string word_of(const HttpGetAnswer& answer) {
    constexpr std::string_view key = "\"status\":\"";
    std::size_t begin = answer.body.find(key);
    if (begin == std::string::npos) return "HTTP status " + std::to_string(answer.status);
    begin += key.size();
    return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

/// What stands behind the word: "   2 listeners, store ok".
std::string checks_of(const std::string& body) {
    const auto answer = json_or_null(body);
    if (!answer.is_object() || !answer.contains("checks") || !answer["checks"].is_object()) return {};
    std::string out;
    for (const auto& [name, value] : answer["checks"].items()) {
        const std::string one = name.ends_with('s') ? name.substr(0, name.size() - 1) : name;
        std::string text = name + " " + cell_of(value);
        if (value.is_number_integer()) text = value.dump() + " " + (value == 1 ? one : name);
        if (value.is_object()) {
            text = name + " " + (value.contains("status") ? cell_of(value["status"]) : "");
            for (const auto& [inner, what] : value.items())
                if (inner != "status" && !what.is_structured()) text += ", " + inner + " " + cell_of(what);
        }
        out += (out.empty() ? "   " : ", ") + text;
    }
    return out;
}

}  // namespace

int run_health(const Globals& globals) {
    Globals nobody = globals;  // a probe logs in nowhere
    nobody.ticket = nobody.secret = nobody.private_key = nobody.jwt = nobody.authid = nobody.auth = "";
    WampOptions where = wamp_options(nobody);
    Loop loop;
    try {
        DialOptions dialing{where.address, {}, Encoding::json, where.tls_ca, where.tls_cert, where.tls_key, Clock::now() + globals.timeout};
        HttpGetAnswer live = http_get(loop, dialing, "/health/live"), ready = http_get(loop, dialing, "/health/ready");
        if (globals.form == Form::human) {
            if (!globals.quiet)
                std::cout << "live   " << word_of(live) << "\nready  " << word_of(ready) << checks_of(ready.body) << "\n";
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
