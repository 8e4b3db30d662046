#include "router/http_problem.hpp"

#include <algorithm>
#include <cctype>

#include "serializers/uris.hpp"

namespace heddle {
namespace {

struct Row {
    std::string_view error;
    unsigned status;
};

constexpr Row rows[] = {
    {"heddle.error.malformed", 400},  // these six are HTTP's own
    {"heddle.error.no_such_path", 404},
    {"heddle.error.no_such_method", 405},
    {"heddle.error.not_acceptable", 406},
    {"heddle.error.no_such_media_type", 415},
    {"heddle.error.cross_site", 403},
    {uri::authentication_failed, 401},
    {uri::authentication_required, 401},
    {uri::no_matching_auth_method, 401},
    {uri::not_authorized, 403},
    {uri::no_such_procedure, 404},
    {uri::no_such_realm, 404},
    {uri::no_such_role, 404},
    {uri::no_such_session, 404},
    {uri::no_such_registration, 404},
    {uri::no_such_subscription, 404},
    {uri::not_found, 404},
    {"heddle.error.exists", 409},
    {"heddle.error.in_use", 409},
    {"heddle.error.stale_revision", 412},
    {uri::payload_size_exceeded, 413},
    {uri::invalid_argument, 422},
    {uri::invalid_uri, 422},
    {uri::option_not_allowed, 422},
    {uri::disclose_me_disallowed, 422},
    {uri::feature_not_supported, 422},
    {"heddle.error.revision_required", 428},
    {"heddle.error.throttled", 429},
    {"heddle.error.store_failed", 500},
    {"heddle.error.reload_failed", 422},
    {"heddle.error.shutting_down", 503},
    {uri::canceled, 502},
    {uri::network_failure, 502},
    {uri::authorization_failed, 503},
    {uri::no_available_callee, 503},
    {uri::unavailable, 503},
    {uri::limit_exceeded, 503},
    {uri::system_shutdown, 503},
    {uri::close_realm, 503},
    {uri::killed, 503},
    {uri::timeout, 504},
};

const Row* row_of(std::string_view error) {
    const auto found = std::find_if(std::begin(rows), std::end(rows), [&](const Row& row) { return row.error == error; });
    return found == std::end(rows) ? nullptr : found;
}

/// What stands behind the last dot: "no_such_procedure".
HttpProblem named(unsigned status, std::string_view name) {
    HttpProblem problem{status, "urn:heddle:problem:", std::string(name)};
    for (const char c : name) problem.type += c == '_' ? '-' : c;
    std::replace(problem.title.begin(), problem.title.end(), '_', ' ');
    if (!problem.title.empty())
        problem.title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(problem.title.front())));
    return problem;
}

}  // namespace

HttpProblem problem_of(std::string_view error, bool from_callee) {
    if (const Row* row = row_of(error)) return named(row->status, error.substr(error.rfind('.') + 1));
    return from_callee ? named(422, "application_error") : named(500, "internal_error");
}

HttpProblem login_problem_of(std::string_view error) {
    const Row* row = row_of(error);
    return row ? problem_of(error) : named(401, "login_refused");
}

}  // namespace heddle
