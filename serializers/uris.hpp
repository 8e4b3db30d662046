#pragma once
#include <string_view>

/// The URIs that WAMP predefines (wamp specification, "Predefined URIs").
namespace heddle::uri {

inline constexpr std::string_view system_shutdown = "wamp.close.system_shutdown";
inline constexpr std::string_view close_realm = "wamp.close.close_realm";
inline constexpr std::string_view goodbye_and_out = "wamp.close.goodbye_and_out";
inline constexpr std::string_view killed = "wamp.close.killed";
inline constexpr std::string_view normal = "wamp.close.normal";
inline constexpr std::string_view logout = "wamp.close.logout";

inline constexpr std::string_view protocol_violation = "wamp.error.protocol_violation";
inline constexpr std::string_view invalid_uri = "wamp.error.invalid_uri";
inline constexpr std::string_view no_such_procedure = "wamp.error.no_such_procedure";
inline constexpr std::string_view procedure_already_exists = "wamp.error.procedure_already_exists";
inline constexpr std::string_view no_such_registration = "wamp.error.no_such_registration";
inline constexpr std::string_view no_such_subscription = "wamp.error.no_such_subscription";
inline constexpr std::string_view invalid_argument = "wamp.error.invalid_argument";
inline constexpr std::string_view canceled = "wamp.error.canceled";
inline constexpr std::string_view payload_size_exceeded = "wamp.error.payload_size_exceeded";
inline constexpr std::string_view not_authorized = "wamp.error.not_authorized";
inline constexpr std::string_view authorization_failed = "wamp.error.authorization_failed";
inline constexpr std::string_view no_such_session = "wamp.error.no_such_session";
inline constexpr std::string_view no_such_realm = "wamp.error.no_such_realm";
inline constexpr std::string_view no_such_role = "wamp.error.no_such_role";
inline constexpr std::string_view no_matching_auth_method = "wamp.error.no_matching_auth_method";
inline constexpr std::string_view authentication_failed = "wamp.error.authentication_failed";
inline constexpr std::string_view authentication_required = "wamp.error.authentication_required";
inline constexpr std::string_view timeout = "wamp.error.timeout";
inline constexpr std::string_view option_not_allowed = "wamp.error.option_not_allowed";
inline constexpr std::string_view network_failure = "wamp.error.network_failure";
inline constexpr std::string_view unavailable = "wamp.error.unavailable";
inline constexpr std::string_view feature_not_supported = "wamp.error.feature_not_supported";
inline constexpr std::string_view disclose_me_disallowed = "wamp.error.option_disallowed.disclose_me";
inline constexpr std::string_view no_available_callee = "wamp.error.no_available_callee";
inline constexpr std::string_view history_unavailable = "wamp.error.history_unavailable";
inline constexpr std::string_view limit_exceeded = "heddle.error.limit_exceeded";
inline constexpr std::string_view taken_over = "heddle.close.taken_over";
inline constexpr std::string_view role_removed = "heddle.close.role_removed";
inline constexpr std::string_view role_changed = "heddle.close.role_changed";
inline constexpr std::string_view user_removed = "heddle.close.user_removed";
inline constexpr std::string_view user_disabled = "heddle.close.user_disabled";
inline constexpr std::string_view user_expired = "heddle.close.user_expired";
inline constexpr std::string_view lane_changed = "heddle.close.lane_changed";
inline constexpr std::string_view not_found = "heddle.error.not_found";

}  // namespace heddle::uri
