#pragma once
#include <string_view>

#include "realms/egress.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"

namespace heddle {

/// ERROR to whoever sent the request of type `Request`. `text` is a JSON list with one text for people, as Autobahn's
/// clients print it, or nothing.
template <class Request>
void refuse(Egress& out, EndpointId to, RequestId request, std::string_view error, std::string_view text = {}) {
    out.send(to, ErrorReply{rule_for<Request>().code, request, error, Payload{Encoding::json, text, {}}});
}

namespace text {
inline constexpr std::string_view bad_uri = R"(["the URI is malformed, too long, or reserved for the router"])";
inline constexpr std::string_view denied = R"(["the role of this session has no permission for this"])";
inline constexpr std::string_view authorizer_silent =
    R"(["whoever is asked about such permissions did not answer, or not so that it can be understood"])";
inline constexpr std::string_view too_many_subscriptions = R"(["too many subscriptions"])";
inline constexpr std::string_view too_many_registrations = R"(["too many registrations"])";
inline constexpr std::string_view too_many_procedures = R"(["the realm has no room for another procedure"])";
inline constexpr std::string_view too_many_topics = R"(["the realm has no room for another subscribed topic"])";
inline constexpr std::string_view too_many_calls = R"(["too many calls are open"])";
inline constexpr std::string_view callee_busy = R"(["the callee has too many calls open"])";
inline constexpr std::string_view caller_has_its_share =
    R"(["half of the calls that the callee may have open are taken, and this caller has its share of them"])";
inline constexpr std::string_view no_room_to_retain = R"(["the realm has no room for another retained event"])";
inline constexpr std::string_view user_retains_too_much =
    R"(["what this publisher may retain is taken: remove retained events first"])";
inline constexpr std::string_view not_subscribed = R"(["this session does not hold this subscription"])";
inline constexpr std::string_view not_registered = R"(["this session does not hold this registration"])";
inline constexpr std::string_view no_list_operation =
    R"(["this topic is a list: $key, $index, $moved and $removed say what is to be done, and these make no sense together"])";
inline constexpr std::string_view list_is_for_all =
    R"(["a list is the same for all subscribers: nobody can be left out"])";
inline constexpr std::string_view no_such_key = R"(["the list has no entry of this $key"])";
inline constexpr std::string_view no_such_index = R"(["the list has no such $index"])";
inline constexpr std::string_view user_lists_too_much =
    R"(["what this publisher may have in lists is taken: remove entries first"])";
inline constexpr std::string_view list_full = R"(["the list, or all lists together, have no room for it"])";
inline constexpr std::string_view no_procedure = R"(["nobody has registered this procedure"])";
inline constexpr std::string_view procedure_taken =
    R"(["the procedure is registered and not shared with this policy"])";
inline constexpr std::string_view registered_already = R"(["this session has registered the procedure already"])";
inline constexpr std::string_view call_too_big = R"(["the call is larger than the callee takes"])";
inline constexpr std::string_view result_too_big = R"(["the answer is larger than this client takes"])";
inline constexpr std::string_view callee_gone = R"(["the callee left before it answered"])";
inline constexpr std::string_view call_canceled = R"(["the call was canceled"])";
inline constexpr std::string_view call_timed_out = R"(["the callee did not answer in time"])";
inline constexpr std::string_view no_disclosure = R"(["callers of this procedure are not named to it"])";
inline constexpr std::string_view publisher_not_named = R"(["who publishes to this topic is not named"])";
inline constexpr std::string_view no_disclosure_here = R"(["this role is not told who calls"])";
inline constexpr std::string_view callee_takes_no_stream =
    R"(["the callee does not know progressive call invocations, or cannot be canceled"])";
inline constexpr std::string_view callee_takes_no_passthru = R"(["the callee does not know payload passthru mode"])";
inline constexpr std::string_view caller_takes_no_passthru =
    R"(["the answer is in payload passthru mode, which this client did not announce"])";
inline constexpr std::string_view router_reads_payloads =
    R"(["the router answers this itself, and reads no payload in passthru mode"])";
inline constexpr std::string_view all_unavailable = R"(["no callee of this procedure is available"])";
inline constexpr std::string_view shutting_down = R"(["the router is shutting down"])";
inline constexpr std::string_view realm_closes = R"(["the realm is closing"])";
}  // namespace text

}  // namespace heddle
