#pragma once
#include <string>

#include "router/http_reader.hpp"

namespace heddle {

class Connection;

/// Which page had a browser send it; empty: no browser. Several are one that is on no list.
std::string origin_of(const HttpRequest& request);

/// The cookie that a request brought (cookies.hpp). None counts where the page that made the browser send it is neither
/// this listener's nor on its list of origins.
std::string cookie_of(const HttpRequest& request, const Connection& connection);

}  // namespace heddle
