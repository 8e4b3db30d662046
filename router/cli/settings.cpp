#include "router/cli/settings.hpp"

#include <algorithm>

#include "router/cli/contexts.hpp"
#include "router/cli/errors.hpp"
#include "router/client/failure.hpp"
#include "router/config/nearest.hpp"
#include "router/config/units.hpp"

namespace heddle::cli {
namespace {

constexpr SettingInfo table[] = {
    {"context", &Globals::context, "profile of heddle context", {}, false},
    {"url", &Globals::url, "router: ws wss rs rss with host:port, ws+unix:PATH, rs+unix:PATH"},
    {"realm", &Globals::realm, "realm to join, or to administer (realm1)"},
    {"output", &Globals::output, "human, json or raw; of lane watch: recon", "human json raw recon", false},
    {"timeout", &Globals::timeout_text, "of each answer (10s)"},
    {"serializer", &Globals::serializer, "json, msgpack or cbor", "json msgpack cbor"},
    {"color", &Globals::color, "auto, always or never", "auto always never", false},
    {"authid", &Globals::authid, "who logs in"},
    {"ticket", &Globals::ticket, "its ticket, or a token: file: env: cmd: or - to be asked", {}, true, true},
    {"secret", &Globals::secret, "its password, for SCRAM or WAMP-CRA; a reference likewise", {}, true, true},
    {"private-key", &Globals::private_key, "its Ed25519 key, for cryptosign; file: or a path", {}, true, true},
    {"jwt", &Globals::jwt, "JSON Web Token; a reference likewise", {}, true, true},
    {"channel-binding", &Globals::channel_binding, "tls-exporter, tls-unique or tls-server-end-point",
     "tls-exporter tls-unique tls-server-end-point"},
    {"auth", &Globals::auth, "method, where the credentials do not say it",
     "anonymous ticket wampcra wamp-scram scram cryptosign tls jwt token local"},
    {"tls-cert", &Globals::tls_cert, "PEM file: our certificate, for routers that ask"},
    {"tls-key", &Globals::tls_key, "PEM file: its key"},
    {"tls-ca", &Globals::tls_ca, "PEM file of the authorities to trust"},
};

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

void check_choice(const SettingInfo& setting, const std::string& value, const std::string& origin) {
    const auto words = words_of(setting.choices);
    if (words.empty() || value.empty() || std::find(words.begin(), words.end(), value) != words.end()) return;
    std::string all;
    for (std::string_view word : words) all += (all.empty() ? "" : ", ") + std::string(word);
    const auto near = nearest(value, words);
    throw Failure(Failure::Kind::usage, "unknown value \"" + value + "\" of " + origin,
                  {(near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ") + "all: " + all});
}

class Resolver {
 public:
    Resolver(Globals& globals, const std::function<bool(std::string_view)>& given,
             const std::function<const char*(const std::string&)>& variable)
        : globals_(globals), given_(given), variable_(variable) {}

    void run(bool with_context) {
        for (const SettingInfo& setting : table) {
            if (given_(setting.name))
                take(setting, globals_.*setting.value, "--" + std::string(setting.name), 3);
            else if (const char* text = variable_(variable_of(setting.name)); text && *text)
                take(setting, text, variable_of(setting.name), 2);
        }
        if (with_context) use_context();
        choose_credential();
        for (const SettingInfo& setting : table)
            check_choice(setting, globals_.*setting.value, origin_of(globals_, setting.name));
        finish();
    }

 private:
    void take(const SettingInfo& setting, const std::string& value, const std::string& origin, int layer) {
        globals_.*setting.value = value;
        globals_.origins[std::string(setting.name)] = origin;
        if (setting.credential) credential_layer_ = std::max(credential_layer_, layer);
    }

    void use_context() {
        ContextFile file = read_contexts(contexts_path());
        const bool chosen = !globals_.context.empty();
        const std::string name = chosen ? globals_.context : file.current;
        if (name.empty()) return;
        const Context* context = file.find(name);
        if (!context) throw no_such_context(file, name, chosen ? origin_of(globals_, "context") : file.path);
        globals_.context = name;
        if (!chosen) globals_.origins["context"] = file.path;
        // What proves who we are is meant for the context's own router, unless somebody asked for the context by name.
        const bool elsewhere = !chosen && globals_.origins.contains("url") && context->values.contains("url");
        bool left_out = false;
        for (const SettingInfo& setting : table) {
            auto found = context->values.find(setting.name);
            if (found == context->values.end() || globals_.origins.contains(setting.name)) continue;
            const bool identity = setting.credential || setting.name == "authid" || setting.name == "auth" ||
                                  setting.name == "tls-cert" || setting.name == "tls-key";
            if (identity && elsewhere)
                left_out = true;
            else
                take(setting, found->second, "context " + name, 1);
        }
        if (left_out && globals_.verbose)
            notice(globals_, "credentials of context " + name + " are left out: " + origin_of(globals_, "url") +
                                 " names another router; to use them: --context " + name);
    }

    /// The credential of the nearest layer replaces those behind it; two of one layer are one too many.
    void choose_credential() {
        std::string kept;
        for (const SettingInfo& setting : table) {
            if (!setting.credential || (globals_.*setting.value).empty()) continue;
            const std::string origin = origin_of(globals_, setting.name);
            const int layer = origin.starts_with("--") ? 3 : origin.starts_with("HEDDLE_") ? 2 : 1;
            if (layer < credential_layer_ || globals_.auth == "anonymous" || globals_.auth == "local") {
                (globals_.*setting.value).clear();
                globals_.origins.erase(std::string(setting.name));
            } else if (!kept.empty()) {
                throw Failure(Failure::Kind::usage, "two credentials at once: " + kept + " and " + origin,
                              {"one of ticket, secret, private-key, jwt"});
            } else {
                kept = origin;
            }
        }
    }

    void finish() {
        auto timeout = parse_time(globals_.timeout_text);
        if (!timeout)
            throw Failure(Failure::Kind::usage,
                          origin_of(globals_, "timeout") + " is a time and needs a unit: " + globals_.timeout_text,
                          {"like --timeout 10s"});
        globals_.timeout =
            std::max(std::chrono::milliseconds(1), std::chrono::ceil<std::chrono::milliseconds>(*timeout));
        const bool recon = globals_.output == "recon";
        globals_.form = globals_.output == "json"           ? Form::json
                        : globals_.output == "raw" || recon ? Form::raw
                                                            : Form::human;
        if (globals_.origins.contains("url")) globals_.url_origin = "comes from " + origin_of(globals_, "url");
    }

    Globals& globals_;
    const std::function<bool(std::string_view)>& given_;
    const std::function<const char*(const std::string&)>& variable_;
    int credential_layer_ = 0;
};

}  // namespace

std::span<const SettingInfo> settings() { return table; }

std::string variable_of(std::string_view setting) {
    std::string name = "HEDDLE_";
    for (char c : setting) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name;
}

std::string key_of(std::string_view setting) {
    std::string key(setting);
    std::replace(key.begin(), key.end(), '-', '_');
    return key;
}

std::string origin_of(const Globals& globals, std::string_view setting) {
    auto found = globals.origins.find(setting);
    return found == globals.origins.end() ? "default" : found->second;
}

void resolve_settings(Globals& globals, const std::function<bool(std::string_view)>& given,
                      const std::function<const char*(const std::string&)>& variable, bool with_context) {
    Resolver(globals, given, variable).run(with_context);
}

}  // namespace heddle::cli
