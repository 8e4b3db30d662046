// Procedures: commands that are calls, and what comes back of them to the link of the procedure. What WARP clients
// offer themselves is in warp_offers.cpp.
#include <string>
#include <utility>
#include <vector>

#include "bridge/warp_state.hpp"
#include "serializers/names.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

using recon::Items;
using recon::Node;

/// `@tag`, and nothing more.
bool bare_tag(Items body, std::string_view tag) {
    return body.single() && body.begin->kind == Node::Kind::attribute && body.begin->text == tag &&
           value_of(*body.begin).kind == Node::Kind::extant;
}

std::string text_of(const Node& id) {
    ByteBuffer text;
    recon::put_value(id, text, recon::Integers::portable);
    return std::string(text.view());
}

}  // namespace

// Only a lane that is a procedure's, by a rule, a registration, or an offer of this client, has words of its own:
// elsewhere they are what applications say to a topic.
bool WarpSession::State::procedure_command(const std::string& procedure, LaneKind kind, Items body, Turn turn) {
    if (tagged(body, "call", "id")) return call(procedure, body, turn), true;
    const Link* link = links.find(Match::exact, procedure);
    const bool may_be_one = kind == LaneKind::by_state || kind == LaneKind::command;
    if (link && may_be_one && bare_tag(body, "offer")) return offer(procedure, false, turn), true;

    const bool callable = kind == LaneKind::command || realm.has_procedure(procedure);
    if (callable || (link && link->kind == LaneKind::command)) {
        if (tagged(body, "cancel", "id")) return cancel(procedure, body, turn), true;
        if (tagged(body, "yield", "id") || tagged(body, "fail", "id"))
            return answer_invocation(procedure, body, turn), true;
        if (link && bare_tag(body, "withdraw")) return withdraw(procedure, turn), true;
    }
    if (callable) call(procedure, body, turn);
    return callable;
}

void WarpSession::State::call(std::string_view procedure, Items body, Turn turn) {
    const Node* id = tagged(body, "call", "id");
    if (!payload.read(id ? body.rest() : body)) return close(CloseReason::malformed_message, turn.out);
    const RequestId request_id = next_request();
    CallOptions options;
    if (id) {
        const Node* progress = tagged(body, "call", "progress");
        options.receive_progress = !progress || progress->kind != Node::Kind::boolean || progress->boolean;
        PendingCall pending{std::string(procedure), text_of(*id)};
        if (calls.size() >= limits.calls_max) {
            realm.count(Refusal::warp_calls);
            return answer_error(pending, uri::limit_exceeded, {}, turn.out);
        }
        calls.emplace(request_id, std::move(pending));
    }
    realm.on_message(self, Call{request_id, options, procedure, payload.view()}, turn.now, turn.egress);
}

// All calls of this client to the lane that bear the id; the error that answers each says that it was canceled.
void WarpSession::State::cancel(std::string_view procedure, Items body, Turn turn) {
    const std::string id = text_of(*tagged(body, "cancel", "id"));
    const Node* said = tagged(body, "cancel", "mode");
    const auto mode = said && said->kind == Node::Kind::text ? named<CancelMode>(cancel_mode_names, said->text)
                                                             : std::optional(CancelMode::killnowait);
    if (!mode) return;
    std::vector<RequestId> meant;  // the answers come from inside, and change `calls`
    for (const auto& [request_id, pending] : calls)
        if (pending.procedure == procedure && pending.id == id) meant.push_back(request_id);
    for (const RequestId request_id : meant) realm.on_message(self, Cancel{request_id, *mode}, turn.now, turn.egress);
}

void WarpSession::State::result(const CallResult& message, FrameSink& out) {
    const auto found = calls.find(message.request);
    if (found == calls.end()) return;  // nobody asked to hear of it
    if (message.progress)
        return tell(found->second.procedure, "@progress(id:" + found->second.id + ")", message.payload, out);
    const PendingCall call = std::move(found->second);
    calls.erase(found);
    tell(call.procedure, "@result(id:" + call.id + ")", message.payload, out);
}

void WarpSession::State::error(const ErrorReply& message, FrameSink& out) {
    if (message.request_type == rule_for<Subscribe>().code && request.link && message.request == request.id) {
        request.refusal = message.error;
        return;
    }
    if (message.request_type == rule_for<Register>().code && message.request == offering.id) {
        offering.refusal = message.error;
        return;
    }
    if (message.request_type != rule_for<Call>().code) return;
    const auto found = calls.find(message.request);
    if (found == calls.end()) return;
    const PendingCall call = std::move(found->second);
    calls.erase(found);
    answer_error(call, message.error, message.payload, out);
}

void WarpSession::State::answer_error(const PendingCall& call, std::string_view error, const Payload& what,
                                      FrameSink& out) {
    ByteBuffer head;
    head.append("@error(id:");
    head.append(call.id);
    head.append(",uri:");
    recon::put_text(error, head);
    head.push_back(')');
    tell(call.procedure, head.view(), what, out);
}

// To this client's own link of the procedure; a client that has none would not know what to do with it.
void WarpSession::State::tell(std::string_view procedure, std::string_view head, const Payload& what, FrameSink& out) {
    const Link* link = links.find(Match::exact, procedure);
    if (!link || stage == Stage::closed) return;
    scratch.clear();
    put_envelope(EnvelopeKind::event, link->header, scratch);
    scratch.append(head);
    put_body(what, scratch);
    out.own(scratch.view());
}

}  // namespace heddle
