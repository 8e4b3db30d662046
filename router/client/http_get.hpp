#pragma once
#include <string>

#include "router/client/transport.hpp"

namespace heddle {

struct HttpGetAnswer {
    int status = 0;
    std::string body;
};

/// One GET from the host of `options.address`, whatever its scheme. Throws Failure.
HttpGetAnswer http_get(Loop& loop, const DialOptions& options, const std::string& path);

}  // namespace heddle
