#include "router/cli/publish.hpp"

#include <iostream>

#include "router/cli/errors.hpp"
#include "router/cli/options.hpp"

namespace heddle::cli {

int run_publish(const PublishCommand& command, const Globals& globals) {
    PublishFlags flags = read_publish_options(command.options);
    PublishOptions& options = flags.options;
    options.acknowledge = !command.no_ack;  // so that a refusal is seen
    options.retain = options.retain || command.retain;
    Arguments arguments = read_arguments(command.arguments, std::cin);
    Loop loop;
    WampClient client(loop, wamp_options(globals));
    require_features(options, client.identity().router);
    int code = stream(loop, client, globals, command.stream, arguments, [&](const Arguments& now, Done done) {
        if (command.no_ack) {
            client.publish(command.uri, options, now.payload(), {});
            return done({});
        }
        client.publish(command.uri, options, now.payload(), [&, done = std::move(done)](const Message& answer) {
            if (const auto* published = std::get_if<Published>(&answer)) {
                std::string id = std::to_string(published->publication.value);
                if (globals.verbose) notice(globals, "published " + command.uri + " as " + id);
                return done({globals.form == Form::json ? "{\"publication\":" + id + "}\n" : "", nullptr});
            }
            done(
                {{},
                 std::make_exception_ptr(refused_by(std::get<ErrorReply>(answer), "publish " + command.uri, globals))});
        });
    });
    client.leave();
    return code;
}

}  // namespace heddle::cli
