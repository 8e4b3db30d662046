#include "tests/realms/login_play.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "realms/auth/argon2.hpp"
#include "realms/auth/cra.hpp"
#include "realms/auth/cryptosign.hpp"
#include "realms/auth/passwords.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "realms/auth/token.hpp"
#include "serializers/base64.hpp"

namespace heddle::test {
namespace {

using nlohmann::json;

json json_of(const Payload& payload, bool kwargs) {
    PayloadForms forms(payload);
    const Payload text = forms.in(Encoding::json);
    return json::parse(kwargs ? text.kwargs.empty() ? "{}" : text.kwargs : text.args.empty() ? "[]" : text.args);
}

}  // namespace

LoginPlay::LoginPlay(RealmSettings settings, bool somebody_answers) : realm_(std::move(settings), entropy_) {
    if (somebody_answers) realm_.ask(this);
}

void LoginPlay::connect(const std::string& peer, const std::string& address) {
    PeerFacts facts;
    facts.address = address;
    facts.transport = "wss";
    facts.secure = true;
    connect(peer, std::move(facts));
}

void LoginPlay::connect(const std::string& name, PeerFacts facts) {
    Peer& peer = peers_[name];
    if (peer.endpoint) realm_.on_lost(peer.endpoint, CloseReason::transport_lost, now_, *this);  // he was there before
    peer = {};
    peer.endpoint = {slots_++, 1};
    realm_.introduce(peer.endpoint, std::move(facts));
}

void LoginPlay::lose(const std::string& peer) {
    realm_.on_lost(peers_.at(peer).endpoint, CloseReason::transport_lost, now_, *this);
}

void LoginPlay::send(const std::string& peer, const Message& message) {
    realm_.on_message(peers_.at(peer).endpoint, message, now_, *this);
}

void LoginPlay::hello(const std::string& peer, std::vector<std::string_view> methods, std::string_view authid,
                      std::string_view extra) {
    Hello message{realm_.settings().name, {}};
    message.details.roles = all_roles();
    message.details.authmethods = std::move(methods);
    message.details.authid = authid;
    if (!extra.empty()) message.details.authextra = {Encoding::json, {}, extra};
    send(peer, message);
}

void LoginPlay::authenticate(const std::string& peer, std::string_view signature, std::string_view extra) {
    send(peer, Authenticate{signature, Payload{Encoding::json, {}, extra}});
}

void LoginPlay::pass(std::chrono::milliseconds time) {
    now_ += time;
    realm_.on_tick(now_, *this);
}

std::string LoginPlay::received(const std::string& name) {
    Peer& peer = peers_.at(name);
    if (peer.received.empty()) return {};
    std::string line = peer.received.front();
    peer.received.pop_front();
    return line;
}

std::string LoginPlay::challenge(const std::string& peer, const std::string& member) const {
    const auto& members = peers_.at(peer).challenge;
    const auto found = members.find(member);
    return found == members.end() ? "" : found->second;
}

std::string LoginPlay::challenge_form(const std::string& peer) const {
    std::string form;
    for (const auto& [name, value] : peers_.at(peer).challenge) {
        const bool itself = name == "iterations" || name == "kdf" || name == "memory" || name == "keylen";
        std::size_t size = value.size();
        if (value.starts_with('{'))  // ids of sessions are of several lengths
            size -= std::to_string(json::parse(value).at("session").get<std::uint64_t>()).size();
        form += name + ":" + (itself ? value : std::to_string(size)) + " ";
    }
    return form;
}

std::string LoginPlay::welcome_extra(const std::string& peer) const { return peers_.at(peer).extra; }

void LoginPlay::verify() {
    ASSERT_FALSE(asked.empty());
    const Asked question = std::move(asked.front());
    asked.pop_front();
    realm_.verified(question.id, auth::check_stored(question.stored, question.secret), now_, *this);
}

void LoginPlay::answer(std::string_view args, std::string_view error) {
    ASSERT_FALSE(asked.empty());
    const Asked question = std::move(asked.front());
    asked.pop_front();
    realm_.answered(question.id, {error, payload(args)}, now_, *this);
}

Delivery LoginPlay::send(EndpointId to, const Message& message) {
    Peer& peer = at(to);
    std::string line;
    if (const auto* challenge = std::get_if<Challenge>(&message)) {
        peer.challenge.clear();
        const json extra = json_of(challenge->extra, true);
        for (const auto& [name, value] : extra.items())
            peer.challenge[name] = value.is_string() ? value.get<std::string>() : value.dump();
        line = "CHALLENGE " + std::string(challenge->method);
    } else if (const auto* welcome = std::get_if<Welcome>(&message)) {
        const WelcomeDetails& d = welcome->details;
        peer.extra = json_of(d.authextra, true).dump();
        line = "WELCOME";
        for (const std::string_view part : {d.authid, d.authrole, d.authmethod, d.authprovider})
            (line += ' ') += part;
    } else if (const auto* abort = std::get_if<Abort>(&message)) {
        line = "ABORT " + std::string(abort->reason);
    } else if (const auto* goodbye = std::get_if<Goodbye>(&message)) {
        line = "GOODBYE " + std::string(goodbye->reason);
    } else if (const auto* result = std::get_if<CallResult>(&message)) {
        line = "RESULT " + json_of(result->payload, false).dump();
    } else {
        line = rule_of(message).name;
    }
    peer.received.push_back(line);
    return Delivery::queued;
}

void LoginPlay::event(const Event&, std::span<const EndpointId> to, EndpointId except) {
    for (const EndpointId endpoint : to)
        if (endpoint != except) at(endpoint).received.push_back("EVENT");
}

void LoginPlay::detached(EndpointId endpoint, CloseReason) { at(endpoint).received.push_back("detached"); }
void LoginPlay::close(EndpointId endpoint, CloseReason why) {
    at(endpoint).received.push_back("closed " + std::string(name_of(why)));
}

void LoginPlay::login_ended(EndpointId, const LoginNote& note) {
    std::string line = std::string(name_of(note.method)) + " " + std::string(name_of(note.result));
    for (const std::string_view part : {note.authid, note.why})
        if (!part.empty()) (line += ' ') += part;
    notes.push_back(line);
}

void LoginPlay::verify(QuestionId id, std::string hash, std::string secret) {
    asked.push_back({id, std::move(hash), std::move(secret), {}, {}});
}
void LoginPlay::call(QuestionId id, std::string_view procedure, const Payload& arguments) {
    asked.push_back({id, {}, {}, std::string(procedure), json_of(arguments, false).dump()});
}

LoginPlay::Peer& LoginPlay::at(EndpointId endpoint) {
    for (auto& [name, peer] : peers_)
        if (peer.endpoint == endpoint) return peer;
    ADD_FAILURE() << "somebody who is gone is told something";
    return peers_["nobody"];
}

// ---- what clients compute

std::string kims_seed() { return std::string(32, 'k'); }
std::string kims_pubkey() { return auth::to_hex(*auth::public_key_of(kims_seed())); }
std::string kims_token() { return auth::make_token(std::string(auth::token_random_bytes, 't')).text(); }

PeerFacts::Digest digest_of(char fill) {
    PeerFacts::Digest digest;
    digest.fill(static_cast<std::uint8_t>(fill));
    return digest;
}

PeerFacts channel(char exporter, char unique, char end_point) {
    PeerFacts facts;
    facts.address = "10.0.0.1";
    facts.secure = true;
    if (exporter) facts.tls_exporter = digest_of(exporter);
    if (unique) facts.tls_unique = digest_of(unique);
    if (end_point) facts.server_end_point = digest_of(end_point);
    return facts;
}

RealmSettings login_realm(std::initializer_list<AuthMethod> methods) {
    RealmSettings settings;
    settings.name = "realm1";
    settings.roles = {{"operator", {{Match::prefix, "com.", {0xf}, {}}}}, {"guest", {{Match::prefix, "com.", {0xf}, {}}}}};
    for (const AuthMethod method : methods) settings.auth.methods.add(method);
    settings.auth.mock_key = std::string(32, 'm');
    settings.auth.throttle.attempts = 0;
    UserSettings kim;
    kim.authid = "kim";
    kim.role = "operator";
    kim.ticket = auth::print_ticket_hash(*auth::make_ticket_hash("secret", "saltsalt", {8, 1}));
    kim.scram = auth::print_verifier(*auth::make_verifier("secret", "salt of 16 bytes", {auth::Kdf::pbkdf2, 4096, 0}));
    kim.wampcra = auth::print_cra(auth::make_salted_cra("secret", base64::encode("salt of 16 bytes"), 1000));
    kim.keys = {kims_pubkey()};
    kim.certificates = {std::string(64, 'c')};
    kim.token = auth::token_hash(kims_token());
    UserSettings lee = kim, ann = kim, bob;
    lee.authid = "lee";
    lee.disabled = true;
    ann.authid = "ann";
    ann.expires = 3600;
    for (UserSettings* other : {&lee, &ann}) other->keys.clear(), other->certificates.clear(), other->token.clear();
    bob.authid = "bob";
    bob.role = "guest";
    bob.wampcra = "plain secret";
    settings.users = {kim, lee, ann, bob};
    return settings;
}

std::string cra_signature(const LoginPlay& play, const std::string& peer, std::string_view password) {
    const std::string salt = play.challenge(peer, "salt"), text = play.challenge(peer, "challenge");
    if (salt.empty()) return auth::sign_cra(password, text);
    const auto number = [&](const char* name) { return static_cast<std::uint32_t>(std::stoul(play.challenge(peer, name))); };
    return auth::sign_cra(auth::derive_cra_key(password, salt, number("iterations"), number("keylen")), text);
}

ScramReply scram_reply(const LoginPlay& play, const std::string& peer, std::string_view authid,
                       std::string_view password, std::string_view binding, std::string_view cbind) {
    const auto text = [&](const char* name) { return play.challenge(peer, name); };
    const std::string memory = text("memory");
    const auto cost = auth::parse_cost(text("kdf"), std::stol(text("iterations")), memory.empty() ? 0 : std::stol(memory));
    EXPECT_TRUE(cost);
    auth::ScramExchange exchange;
    exchange.authid = authid;
    exchange.client_nonce = client_nonce;
    exchange.nonce = text("nonce");
    exchange.salt_base64 = text("salt");
    exchange.iterations = cost->iterations;
    exchange.channel_binding = binding;
    exchange.cbind = cbind;
    const auto proof = auth::prove(*auth::salted_password(password, *auth::from_base64(text("salt")), *cost), exchange);
    json extra = {{"nonce", exchange.nonce}, {"channel_binding", nullptr}, {"cbind_data", nullptr}};
    if (!binding.empty()) extra = {{"nonce", exchange.nonce}, {"channel_binding", binding}, {"cbind_data", base64::encode(cbind)}};
    return {base64::encode(proof.proof), extra.dump(), base64::encode(proof.server_signature)};
}

std::string cryptosign_signature(const LoginPlay& play, const std::string& peer, std::string_view seed,
                                 std::string_view channel) {
    const auto nonce = auth::from_hex(play.challenge(peer, "challenge"));
    EXPECT_TRUE(nonce);
    return *auth::cryptosign_answer(seed, auth::cryptosign_message(*nonce, channel));
}

}  // namespace heddle::test
