// Offers: a WARP client that answers calls. It hears @invoke on its own link and says @yield or @fail to the lane.
#include <string>
#include <utility>

#include "bridge/warp_state.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

using recon::Items;
using recon::Node;

/// N of `@tag(id:N)`; 0 where it is none.
RequestId invocation_id(const Node& id) {
    return id.kind == Node::Kind::integer && id.integer > 0 ? RequestId{static_cast<std::uint64_t>(id.integer)}
                                                            : RequestId{};
}

void put_id(RequestId id, ByteBuffer& out) { recon::put_integer(static_cast<std::int64_t>(id.value), out); }

}  // namespace

void WarpSession::State::offer(const std::string& procedure, bool again, Turn turn) {
    if (offers.registration(procedure)) return offered(procedure, again, turn);
    offering = {next_request(), {}, {}, procedure, again};
    realm.on_message(self, Register{offering.id, {}, procedure}, turn.now, turn.egress);
    if (stage != Stage::closed && offering_answered()) finish_offer(turn);
}

void WarpSession::State::finish_offer(Turn turn) {
    const Offering done = std::exchange(offering, {});
    if (done.registration) {
        offers.add(done.registration, done.procedure);
        if (links.find(Match::exact, done.procedure)) return offered(done.procedure, done.again, turn);
        return end_offer(done.procedure, turn);  // the link went while somebody was asked
    }
    if (done.again) return tell(done.procedure, "@withdrawn", {}, turn.out);
    ByteBuffer head;
    head.append("@error(uri:");
    recon::put_text(done.refusal, head);
    head.push_back(')');
    tell(done.procedure, head.view(), {}, turn.out);
}

// From now on the lane is a command lane to this client: what others publish under this name is not mixed in.
void WarpSession::State::offered(const std::string& procedure, bool again, Turn turn) {
    if (Link* link = links.find(Match::exact, procedure)) {
        link->kind = LaneKind::command;
        const SubscriptionId subscription = link->subscription;
        links.clear_subscription(*link);
        if (subscription) unsubscribe(subscription, turn);
    }
    if (!again) tell(procedure, "@offered", {}, turn.out);
}

// What was asked before may still be answered, as after UNREGISTER.
void WarpSession::State::withdraw(const std::string& procedure, Turn turn) {
    const RegistrationId registration = offers.registration(procedure);
    if (registration) {
        offers.remove(procedure);
        realm.on_message(self, Unregister{next_request(), registration}, turn.now, turn.egress);
    }
    tell(procedure, "@withdrawn", {}, turn.out);
}

// Without a link nothing can be heard, so nothing is offered; whoever waits for an answer hears at once.
void WarpSession::State::end_offer(const std::string& procedure, Turn turn) {
    if (const RegistrationId registration = offers.registration(procedure)) {
        offers.remove(procedure);
        realm.on_message(self, Unregister{next_request(), registration}, turn.now, turn.egress);
    }
    for (const RequestId invocation : offers.abandon(procedure)) {
        const ErrorReply gone{rule_for<Invocation>().code, invocation, uri::canceled, {}};
        realm.on_message(self, gone, turn.now, turn.egress);
    }
}

// An id that is none, or another lane's, is a slip; to the realm it would be a violation.
void WarpSession::State::answer_invocation(std::string_view procedure, Items body, Turn turn) {
    const Node* failed = tagged(body, "fail", "id");
    const RequestId id = invocation_id(failed ? *failed : *tagged(body, "yield", "id"));
    const std::string* asked = offers.asked(id);
    if (!asked || *asked != procedure) return;
    if (!payload.read(body.rest())) return close(CloseReason::malformed_message, turn.out);
    if (failed) {
        const Node* error = tagged(body, "fail", "uri");
        const bool named = error && error->kind == Node::Kind::text;
        offers.answered(id);
        const ErrorReply reply{rule_for<Invocation>().code, id, named ? error->text : "wamp.error.runtime_error",
                               payload.view()};
        return realm.on_message(self, reply, turn.now, turn.egress);
    }
    const Node* more = tagged(body, "yield", "progress");
    const bool progress = more && more->kind == Node::Kind::boolean && more->boolean;
    if (!progress) offers.answered(id);
    realm.on_message(self, Yield{id, progress, payload.view()}, turn.now, turn.egress);
}

void WarpSession::State::registered(const Registered& message) {
    if (message.request == offering.id) offering.registration = message.registration;
}

// The router took the registration away: the client may offer again.
void WarpSession::State::revoked(const Unregistered& message, FrameSink& out) {
    const std::string* found = message.request ? nullptr : offers.procedure(message.revoked);
    if (!found) return;
    const std::string procedure = *found;
    offers.remove(procedure);
    tell(procedure, "@withdrawn", {}, out);
}

void WarpSession::State::invoked(const Invocation& message, FrameSink& out) {
    const std::string* procedure = offers.procedure(message.registration);
    if (!procedure) return;
    offers.ask(message.request, *procedure, realm.settings().limits.invocations_max);
    ByteBuffer head;
    head.append("@invoke(id:");
    put_id(message.request, head);
    if (message.details.caller) {
        head.append(",caller:");
        recon::put_integer(static_cast<std::int64_t>(message.details.caller.value), head);
    }
    head.append(message.details.receive_progress ? ",progress:true)" : ")");
    tell(*procedure, head.view(), message.payload, out);
}

void WarpSession::State::interrupted(const Interrupt& message, FrameSink& out) {
    const std::string* asked = offers.asked(message.request);
    if (!asked) return;
    const std::string procedure = *asked;
    // With `kill` somebody still waits for what the client says.
    if (message.mode != CancelMode::kill) offers.answered(message.request);
    ByteBuffer head;
    head.append("@interrupt(id:");
    put_id(message.request, head);
    head.push_back(')');
    tell(procedure, head.view(), {}, out);
}

}  // namespace heddle
