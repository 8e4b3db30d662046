#pragma once
#include <string>
#include <string_view>

namespace heddle {

/// How a WAMP error looks to an HTTP client (RFC 9457).
struct HttpProblem {
    unsigned status;
    std::string type;   // "urn:heddle:problem:no-such-procedure"
    std::string title;  // "No such procedure"
};

/// `from_callee`: an error that a procedure may have made up itself; the status is 422 where its URI says nothing to us.
/// Otherwise 500 is.
HttpProblem problem_of(std::string_view error, bool from_callee = true);

/// The same for a login that was refused, where `error` is the reason of the ABORT: mostly 401.
HttpProblem login_problem_of(std::string_view error);

}  // namespace heddle
