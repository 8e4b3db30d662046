#include "router/cli/context_command.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "router/cli/contexts.hpp"
#include "router/cli/credentials.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/settings.hpp"
#include "router/cli/table.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

std::string value_of(const Context& context, std::string_view name) {
    auto found = context.values.find(name);
    return found == context.values.end() ? "" : found->second;
}

/// "kim by ticket (file:..)".
std::string login_of(const Context& context) {
    std::string out = value_of(context, "authid");
    for (const SettingInfo& setting : settings())
        if (setting.credential && context.values.contains(setting.name))
            out += (out.empty() ? "" : " by ") + std::string(setting.name);
    return out.empty() ? "anonymous" : out;
}

/// Files are looked for from where the command runs later, so they must not depend on where it runs now.
std::string lasting(const SettingInfo& setting, const std::string& value) {
    const bool path = setting.name.starts_with("tls-");
    const bool file = value.starts_with("file:");
    if (value.empty() || (!path && !file)) return value;
    return (file ? "file:" : "") + std::filesystem::absolute(file ? value.substr(5) : value).lexically_normal().string();
}

Context& find_or_fail(ContextFile& file, const std::string& name) {
    for (Context& context : file.contexts)
        if (context.name == name) return context;
    throw no_such_context(file, name, file.path);
}

}  // namespace

int run_context_add(const std::string& name, const Globals& globals) {
    if (std::string why = why_no_context_name(name); !why.empty()) throw Failure(Failure::Kind::usage, why);
    Context context{name, {}};
    for (const SettingInfo& setting : settings()) {
        auto origin = globals.origins.find(setting.name);
        if (origin == globals.origins.end() || !origin->second.starts_with("--") || !setting.in_context) continue;
        std::string value = globals.*setting.value;
        const bool key_path = setting.name == "private-key" && std::filesystem::exists(value);
        value = lasting(setting, key_path ? "file:" + value : value);
        if (std::string why = why_not_in_context(setting.name, value); !why.empty())
            throw Failure(Failure::Kind::usage, "--" + std::string(setting.name) + ": " + why);
        context.values[std::string(setting.name)] = value;
    }
    if (!context.values.contains("url"))
        throw Failure(Failure::Kind::usage, "a context needs an address",
                      {"like heddle context add " + name + " --url wss://r.example.com"});
    if (auto address = parse_address(context.values["url"]); !address)
        throw Failure(Failure::Kind::usage, "not an address: " + context.values["url"] + ": " + address.error().what);
    ContextFile file = read_contexts(contexts_path());
    const bool known = file.find(name) != nullptr;
    std::erase_if(file.contexts, [&](const Context& other) { return other.name == name; });
    file.contexts.push_back(context);
    if (file.current.empty()) file.current = name;
    write_contexts(file);
    notice(globals, (known ? "replaced " : "added ") + name + (file.current == name ? ", in use" : "") + "; try: heddle context test" +
                        (file.current == name ? "" : " --context " + name));
    return exit_done;
}

int run_context_list(const Globals& globals) {
    const ContextFile file = read_contexts(contexts_path());
    if (globals.form == Form::json) {
        for (const Context& context : file.contexts)
            std::cout << json{{"name", context.name}, {"current", context.name == file.current}, {"values", context.values}}.dump()
                      << "\n";
        return exit_done;
    }
    if (file.contexts.empty()) {
        notice(globals, "no contexts yet; like: heddle context add plant --url wss://r.example.com --realm plant");
        return exit_done;
    }
    Table table({"", "context", "url", "realm", "logs in as"});
    for (const Context& context : file.contexts) {
        const std::string realm = value_of(context, "realm");
        table.add({context.name == file.current ? "*" : "", context.name, value_of(context, "url"),
                   realm.empty() ? "realm1" : realm, login_of(context)});
    }
    std::cout << table.text();
    return exit_done;
}

int run_context_show(const std::string& name, const Globals& globals) {
    Table table({"setting", "value", "from"});
    json all = json::object();
    const auto show = [&](const SettingInfo& setting, const std::string& value, const std::string& from) {
        const bool literal = setting.credential && !value.empty() && !value.starts_with("file:") &&
                             !value.starts_with("env:") && !value.starts_with("cmd:") && value != "-";
        const std::string shown = literal ? "(set)" : value;
        table.add({std::string(setting.name), shown, from});
        all[std::string(setting.name)] = {{"value", shown}, {"from", from}};
    };
    if (name.empty()) {
        for (const SettingInfo& setting : settings())
            if (!(globals.*setting.value).empty())
                show(setting, globals.*setting.value, origin_of(globals, setting.name));
    } else {
        ContextFile file = read_contexts(contexts_path());
        for (const auto& [key, value] : find_or_fail(file, name).values)
            for (const SettingInfo& setting : settings())
                if (setting.name == key) show(setting, value, "context " + name);
    }
    if (globals.form == Form::json)
        std::cout << all.dump() << "\n";
    else
        std::cout << table.text();
    return exit_done;
}

int run_context_use(const std::string& name, const Globals& globals) {
    ContextFile file = read_contexts(contexts_path());
    find_or_fail(file, name);
    file.current = name;
    write_contexts(file);
    notice(globals, "in use: " + name);
    return exit_done;
}

int run_context_remove(const std::string& name, const Globals& globals) {
    ContextFile file = read_contexts(contexts_path());
    find_or_fail(file, name);
    std::erase_if(file.contexts, [&](const Context& context) { return context.name == name; });
    const bool was_current = file.current == name;
    if (was_current) file.current.clear();
    write_contexts(file);
    notice(globals, "removed " + name + (was_current ? ", which was in use; none is now" : ""));
    return exit_done;
}

int run_context_test(const Globals& globals) {
    Loop loop;
    const auto begin = Clock::now();
    WampClient client(loop, wamp_options(globals));
    const auto joined = Clock::now();
    bool answered = false;  // a refusal takes as long as a result
    client.call("wamp.session.count", {}, {}, [&](const Message&) { answered = true; });
    client.wait([&] { return answered; }, "RESULT");
    const auto ended = Clock::now();
    const auto ms = [](Clock::duration span) {
        return std::chrono::duration<double, std::milli>(span).count();
    };
    const WampIdentity& who = client.identity();
    if (globals.form == Form::json) {
        std::cout << json{{"url", globals.url}, {"realm", who.realm}, {"authid", who.authid}, {"authrole", who.authrole},
                          {"authmethod", who.authmethod}, {"session", who.session}, {"login_ms", ms(joined - begin)},
                          {"round_trip_ms", ms(ended - joined)}}.dump()
                  << "\n";
    } else {
        char times[96];
        std::snprintf(times, sizeof times, "%.1f ms to log in, %.1f ms round trip", ms(joined - begin), ms(ended - joined));
        std::cout << "ok   " << who.authid << ", role " << who.authrole << ", realm " << who.realm << " by "
                  << (who.authmethod.empty() ? "anonymous" : who.authmethod) << "\n     " << globals.url << "   " << times << "\n";
    }
    client.leave();
    return exit_done;
}

}  // namespace heddle::cli
