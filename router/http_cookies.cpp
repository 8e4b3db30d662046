#include "router/http_cookies.hpp"

#include "router/connection.hpp"
#include "router/cookies.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/upgrade.hpp"

namespace heddle {

std::string cookie_of(const HttpRequest& request, const Connection& connection) {
    namespace http = boost::beast::http;
    std::string header;
    const auto [first, last] = request.equal_range(http::field::cookie);
    for (auto line = first; line != last; ++line) header.append(header.empty() ? "" : ";").append(view(line->value()));
    if (header.empty()) return {};
    const std::string_view origin = view(request[http::field::origin]);
    if (!origin_trusted(origin, local_address(connection), connection.secure(), connection.listener().settings)) return {};
    return cookie_in(header, cookie_place(view(request.target())));
}

}  // namespace heddle
