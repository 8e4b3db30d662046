#include <iostream>

#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/lane.hpp"
#include "router/cli/lane_bodies.hpp"
#include "router/config/units.hpp"

namespace heddle::cli {

int run_lane_watch(const LaneWatchCommand& command, const Globals& globals) {
    Deadline end = no_deadline;
    if (!command.duration.empty()) {
        auto span = parse_time(command.duration);
        if (!span)
            throw Failure(Failure::Kind::usage, "--for is a time and needs a unit: " + command.duration,
                          {"like --for 10s"});
        end = Clock::now() + *span;
    }
    Loop loop;
    loop.catch_signals();
    std::uint64_t seen = 0;
    bool linked = false;
    std::optional<Failure> trouble;
    auto complete = [&] { return trouble || (command.count && seen >= *command.count); };
    WarpClient client(loop, warp_options(globals), [&](const Envelope& envelope) {
        if (complete()) return;
        if (envelope.kind == EnvelopeKind::linked) {
            linked = true;
            notice(globals, "linked");
        } else if (envelope.kind == EnvelopeKind::synced) {
            notice(globals, "synced");
        } else if (envelope.kind == EnvelopeKind::unlinked) {
            trouble = refused_by(envelope, globals);
        } else if (envelope.kind == EnvelopeKind::event) {
            ++seen;
            std::cout << render_body(globals.form, envelope) << std::flush;
            if (!std::cout) trouble = Failure(Failure::Kind::refused, "cannot write to stdout");
        }
    });
    bool state = command.kind != "event";  // an event lane has none to begin with
    client.send(state ? EnvelopeKind::sync : EnvelopeKind::link, command.node, command.lane);
    client.wait([&] { return linked || trouble; }, "linked");
    client.wait_long(complete, end);
    if (trouble) throw *trouble;
    client.leave();
    if (!command.count || seen >= *command.count || loop.interrupted()) return exit_done;
    throw Failure(
        Failure::Kind::timeout,
        std::to_string(seen) + " of " + std::to_string(*command.count) + " events came within " + command.duration,
        {"longer: --for"});
}

}  // namespace heddle::cli
