#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "router/cli/call.hpp"
#include "router/cli/health.hpp"
#include "router/cli/publish.hpp"
#include "router/cli/register.hpp"
#include "router/cli/subscribe.hpp"
#include "router/cli/wiring.hpp"

namespace heddle::cli {
namespace {

void add_options(CLI::App* app, std::vector<std::string>& into) {
    repeatable(app, "-O", into, "OPT=VALUE, a WAMP option");
}

void add_arguments(CLI::App* app, ArgumentFlags& flags) {
    constexpr const char* forms = "JSON or text; str: json: text:@FILE json:@FILE bin:@FILE hex: b64:, @- stdin";
    unguarded(app->add_option("VALUE", flags.values, forms));
    repeatable(app, "-k", flags.named, "NAME=VALUE, a keyword argument");
    unguarded(app->add_option("--args", flags.args, "all positional arguments as a JSON list"));
    app->add_option("--kwargs", flags.kwargs, "all keyword arguments as a JSON object");
}

void add_stream(CLI::App* app, StreamFlags& flags) {
    auto* each = app->add_option("--each", flags.each, "one message per line, json or nul item of stdin")
                     ->check(CLI::IsMember({"line", "json", "nul"}));
    app->add_option("--repeat", flags.repeat, "how often (1)")->check(CLI::PositiveNumber)->excludes(each);
    app->add_option("--rate", flags.rate, "at most so many, such as 100/s");
    app->add_flag("--keep-going", flags.keep_going, "go on after a refusal");
}

void add_call(Wiring& wiring) {
    auto command = std::make_shared<CallCommand>();
    CLI::App* app = wiring.app.add_subcommand("call", "call a procedure");
    app->add_option("URI", command->uri, "procedure")->required();
    add_arguments(app, command->arguments);
    add_options(app, command->options);
    app->add_flag("-p,--progress", command->progress, "take progressive results, each printed as it comes");
    add_stream(app, command->stream);
    app->footer(
        "examples:\n  heddle call com.example.add 2 3\n  heddle call com.example.find -k name=kim -O timeout=500 -o "
        "json");
    wiring.commands.push_back({app, [command, &wiring] { return run_call(*command, wiring.globals); }});
}

void add_publish(Wiring& wiring) {
    auto command = std::make_shared<PublishCommand>();
    CLI::App* app = wiring.app.add_subcommand("publish", "publish an event, acknowledged");
    app->add_option("URI", command->uri, "topic")->required();
    add_arguments(app, command->arguments);
    add_options(app, command->options);
    app->add_flag("--no-ack", command->no_ack, "do not wait for the acknowledgement: a refusal is not seen");
    app->add_flag("--retain", command->retain, "keep as the topic's last event");
    add_stream(app, command->stream);
    app->footer(
        "examples:\n  heddle publish com.example.hello world -k from=kim\n  tail -f log | heddle publish "
        "com.example.log --each line");
    wiring.commands.push_back({app, [command, &wiring] { return run_publish(*command, wiring.globals); }});
}

void add_subscribe(Wiring& wiring) {
    auto command = std::make_shared<SubscribeCommand>();
    CLI::App* app = wiring.app.add_subcommand("subscribe", "print events");
    app->add_option("URI", command->uri, "topic or pattern")->required();
    app->add_option("--match", command->match, "exact, prefix or wildcard");
    app->add_flag("--retained", command->retained, "begin with retained events");
    add_options(app, command->options);
    app->add_option("-n", command->count, "end after so many events")->check(CLI::PositiveNumber);
    app->add_option("--for", command->duration, "end after this time, such as 10s");
    app->add_option("--exec", command->exec, "run a shell command per event, with the event as JSON on its stdin");
    app->footer(
        "examples:\n  heddle subscribe com.example. --match prefix -o json\n  heddle subscribe com.example.hello -n 1 "
        "--for 10s");
    wiring.commands.push_back({app, [command, &wiring] { return run_subscribe(*command, wiring.globals); }});
}

void add_register(Wiring& wiring) {
    auto command = std::make_shared<RegisterCommand>();
    CLI::App* app = wiring.app.add_subcommand("register", "answer calls of a procedure");
    app->add_option("URI", command->uri, "procedure or pattern")->required();
    app->add_option("--exec", command->exec,
                    "shell command: the call as JSON on stdin, stdout is the result, exit code not 0 an error");
    auto* value = unguarded(app->add_option("--value", command->value, "the same result for every call"));
    app->add_flag("--echo", command->echo, "the arguments are the result");
    app->add_option("--match", command->match, "exact, prefix or wildcard");
    app->add_option("--invoke", command->invoke, "single, first, last, roundrobin or random");
    add_options(app, command->options);
    app->add_option("-n", command->count, "end after so many calls")->check(CLI::PositiveNumber);
    app->footer(
        "examples:\n  heddle register com.example.date --exec date\n  heddle register com.example.echo --echo --invoke "
        "roundrobin");
    wiring.commands.push_back({app, [command, value, &wiring] {
                                   command->has_value = value->count() > 0;
                                   return run_register(*command, wiring.globals);
                               }});
}

}  // namespace

void add_wamp_commands(Wiring& wiring) {
    add_call(wiring);
    add_publish(wiring);
    add_subscribe(wiring);
    add_register(wiring);
    CLI::App* app = wiring.app.add_subcommand("health", "ask whether a router takes clients");
    app->footer("examples:\n  heddle health\n  heddle health --url ws+unix:/run/heddle/local.sock --timeout 2s");
    wiring.commands.push_back({app, [&wiring] { return run_health(wiring.globals); }});
}

}  // namespace heddle::cli
