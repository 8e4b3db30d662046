#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "router/cli/admin_arguments.hpp"
#include "router/cli/admin_render.hpp"
#include "router/cli/contexts.hpp"
#include "router/cli/lane_bodies.hpp"
#include "router/cli/options.hpp"
#include "router/cli/settings.hpp"
#include "router/cli/values.hpp"
#include "router/client/failure.hpp"
#include "router/client/random.hpp"
#include "router/client/transport.hpp"
#include "router/config/overrides.hpp"
#include "router/json_text.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/utf8.hpp"
#include "tests/fuzz/fuzzing.hpp"
#include "tests/router/temp_folder.hpp"

/// What people type and keep: values, options, bodies of lanes, arguments of administration, settings, overrides of the
/// configuration, the file of contexts; and the answers of administration as they see them. The first byte says which.
/// No text that would read a file or run a command gets that far. Beside not crashing: what is taken is valid in the form
/// that the router gets; what is wrong ends in a Failure; what is kept is read again to the same; what is shown is
/// harmless for terminals.
namespace heddle {

// Nothing here connects.
std::unique_ptr<ClientTransport> dial(Loop&, const DialOptions&) { throw Failure(Failure::Kind::no_connection, "not here"); }
std::string random_bytes(std::size_t count) { return std::string(count, 'r'); }

}  // namespace heddle

namespace {

using namespace heddle;
using namespace heddle::cli;
using fuzzing::demand;
using fuzzing::line_of;

bool harmless_lines(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool high = byte == 0xC2 && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xE0) == 0x80;
        if ((byte < 0x20 && text[i] != '\n') || byte == 0x7F || high) return false;
    }
    return true;
}

void check_values(std::string_view rest) {
    if (rest.find('@') != rest.npos) return;
    std::istringstream input("42");
    demand(bool(parse_json(value_to_json(std::string(rest), input))), "a value is JSON");
    ArgumentFlags flags;
    flags.args = line_of(rest);
    flags.kwargs = line_of(rest);
    while (!rest.empty() && flags.values.size() < 8) {
        std::string line = line_of(rest);
        (line.find('=') == line.npos ? flags.values : flags.named).push_back(std::move(line));
    }
    const Arguments made = read_arguments(flags, input);
    const auto args = json_or_null(made.args), kwargs = json_or_null(made.kwargs);
    demand(made.args.empty() || args.is_array(), "arguments are a list: " + made.args);
    demand(made.kwargs.empty() || kwargs.is_object(), "keyword arguments are a map: " + made.kwargs);
}

void check_options(std::string_view rest) {
    std::vector<std::string> flags;
    while (!rest.empty() && flags.size() < 8) flags.push_back(line_of(rest));
    const auto reads = [&](auto read) {
        try {
            read();
        } catch (const Failure& failure) {
            demand(failure.kind == Failure::Kind::usage && !failure.message.empty(), "what is wrong is said");
        }
    };
    reads([&] { read_call_options(flags); });
    reads([&] { read_subscribe_options(flags); });
    reads([&] { read_register_options(flags); });
    reads([&] { read_publish_options(flags); });
    if (!flags.empty()) reads([&] { read_match(flags.front()); });
}

void check_body(std::string_view rest) {
    if (rest.find('@') != rest.npos && !rest.starts_with("recon:")) return;
    std::istringstream input("42");
    const std::string body = read_body(std::string(rest), input);
    const std::string frame = "@command" + body;
    recon::Tape tape;
    demand(recon::Parser(tape).body_at(frame, 8), "a body is Recon: " + body);
}

void check_arguments(std::string_view rest) {
    const auto all = admin::operations();
    if (rest.empty()) return;
    const admin::Operation& operation = all[static_cast<unsigned char>(rest.front()) % all.size()];
    rest.remove_prefix(1);
    const std::string typed(rest);
    if (typed.find('@') != typed.npos) return;
    for (const admin::Field& field : operation.fields) {
        try {
            argument_of(field, typed, "--" + std::string(field.name));
        } catch (const Failure& failure) {
            demand(failure.kind == Failure::Kind::usage && !failure.message.empty(), "what is wrong is said");
        }
    }
}

void check_settings(std::string_view rest) {
    Globals all;
    const std::string value = line_of(rest), other(rest);
    std::size_t count = 0;
    resolve_settings(
        all, [](std::string_view) { return false; },
        [&](const std::string& name) { return name == "HEDDLE_CONTEXT" ? nullptr : (++count % 2 ? value : other).c_str(); },
        false);
    demand(all.timeout.count() > 0, "a timeout is one");
}

void check_overrides(std::string_view rest) {
    std::vector<std::string> flags;
    std::vector<std::pair<std::string, std::string>> environment;
    while (!rest.empty() && flags.size() + environment.size() < 12) {
        std::string line = line_of(rest);
        const std::size_t equals = std::min(line.find('='), line.size());
        if (line.starts_with("HEDDLE_"))
            environment.emplace_back(line.substr(0, equals), line.substr(std::min(equals + 1, line.size())));
        else
            flags.push_back(std::move(line));
    }
    Mistakes mistakes;
    config::Element root = config::read_toml("[[listener]]\nname = \"local\"\n[[realm]]\nname = \"plant\"\n", mistakes);
    config::override_from_environment(environment, root, mistakes);
    config::override_from_flags(flags, root, mistakes);
    for (const Mistake& mistake : mistakes.all()) demand(!mistake.message.empty(), "a mistake has a sentence");
    mistakes.render("f.toml", "");
}

void check_contexts(std::string_view rest) {
    static const test::TempFolder folder;
    const std::string path = folder.path() + "/contexts.toml";
    std::ofstream(path, std::ios::binary) << rest;
    const ContextFile read = read_contexts(path);
    write_contexts(read);
    const ContextFile again = read_contexts(path);
    demand(again.current == read.current && again.contexts.size() == read.contexts.size(), "contexts are kept");
    for (std::size_t i = 0; i < read.contexts.size(); ++i)
        demand(again.contexts[i].name == read.contexts[i].name && again.contexts[i].values == read.contexts[i].values,
               "a context is kept as it was");
}

void check_answers(std::string_view rest) {
    const auto all = admin::operations();
    if (rest.empty()) return;
    const admin::Operation& operation = all[static_cast<unsigned char>(rest.front()) % all.size()];
    const auto answer = parse_json(rest.substr(1));
    if (!answer) return;
    const auto shown = [&](auto render) {
        try {
            demand(harmless_lines(render()), "what is shown is harmless");
        } catch (const nlohmann::json::exception&) {
            // Not an answer of this operation: app.cpp says so and ends.
        }
    };
    shown([&] { return cell_of(*answer); });
    shown([&] { return render_items(*answer); });
    shown([&] { return render_object(*answer); });
    shown([&] { return render_change(operation, *answer, *answer); });
    shown([&] { return render_ends(*answer); });
    shown([&] { return render_rule(*answer); });
    shown([&] { return render_test(*answer, *answer); });
    shown([&] { return render_apply("plant", *answer, true); });
    shown([&] { return render_reload(*answer, false); });
    shown([&] { return render_audit(*answer); });
    shown([&] { return render_stats(*answer); });
    shown([&] { return render_top(*answer, *answer, 1, "calls", ""); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
    constexpr void (*checks[])(std::string_view) = {check_values,   check_options,   check_body,     check_arguments,
                                                    check_settings, check_overrides, check_contexts, check_answers};
    try {
        checks[data[0] % std::size(checks)](text);
    } catch (const Failure& failure) {
        demand(!failure.message.empty(), "what is wrong is said");
    }
    return 0;
}
