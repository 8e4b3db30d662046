#include "router/cli/options.hpp"

#include <algorithm>
#include <functional>

#include "router/cli/values.hpp"
#include "router/client/failure.hpp"
#include "router/config/nearest.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/names.hpp"

namespace heddle::cli {
namespace {

[[noreturn]] void usage_error(const std::string& message, const std::string& hint) {
    throw Failure(Failure::Kind::usage, message, {hint});
}

struct Setter {
    std::string_view name;
    std::function<void(const std::string& text)> set;
};

void apply(const std::vector<std::string>& flags, const std::vector<Setter>& setters) {
    std::vector<std::string_view> names;
    std::string all;
    for (const Setter& setter : setters) {
        names.push_back(setter.name);
        all += (all.empty() ? "" : ", ") + std::string(setter.name);
    }
    for (const std::string& flag : flags) {
        std::size_t equals = flag.find('=');
        std::string name = flag.substr(0, equals);
        if (equals == flag.npos) usage_error("-O takes OPT=VALUE: " + flag, "all: " + all);
        auto found = std::find_if(setters.begin(), setters.end(), [&](const Setter& s) { return s.name == name; });
        if (found == setters.end()) {
            auto near = nearest(name, names);
            usage_error("unknown option \"" + name + "\"",
                  (near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ") + "all: " + all);
        }
        found->set(flag.substr(equals + 1));
    }
}

Setter boolean(std::string_view name, bool& into) {
    return {name, [name, &into](const std::string& text) {
                if (text != "true" && text != "false")
                    usage_error(std::string(name) + " is true or false, not " + text,
                          "like -O " + std::string(name) + "=true");
                into = text == "true";
            }};
}

Setter number(std::string_view name, std::uint64_t& into) {
    return {name, [name, &into](const std::string& text) {
                JsonReader reader(text);
                Token token = reader.next();
                bool good =
                    token.kind == Token::Kind::integer && token.integer >= 0 && reader.next().kind == Token::Kind::end;
                if (!good)
                    usage_error(std::string(name) + " is a whole number, not " + text,
                          "like -O " + std::string(name) + "=1000");
                into = static_cast<std::uint64_t>(token.integer);
            }};
}

template <class Enum, std::size_t N>
Enum choose(const std::string_view (&names)[N], std::string_view name, const std::string& text) {
    if (auto value = named<Enum>(names, text)) return *value;
    std::string all;
    for (std::string_view choice : names) all += (all.empty() ? "" : ", ") + std::string(choice);
    auto near = nearest(text, names);
    usage_error("unknown value \"" + text + "\" for " + std::string(name),
          (near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ") + "all: " + all);
}

Setter match_setter(Match& into) {
    return {"match", [&into](const std::string& text) { into = choose<Match>(match_names, "match", text); }};
}

/// A JSON list of which every element is `kind`.
template <class Take>
void read_list(std::string_view name, const std::string& text, Token::Kind kind, Take take) {
    JsonReader reader(text);
    bool good = reader.next().kind == Token::Kind::list_begin;
    while (good && reader.more()) {
        Token token = reader.next();
        good = token.kind == kind;
        if (good) take(token);
    }
    good = good && reader.next().kind == Token::Kind::list_end && reader.next().kind == Token::Kind::end;
    bool texts = kind == Token::Kind::text;
    if (!good)
        usage_error(std::string(name) + " is a list of " + (texts ? "texts" : "session ids"),
              "like -O '" + std::string(name) + (texts ? "=[\"kim\"]'" : "=[12345]'"));
}

}  // namespace

CallOptions read_call_options(const std::vector<std::string>& flags) {
    CallOptions options;
    apply(flags, {number("timeout", options.timeout_ms), boolean("disclose_me", options.disclose_me),
                  boolean("receive_progress", options.receive_progress)});
    return options;
}

SubscribeOptions read_subscribe_options(const std::vector<std::string>& flags) {
    SubscribeOptions options;
    apply(flags, {match_setter(options.match), boolean("get_retained", options.get_retained)});
    return options;
}

RegisterOptions read_register_options(const std::vector<std::string>& flags) {
    RegisterOptions options;
    Setter invoke{"invoke",
                  [&](const std::string& text) { options.invoke = choose<Invoke>(invoke_names, "invoke", text); }};
    apply(flags, {match_setter(options.match), invoke, boolean("disclose_caller", options.disclose_caller)});
    return options;
}

PublishFlags read_publish_options(const std::vector<std::string>& flags) {
    PublishFlags out;
    auto lists = std::make_shared<ReceiverLists>();
    auto ids = [&](std::string_view name, auto& into) {
        return Setter{name, [&lists, name, &into, &out](const std::string& text) {
                          into.emplace();
                          read_list(name, text, Token::Kind::integer,
                                    [&](const Token& t) { into->push_back(static_cast<std::uint64_t>(t.integer)); });
                          out.options.lists = lists;
                      }};
    };
    auto texts = [&](std::string_view name, auto& into) {
        return Setter{name, [&lists, name, &into, &out](const std::string& text) {
                          into.emplace();
                          read_list(name, text, Token::Kind::text,
                                    [&](const Token& t) { into->push_back(out.texts.emplace_back(t.text)); });
                          out.options.lists = lists;
                      }};
    };
    apply(flags,
          {boolean("exclude_me", out.options.exclude_me), boolean("disclose_me", out.options.disclose_me),
           boolean("retain", out.options.retain), ids("exclude", lists->exclude), ids("eligible", lists->eligible),
           texts("exclude_authid", lists->exclude_authid), texts("eligible_authid", lists->eligible_authid),
           texts("exclude_authrole", lists->exclude_authrole), texts("eligible_authrole", lists->eligible_authrole)});
    return out;
}

namespace {

void require(bool used, std::string_view option, const Roles& router, Role role, Feature feature) {
    if (!used || router.has(role, feature)) return;
    throw Failure(Failure::Kind::refused, "the router does not know " + std::string(option) + ": it would be ignored",
                  {"it does not announce " + std::string(name_of(feature))});
}

}  // namespace

void require_features(const CallOptions& options, const Roles& router) {
    require(options.timeout_ms != 0, "timeout", router, Role::dealer, Feature::call_timeout);
    require(options.receive_progress, "receive_progress", router, Role::dealer, Feature::progressive_call_results);
    require(options.disclose_me, "disclose_me", router, Role::dealer, Feature::caller_identification);
}

void require_features(const PublishOptions& options, const Roles& router) {
    require(options.retain, "retain", router, Role::broker, Feature::event_retention);
    require(options.disclose_me, "disclose_me", router, Role::broker, Feature::publisher_identification);
    require(!options.exclude_me, "exclude_me", router, Role::broker, Feature::publisher_exclusion);
    require(options.lists != nullptr, "lists of receivers", router, Role::broker,
            Feature::subscriber_blackwhite_listing);
}

void require_features(const SubscribeOptions& options, const Roles& router) {
    require(options.match != Match::exact, "match", router, Role::broker, Feature::pattern_based_subscription);
    require(options.get_retained, "get_retained", router, Role::broker, Feature::event_retention);
}

void require_features(const RegisterOptions& options, const Roles& router) {
    require(options.match != Match::exact, "match", router, Role::dealer, Feature::pattern_based_registration);
    require(options.invoke != Invoke::single, "invoke", router, Role::dealer, Feature::shared_registration);
    require(options.disclose_caller, "disclose_caller", router, Role::dealer, Feature::caller_identification);
}

Match read_match(const std::string& text) { return choose<Match>(match_names, "--match", text); }

}  // namespace heddle::cli
