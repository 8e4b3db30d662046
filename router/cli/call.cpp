#include "router/cli/call.hpp"

#include <iostream>

#include "router/cli/errors.hpp"
#include "router/cli/options.hpp"
#include "router/cli/render.hpp"

namespace heddle::cli {

int run_call(const CallCommand& command, const Globals& globals) {
    CallOptions options = read_call_options(command.options);
    options.receive_progress = options.receive_progress || command.progress;
    Arguments arguments = read_arguments(command.arguments, std::cin);
    Loop loop;
    WampClient client(loop, wamp_options(globals));
    require_features(options, client.identity().router);
    int code = stream(loop, client, globals, command.stream, arguments, [&](const Arguments& now, Done done) {
        client.call(command.uri, options, now.payload(), [&, done = std::move(done)](const Message& answer) {
            if (const auto* result = std::get_if<CallResult>(&answer))
                return done(
                    {render_payload(globals.form, result->payload, result->progress ? R"({"progress":true})" : "{}"),
                     nullptr, !result->progress});
            const auto& error = std::get<ErrorReply>(answer);
            done({{}, std::make_exception_ptr(refused_by(error, "call " + command.uri, globals))});
        });
    });
    client.leave();
    return code;
}

}  // namespace heddle::cli
