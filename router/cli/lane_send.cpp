#include <iostream>

#include "bridge/payload_body.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/lane.hpp"
#include "router/cli/lane_bodies.hpp"
#include "router/cli/render.hpp"
#include "serializers/recon_text.hpp"

namespace heddle::cli {
namespace {

constexpr std::string_view call_id = "1";  // one call a connection

/// The text of slot `name` in an attribute's argument.
std::string slot_text(const recon::Node& attribute, std::string_view name) {
    const recon::Node& argument = value_of(attribute);
    if (argument.kind != recon::Node::Kind::record) return {};
    for (recon::Items items = items_of(argument); !items.empty(); items = items.rest()) {
        if (items.begin->kind == recon::Node::Kind::slot && key_of(*items.begin).text == name)
            return std::string(value_of_slot(*items.begin).text);
    }
    return {};
}

enum class Answer { none, progress, last };

/// `@progress(id:1)..` and `@result(id:1)..` print; `@error(id:1,uri:"..")..` fails. Anything else on the lane is none
/// of ours.
Answer read_answer(const Envelope& envelope, const Globals& globals, std::optional<Failure>& failure) {
    if (envelope.body.empty() || envelope.body.begin->kind != recon::Node::Kind::attribute) return Answer::none;
    const recon::Node& attribute = *envelope.body.begin;
    bool progress = attribute.text == "progress", result = attribute.text == "result",
         error = attribute.text == "error";
    if (!progress && !result && !error) return Answer::none;
    BodyPayload payload;
    bool read = payload.read(envelope.body.rest());
    if (progress || result) {
        constexpr std::string_view more = R"({"progress":true})";
        if (read) std::cout << render_payload(globals.form, payload.view(), progress ? more : "{}") << std::flush;
    } else {
        std::string uri = slot_text(attribute, "uri");
        failure = refused_by(ErrorReply{48, {}, uri, read ? payload.view() : Payload{}},
                             "command " + std::string(envelope.node) + " " + std::string(envelope.lane), globals);
    }
    return progress ? Answer::progress : Answer::last;
}

/// Items of a body, always in the same words.
std::string canonical(recon::Items body) {
    ByteBuffer out;
    recon::put_rest(body, out);
    return std::string(out.view());
}

/// What the lane will show once it took this body.
std::string as_shown(const LaneSendCommand& command, const std::string& body) {
    ByteBuffer frame;
    put_envelope(EnvelopeKind::event, lane_header(command.node, command.lane), frame);
    frame.append(body);
    EnvelopeReader reader;
    if (reader.read(frame.view()) != EnvelopeReader::Found::envelope)
        throw Failure(Failure::Kind::usage, "not a body: " + body);
    return canonical(reader.envelope().body);
}

}  // namespace

int run_lane_command(const LaneSendCommand& command, const Globals& globals) {
    std::string body = command.has_body ? read_body(command.body, std::cin) : "";
    Loop loop;
    const bool wait = command.wait || command.progress;
    bool linked = false, answered = false;
    std::size_t pieces = 0;
    std::optional<Failure> failure;
    WarpClient client(loop, warp_options(globals), [&](const Envelope& envelope) {
        if (envelope.kind == EnvelopeKind::linked) linked = true;
        if (envelope.kind == EnvelopeKind::unlinked) failure = refused_by(envelope, globals);
        if (envelope.kind != EnvelopeKind::event || answered) return;
        const Answer answer = read_answer(envelope, globals, failure);
        answered = answer == Answer::last;
        pieces += answer == Answer::progress;
    });
    if (wait) {
        client.send(EnvelopeKind::link, command.node, command.lane);
        client.wait([&] { return linked || failure; }, "linked");
        if (failure) throw *failure;
        body = "@call(id:" + std::string(call_id) + (command.progress ? ")" : ",progress:false)") + body;
    }
    client.send(EnvelopeKind::command, command.node, command.lane, body);
    while (wait && !answered && !failure) {  // the time of one wait is that of a gap between two pieces
        const std::size_t seen = pieces;
        client.wait([&] { return answered || failure || pieces != seen; }, "a result");
    }
    if (failure) throw *failure;
    client.leave();
    return exit_done;
}

int run_lane_set(const LaneSendCommand& command, const Globals& globals) {
    std::string body = read_body(command.body, std::cin), due = as_shown(command, body);
    Loop loop;
    bool synced = false, sent = false, shown = false;
    std::optional<Failure> failure;
    WarpClient client(loop, warp_options(globals), [&](const Envelope& envelope) {
        if (envelope.kind == EnvelopeKind::synced) synced = true;
        if (envelope.kind == EnvelopeKind::unlinked) failure = refused_by(envelope, globals);
        if (envelope.kind != EnvelopeKind::event || !sent) return;
        // Somebody else may set the same lane: only our own value is the answer.
        shown = shown || canonical(envelope.body) == due;
    });
    client.send(EnvelopeKind::sync, command.node, command.lane);
    client.wait([&] { return synced || failure; }, "synced");
    if (failure) throw *failure;
    client.send(EnvelopeKind::command, command.node, command.lane, body);
    sent = true;
    client.wait([&] { return shown || failure; }, "the lane to show the value (a refused command has no answer)");
    if (failure) throw *failure;
    client.leave();
    return exit_done;
}

}  // namespace heddle::cli
