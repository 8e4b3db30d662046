#pragma once
#include <string>

#include "router/http_reader.hpp"

namespace heddle {

class Connection;

/// The cookie that a request brought (cookies.hpp). None counts where the page that made the browser send it is neither
/// this listener's nor on its list of origins.
std::string cookie_of(const HttpRequest& request, const Connection& connection);

}  // namespace heddle
