#include "router/http_cookies.hpp"

#include "router/connection.hpp"
#include "router/cookies.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/upgrade.hpp"

namespace heddle {

namespace {

namespace http = boost::beast::http;

std::string joined(const HttpRequest& request, http::field name, std::string_view by) {
    std::string all;
    const auto [first, last] = request.equal_range(name);
    for (auto line = first; line != last; ++line) {
        if (line != first) all.append(by);
        all.append(view(line->value()));
    }
    return all;
}

}  // namespace

std::string origin_of(const HttpRequest& request) { return joined(request, http::field::origin, ", "); }

std::string cookie_of(const HttpRequest& request, const Connection& connection) {
    const std::string header = joined(request, http::field::cookie, ";");
    if (header.empty()) return {};
    const std::string origin = origin_of(request);
    if (!origin_trusted(origin, local_address(connection), connection.secure(), connection.listener().settings)) return {};
    return cookie_in(header, cookie_place(view(request.target())));
}

}  // namespace heddle
