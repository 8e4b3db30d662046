#include "router/cli/register.hpp"

#include <iostream>

#include "router/cli/errors.hpp"
#include "router/cli/exec.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/options.hpp"
#include "router/cli/render.hpp"
#include "router/cli/stream.hpp"

namespace heddle::cli {
namespace {

constexpr std::size_t exec_at_once = 8;
constexpr std::string_view command_failed = "heddle.error.command_failed";

class Callee {
 public:
    Callee(const RegisterCommand& command, const Globals& globals) : command_(command), globals_(globals) {
        int ways = (command.exec.empty() ? 0 : 1) + (command.has_value ? 1 : 0) + (command.echo ? 1 : 0);
        if (ways != 1)
            throw Failure(Failure::Kind::usage, "say how calls are answered: one of --exec CMD, --value V, --echo");
        options_ = read_register_options(command.options);
        if (!command.match.empty()) options_.match = read_match(command.match);
        if (!command.invoke.empty()) options_.invoke = read_register_options({"invoke=" + command.invoke}).invoke;
        if (command.has_value) fixed_ = Arguments{}.with(value_to_json(command.value, std::cin));
        if (!command.exec.empty()) exec_.emplace(loop_, command.exec, exec_at_once);
    }

    int run() {
        loop_.catch_signals();
        client_.emplace(loop_, wamp_options(globals_));
        require_features(options_, client_->identity().router);
        bool answered = false;
        std::optional<Failure> refusal;
        auto answer = [&](const Message& message) {
            answered = true;
            if (const auto* error = std::get_if<ErrorReply>(&message))
                refusal = refused_by(*error, "register " + command_.uri, globals_);
        };
        client_->enroll(command_.uri, options_, answer,
                        [this](const Invocation& invocation) { on_invocation(invocation); });
        client_->wait([&] { return answered; }, "REGISTERED");
        if (refusal) throw *refusal;
        notice(globals_, "registered " + command_.uri);
        client_->wait_long([this] { return command_.count && done_ >= *command_.count; }, no_deadline);
        client_->leave();
        return exit_done;
    }

 private:
    void on_invocation(const Invocation& invocation) {
        std::string_view procedure =
            invocation.details.procedure.empty() ? std::string_view(command_.uri) : invocation.details.procedure;
        if (globals_.verbose)
            notice(globals_,
                   "called " + render_payload(Form::json, invocation.payload, details_of(procedure, invocation)));
        if (command_.echo) return answered(invocation.request, invocation.payload);
        if (command_.has_value) return answered(invocation.request, fixed_.payload());
        std::string input = render_payload(Form::json, invocation.payload, details_of(procedure, invocation));
        RequestId request = invocation.request;
        bool taken =
            exec_->run(std::move(input), [this, request](ExecResult result) { on_exec(request, std::move(result)); });
        if (!taken) client_->fail(request, command_failed, text_payload("too many calls wait"));
    }

    void answered(RequestId request, const Payload& payload) {
        client_->yield(request, payload);
        ++done_;
    }

    /// stdout is the result, by the rule for values; what is no text is binary.
    void on_exec(RequestId request, ExecResult result) {
        ++done_;
        if (result.too_long) return client_->fail(request, command_failed, text_payload("more than 16 MiB of output"));
        if (result.status != 0)
            return client_->fail(request, command_failed, text_payload("exit code " + std::to_string(result.status)));
        std::string& output = result.output;
        if (output.ends_with('\n')) output.pop_back();
        Arguments arguments;
        if (!output.empty()) arguments = arguments.with(is_json(output) ? output : any_to_json(output));
        client_->yield(request, arguments.payload());
    }

    static std::string any_to_json(const std::string& output) {
        try {
            return text_to_json(output);
        } catch (const Failure&) {
            return bytes_to_json(output);
        }
    }

    Payload text_payload(const std::string& text) {
        reply_ = Arguments{}.with(text_to_json(text));
        return reply_.payload();
    }

    const RegisterCommand& command_;
    const Globals& globals_;
    RegisterOptions options_;
    Arguments fixed_, reply_;
    Loop loop_;
    std::optional<WampClient> client_;
    std::optional<Exec> exec_;
    std::uint64_t done_ = 0;
};

}  // namespace

int run_register(const RegisterCommand& command, const Globals& globals) { return Callee(command, globals).run(); }

}  // namespace heddle::cli
