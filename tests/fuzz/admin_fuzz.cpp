#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "router/admin/fields.hpp"
#include "router/admin/http_arguments.hpp"
#include "router/admin/http_routes.hpp"
#include "router/admin/refusal.hpp"
#include "router/cookies.hpp"
#include "router/json_text.hpp"
#include "router/signed_query.hpp"
#include "serializers/codec.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Requests of the administration API. The first byte is the operation, the second the content type, then come lines: the
/// query, If-Match, If-None-Match; the rest is the body. Beside not crashing: what is taken is a call of the operation, and
/// its fields are checked; what is not taken has a reason with a place. The same bytes are a path, a cookie and a signed
/// query, too.
namespace {

using namespace heddle;
using fuzzing::demand;
using fuzzing::line_of;
using namespace heddle::admin;

void check_arguments(const Operation& operation, const ArgumentText& text) {
    const Arguments read = read_arguments(operation, text);
    if (!read.error.empty()) {
        demand(!read.faults.empty(), "a refusal has a reason");
        for (const ArgumentFault& fault : read.faults)
            demand(!fault.detail.empty() && (fault.pointer.empty() || fault.pointer.front() == '/'), "a reason has a place");
        return;
    }
    const auto message = decode(Encoding::json, read.message.view());
    const auto* call = message ? std::get_if<Call>(&*message) : nullptr;
    demand(call && call->procedure.starts_with("heddle."), "what is taken is a call");
    const auto given = call->payload.kwargs;
    const nlohmann::json kwargs = given.empty() ? nlohmann::json::object() : json_or_null(given);
    demand(kwargs.is_object(), "its keywords are an object");
    try {
        check_fields(operation, kwargs);
    } catch (const admin::Refusal& refusal) {
        demand(!refusal.error.empty() && !refusal.detail.empty(), "a refusal has a reason");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    constexpr std::string_view types[] = {"application/json", "application/toml", "text/plain", ""};
    const std::string_view all(reinterpret_cast<const char*>(data) + 2, size - 2);
    std::string_view rest = all;
    const Operation& operation = operations()[data[0] % operations().size()];
    ArgumentText text;
    for (const Field& field : operation.fields)
        if (field.in == Field::In::place) text.places.push_back("plant");
    text.content_type = types[data[1] % 4];
    text.query = line_of(rest);
    text.if_match = line_of(rest);
    text.if_none_match = line_of(rest);
    text.body = rest;
    check_arguments(operation, text);

    const ApiRoute route = find_route("GET", all);
    demand(!route.operation || !route.allowed.empty(), "a path that is there has a method");
    const std::string cookie = cookie_in(all);
    demand(cookie.empty() || cookie.size() == 32, "a cookie is one of ours");
    Nonces nonces;
    const SignatureVerdict verdict = check_signature(text.query, text.body, "key", "secret", 1'795'000'000'000, nonces);
    demand(verdict.status != 200, "nobody signs by chance");
    return 0;
}
