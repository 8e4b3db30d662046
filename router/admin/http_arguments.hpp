#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/operation.hpp"
#include "router/http_exchange.hpp"
#include "serializers/bytes.hpp"

namespace heddle::admin {

struct ArgumentFault {
    std::string pointer, detail;  // "/limt", of the body, or of the name in the query
};

/// An operation's arguments as they stand in a request: places of the path, the query, the body, the revision in If-Match
/// and If-None-Match. Names are checked here; values by whoever does it.
struct Arguments {
    SharedBytes message;   // CALL, in JSON
    bool creates = false;  // If-None-Match: *
    std::string error;     // URI; empty: all is well
    std::vector<ArgumentFault> faults;
};
Arguments read_arguments(const Operation& operation, const std::vector<std::string>& places, const HttpAsk& ask);

bool is_toml(std::string_view content_type);

}  // namespace heddle::admin
