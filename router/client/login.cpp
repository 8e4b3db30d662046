#include "router/client/login.hpp"

#include <algorithm>

#include "realms/auth/cra.hpp"
#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "serializers/base64.hpp"

namespace heddle {
namespace {

using nlohmann::json;

constexpr std::string_view token_head = "hdl_";

[[noreturn]] void distrust(const std::string& why) {
    throw Failure(Failure::Kind::not_let_in, "the router's challenge is refused: " + why,
                  {"the secret was not sent, nor anything from which it could be guessed cheaply"});
}

std::string text_of(const json& extra, const char* name) {
    auto found = extra.find(name);
    return found != extra.end() && found->is_string() ? found->get<std::string>() : std::string();
}
std::int64_t number_of(const json& extra, const char* name, std::int64_t otherwise) {
    auto found = extra.find(name);
    return found != extra.end() && found->is_number_integer() ? found->get<std::int64_t>() : otherwise;
}

bool is_scram(std::string_view method) { return method == "wamp-scram" || method == "scram"; }

}  // namespace

bool LoginCredentials::anonymous() const {
    return method == "anonymous" || (method.empty() && ticket.empty() && secret.empty() && private_key.empty() &&
                                     jwt.empty() && !certificate && !local);
}

std::vector<std::string_view> auth_methods() {
    return {"anonymous", "ticket", "wampcra", "wamp-scram", "scram", "cryptosign", "tls", "jwt", "token", "local"};
}

Login::Login(LoginCredentials credentials, std::string_view random, ChannelId channel_id)
    : credentials_(std::move(credentials)),
      channel_id_(std::move(channel_id)),
      nonce_(base64::encode(random.substr(0, 16))) {
    const LoginCredentials& c = credentials_;
    const auto needs = [&](bool there, const char* flag, const char* example) {
        if (!there)
            throw Failure(Failure::Kind::usage, "method " + methods().front() + " needs " + flag, {example});
    };
    for (const std::string& method : methods()) {
        if (method == "ticket") {
            needs(!c.ticket.empty(), "--ticket", "like --authid kim --ticket file:kim.ticket");
            needs(!c.authid.empty(), "--authid", "like --authid kim --ticket file:kim.ticket");
        } else if (method == "wampcra" || is_scram(method)) {
            needs(!c.secret.empty(), "--secret", "like --authid kim --secret -");
            needs(!c.authid.empty(), "--authid", "like --authid kim --secret -");
        } else if (method == "cryptosign") {
            needs(!c.private_key.empty(), "--private-key", "like --private-key file:kim.key; made by: heddle keygen");
        } else if (method == "jwt") {
            needs(!c.jwt.empty(), "--jwt", "like --jwt env:TOKEN");
        } else if (method == "token") {
            needs(!c.ticket.empty() || !c.jwt.empty(), "--ticket", "like --ticket env:HEDDLE_TOKEN");
        } else if (method == "tls") {
            needs(c.certificate, "--tls-cert and --tls-key", "like --tls-cert kim.crt --tls-key kim.key");
        }
    }
    const bool binds = methods().front() == "cryptosign" || !c.secret.empty();
    if (!c.channel_binding.empty() && !binds)
        throw Failure(Failure::Kind::usage, "--channel-binding goes with --private-key or --secret");
    if (!c.channel_binding.empty() && !channel_id_(c.channel_binding))
        throw Failure(Failure::Kind::usage, "this connection has no " + c.channel_binding + " to bind to",
                      {"tls-exporter needs TLS (wss:// or rss://), tls-unique TLS 1.2"});
}

Login::~Login() {
    for (std::string* secret : {&credentials_.ticket, &credentials_.secret, &credentials_.private_key, &credentials_.jwt})
        auth::wipe(*secret);
}

std::vector<std::string> Login::methods() const {
    const LoginCredentials& c = credentials_;
    if (!c.method.empty()) return {c.method};
    if (!c.ticket.empty()) return {c.ticket.starts_with(token_head) ? "token" : "ticket"};
    if (!c.secret.empty()) {
        if (!c.channel_binding.empty()) return {"wamp-scram", "scram"};  // WAMP-CRA binds to nothing
        return {"wamp-scram", "scram", "wampcra"};
    }
    if (!c.private_key.empty()) return {"cryptosign"};
    if (!c.jwt.empty()) return {c.jwt.starts_with(token_head) ? "token" : "jwt"};
    if (c.certificate) return {"tls"};
    return {c.local ? "local" : "anonymous"};
}

std::string Login::description() const {
    const std::string by = methods().front() == "wamp-scram" ? "scram" : methods().front();
    if (by == "anonymous") return "as anonymous";
    return (credentials_.authid.empty() ? "" : "as " + credentials_.authid + " ") + "by " + by;
}

json Login::hello() const {
    json details = {{"authmethods", methods()}};
    if (!credentials_.authid.empty()) details["authid"] = credentials_.authid;
    json extra = json::object();
    const auto all = methods();
    if (is_scram(all.front())) extra["nonce"] = nonce_;
    if (all.front() == "cryptosign")
        if (auto key = auth::public_key_of(credentials_.private_key)) extra["pubkey"] = auth::to_hex(*key);
    if (!credentials_.channel_binding.empty()) extra["channel_binding"] = credentials_.channel_binding;
    if (!extra.empty()) details["authextra"] = extra;
    return details;
}

Login::Answer Login::answer(const std::string& method, const json& extra) {
    const auto all = methods();
    if (std::find(all.begin(), all.end(), method) == all.end()) distrust("it asks for " + method + ", which was not offered");
    if (challenged_) distrust("it is the second one");
    challenged_ = true;
    if (method == "ticket" || method == "token")
        return {credentials_.ticket.empty() ? credentials_.jwt : credentials_.ticket, json::object()};
    if (method == "jwt") return {credentials_.jwt, json::object()};
    if (method == "wampcra") return answer_cra(extra);
    if (is_scram(method)) return answer_scram(extra);
    if (method == "cryptosign") return answer_cryptosign(extra);
    distrust(method + " has no challenge");
}

Login::Answer Login::answer_cra(const json& extra) const {
    const std::string challenge = text_of(extra, "challenge"), salt = text_of(extra, "salt");
    if (challenge.empty()) distrust("it holds none");
    if (salt.empty()) return {auth::sign_cra(credentials_.secret, challenge), json::object()};
    const std::int64_t iterations = number_of(extra, "iterations", 1000), length = number_of(extra, "keylen", 32);
    if (iterations < 1000 || iterations > 10'000'000) distrust("iterations must be 1000 to 10000000");
    if (length < 16 || length > 64) distrust("keylen must be 16 to 64");
    const std::string key = auth::derive_cra_key(credentials_.secret, salt, static_cast<std::uint32_t>(iterations),
                                                 static_cast<std::uint32_t>(length));
    return {auth::sign_cra(key, challenge), json::object()};
}

std::string Login::bound_channel(const json& extra) const {
    if (credentials_.channel_binding.empty()) return {};
    if (text_of(extra, "channel_binding") != credentials_.channel_binding)
        distrust("it leaves out the channel binding " + credentials_.channel_binding);
    auto id = channel_id_(credentials_.channel_binding);
    if (!id) distrust("this connection has no " + credentials_.channel_binding);
    return *id;
}

Login::Answer Login::answer_scram(const json& extra) {
    const std::string nonce = text_of(extra, "nonce"), salt_text = text_of(extra, "salt");
    if (nonce.size() <= nonce_.size() || !nonce.starts_with(nonce_)) distrust("its nonce does not go on from ours");
    const auto salt = auth::from_base64(salt_text);
    if (!salt || salt->size() < 8 || salt->size() > 64) distrust("its salt must be 8 to 64 bytes in base64");
    const auto cost = auth::parse_cost(text_of(extra, "kdf"), number_of(extra, "iterations", 0), number_of(extra, "memory", 0));
    if (!cost) distrust(cost.error().what);
    auth::ScramExchange exchange;
    exchange.authid = credentials_.authid;
    exchange.client_nonce = nonce_;
    exchange.nonce = nonce;
    exchange.salt_base64 = salt_text;
    exchange.iterations = cost->iterations;
    exchange.channel_binding = credentials_.channel_binding;
    exchange.cbind = bound_channel(extra);
    auto salted = auth::salted_password(credentials_.secret, *salt, *cost);
    if (!salted) throw Failure(Failure::Kind::usage, salted.error().what);
    const auth::ScramProof proof = auth::prove(*salted, exchange);
    auth::wipe(*salted);
    server_signature_ = proof.server_signature;
    json own = {{"nonce", nonce}, {"channel_binding", nullptr}, {"cbind_data", nullptr}};
    if (!exchange.channel_binding.empty()) {
        own["channel_binding"] = exchange.channel_binding;
        own["cbind_data"] = base64::encode(exchange.cbind);
    }
    return {base64::encode(proof.proof), own};
}

Login::Answer Login::answer_cryptosign(const json& extra) const {
    const auto challenge = auth::from_hex(text_of(extra, "challenge"));
    if (!challenge || challenge->size() != auth::challenge_size) distrust("it must be 32 bytes in hexadecimal digits");
    const auto answer =
        auth::cryptosign_answer(credentials_.private_key, auth::cryptosign_message(*challenge, bound_channel(extra)));
    if (!answer) throw Failure(Failure::Kind::usage, "the private key cannot sign");
    return {*answer, json::object()};
}

void Login::check(const json& details) const {
    const std::string method = text_of(details, "authmethod");
    const bool scram = !server_signature_.empty();
    if (scram) {
        const json extra = details.value("authextra", json::object());
        std::string shown = text_of(extra, "verifier");
        if (shown.empty()) shown = text_of(extra, "scram_server_signature");  // Crossbar's name
        if (shown.starts_with("v=")) shown.erase(0, 2);                        // as an example of the specification has it
        const auto bytes = auth::from_base64(shown);
        if (!bytes || !auth::same(*bytes, server_signature_))
            throw Failure(Failure::Kind::not_let_in, "the router did not prove that it knows the password's verifier",
                          {"it may not be the router it claims to be"});
        return;
    }
    const auto all = methods();
    const std::string as = method == "ticket" && all.front() == "token" ? "token" : method;
    const bool offered = method.empty() || std::find(all.begin(), all.end(), as) != all.end();
    const bool unproved = !challenged_ && (is_scram(all.front()) || all.front() == "cryptosign");
    if (!offered || unproved)
        throw Failure(Failure::Kind::not_let_in,
                      "the router let us in " + (method.empty() || offered ? "without a challenge" : "by " + method) +
                          ", which was not asked for",
                      {"tried " + description()});
}

}  // namespace heddle
