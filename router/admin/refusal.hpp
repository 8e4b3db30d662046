#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "router/config/document.hpp"

/// The error URIs of administration beside WAMP's own (serializers/uris.hpp), and how an operation ends with one.
namespace heddle::admin {

namespace error {
inline constexpr std::string_view exists = "heddle.error.exists";
inline constexpr std::string_view in_use = "heddle.error.in_use";
inline constexpr std::string_view stale_revision = "heddle.error.stale_revision";
inline constexpr std::string_view revision_required = "heddle.error.revision_required";
inline constexpr std::string_view store_failed = "heddle.error.store_failed";
inline constexpr std::string_view throttled = "heddle.error.throttled";
inline constexpr std::string_view shutting_down = "heddle.error.shutting_down";
inline constexpr std::string_view reload_failed = "heddle.error.reload_failed";
inline constexpr std::string_view internal_error = "heddle.error.internal_error";
}  // namespace error

/// Thrown inside the desk only; whoever asked gets it as Answer.
struct Refusal {
    std::string error, detail;
    nlohmann::json body = nlohmann::json::object();
};

/// `wamp.error.invalid_argument` with all that is wrong.
[[noreturn]] void refuse_faults(const std::vector<config::Fault>& faults);
[[noreturn]] void refuse_field(std::string pointer, std::string detail);

}  // namespace heddle::admin
