#include "realms/meta.hpp"

#include "realms/replies.hpp"
#include "realms/uri_check.hpp"

namespace heddle {

MetaProvider* MetaCallee::find(std::string_view procedure) const {
    if (!reserved_uri(procedure)) return nullptr;  // every other call pays no more than this
    for (MetaProvider* provider : providers_)
        if (provider->has(procedure)) return provider;
    return nullptr;
}

void MetaCallee::call(const Session& from, const Call& message, TimePoint now, Egress& out) {
    const auto refuse_with = [&](std::string_view error, std::string_view text) {
        refuse<Call>(out, from.endpoint, message.request, error, text);
    };
    const Gate::Verdict verdict = gate_.check(from.actor(), Action::call, message.procedure).verdict;
    if (verdict == Gate::Verdict::invalid_uri) return refuse_with(uri::invalid_uri, text::bad_uri);
    if (verdict == Gate::Verdict::denied) return refuse_with(uri::not_authorized, text::denied);
    if (uses_passthru(message.options.extras))
        return refuse_with(uri::feature_not_supported, text::router_reads_payloads);
    MetaCall call(from.id, message.payload, now);
    find(message.procedure)->answer(message.procedure, call);
    const bool refused = call.refused();
    const Payload answer = call.answer();
    if (refused) {
        out.send(from.endpoint, ErrorReply{rule_for<Call>().code, message.request, call.error(), answer});
    } else if (out.send(from.endpoint, CallResult{message.request, false, answer}) == Delivery::too_big) {
        refuse_with(uri::payload_size_exceeded, text::result_too_big);
    } else {
        call.act(out);
    }
}

}  // namespace heddle
