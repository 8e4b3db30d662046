#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "router/cli/lane.hpp"
#include "router/cli/wiring.hpp"

namespace heddle::cli {
namespace {

constexpr const char* body_forms = "JSON, text or Recon; recon:TEXT forces Recon, str: json: text:@FILE .. as in call";

CLI::App* add_send(CLI::App* lane, const char* name, const char* help,
                   const std::shared_ptr<LaneSendCommand>& command) {
    CLI::App* app = lane->add_subcommand(name, help);
    app->add_option("NODE", command->node, "such as /com/example/vehicle/7")->required();
    app->add_option("LANE", command->lane, "such as speed")->required();
    return app;
}

}  // namespace

void add_lane_commands(Wiring& wiring) {
    CLI::App* lane = wiring.app.add_subcommand("lane", "of, watch, command, set: WARP lanes");
    lane->require_subcommand(1);
    lane->footer(
        "examples:\n  heddle lane of com.example.vehicle.7.speed\n  heddle lane set /com/example/vehicle/7 speed 30");

    auto of = std::make_shared<LaneOfCommand>();
    CLI::App* app = lane->add_subcommand("of", "node and lane of a topic, or the topic of a node and lane");
    app->add_option("NAME", of->name, "topic, or node")->required();
    app->add_option("LANE", of->lane, "of a node");
    wiring.commands.push_back({app, [of, &wiring] { return run_lane_of(*of, wiring.globals); }});

    auto watch = std::make_shared<LaneWatchCommand>();
    app = lane->add_subcommand("watch", "print what a lane shows");
    app->add_option("NODE", watch->node, "such as /com/example/vehicle/7")->required();
    app->add_option("LANE", watch->lane, "such as speed; topics: the map of all topics below the node")->required();
    app->add_option("--kind", watch->kind, "event: from now on; value, map, list: begin with what it holds")
        ->check(CLI::IsMember({"value", "map", "event", "list"}));
    app->add_option("-n", watch->count, "end after so many events")->check(CLI::PositiveNumber);
    app->add_option("--for", watch->duration, "end after this time, such as 10s");
    wiring.commands.push_back({app, [watch, &wiring] { return run_lane_watch(*watch, wiring.globals); }});

    auto command = std::make_shared<LaneSendCommand>();
    app = add_send(lane, "command", "send a command to a lane", command);
    CLI::Option* body = unguarded(app->add_option("BODY", command->body, body_forms));
    app->add_flag("--wait", command->wait, "of a procedure: for its result");
    app->add_flag("-p,--progress", command->progress, "the same, with progressive results, each printed as it comes");
    wiring.commands.push_back({app, [command, body, &wiring] {
                                   command->has_body = body->count() > 0;
                                   return run_lane_command(*command, wiring.globals);
                               }});

    auto set = std::make_shared<LaneSendCommand>();
    app = add_send(lane, "set", "set a value lane and wait until it shows the value", set);
    unguarded(app->add_option("VALUE", set->body, body_forms)->required());
    wiring.commands.push_back({app, [set, &wiring] { return run_lane_set(*set, wiring.globals); }});
}

}  // namespace heddle::cli
