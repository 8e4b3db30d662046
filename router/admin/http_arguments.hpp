#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "router/admin/operation.hpp"
#include "serializers/bytes.hpp"

namespace heddle::admin {

struct ArgumentFault {
    std::string pointer, detail;  // "/limt", of the body, or of the name in the query
};

/// The parts of a request that hold arguments. A copy: they are read after the login, when the request is gone.
struct ArgumentText {
    std::vector<std::string> places;  // of the path, decoded
    std::string query, body;
    std::string content_type, if_match, if_none_match;  // headers
};

/// An operation's arguments as a message. Names are checked here; values by the operation itself.
struct Arguments {
    SharedBytes message;  // CALL, in JSON
    std::string error;    // URI; empty: all is well
    std::vector<ArgumentFault> faults;
};
/// Never throws and never recurses deeper than depth_max, whatever the text. Any thread.
Arguments read_arguments(const Operation& operation, const ArgumentText& text);

bool is_toml(std::string_view content_type);

}  // namespace heddle::admin
