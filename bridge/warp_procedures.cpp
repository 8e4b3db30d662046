// Procedures: commands that are calls, and what comes back of them to the link of the procedure.
#include <string>
#include <utility>

#include "bridge/warp_state.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"

namespace heddle {

using recon::Items;
using recon::Node;

void WarpSession::State::call(std::string_view procedure, Items body, Turn turn) {
    const Node* id = tagged(body, "call", "id");
    if (!payload.read(id ? body.rest() : body)) return close(CloseReason::malformed_message, turn.out);
    const RequestId request_id = next_request();
    if (id) {
        ByteBuffer text;
        recon::put_value(*id, text, recon::Integers::portable);
        PendingCall pending{std::string(procedure), std::string(text.view())};
        if (calls.size() >= limits.calls_max)
            return answer(pending,
                          std::string("@error(id:") + pending.id + ",uri:\"" + std::string(uri::limit_exceeded) + "\")",
                          {}, turn.out);
        calls.emplace(request_id, std::move(pending));
    }
    realm.on_message(self, Call{request_id, {}, procedure, payload.view()}, turn.now, turn.egress);
}

void WarpSession::State::result(const CallResult& message, FrameSink& out) {
    const auto found = calls.find(message.request);
    if (found == calls.end()) return;  // nobody asked to hear of it
    const PendingCall call = message.progress ? found->second : std::move(found->second);
    if (!message.progress) calls.erase(found);
    answer(call, "@result(id:" + call.id + ")", message.payload, out);
}

void WarpSession::State::error(const ErrorReply& message, FrameSink& out) {
    if (message.request_type == rule_for<Subscribe>().code && request.link && message.request == request.id) {
        request.refusal = message.error;
        return;
    }
    if (message.request_type != rule_for<Call>().code) return;
    const auto found = calls.find(message.request);
    if (found == calls.end()) return;
    const PendingCall call = std::move(found->second);
    calls.erase(found);
    ByteBuffer head;
    head.append("@error(id:");
    head.append(call.id);
    head.append(",uri:");
    recon::put_text(message.error, head);
    head.push_back(')');
    answer(call, head.view(), message.payload, out);
}

// To the caller's own link; a client that has none would not know what to do with it.
void WarpSession::State::answer(const PendingCall& call, std::string_view head, const Payload& what, FrameSink& out) {
    const Link* link = links.find(Match::exact, call.procedure);
    if (!link || stage == Stage::closed) return;
    ByteBuffer frame;
    put_envelope(EnvelopeKind::event, link->header, frame);
    frame.append(head);
    put_body(what, frame);
    out.frame(frame.freeze());
}

}  // namespace heddle
