#include "realms/decoys.hpp"

#include <algorithm>
#include <utility>

#include "realms/auth/argon2.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/passwords.hpp"

namespace heddle {
namespace {

constexpr std::size_t shapes_max = 16;

template <class Shape>
void note(std::vector<Shape>& shapes, Shape shape) {
    if (shapes.size() < shapes_max && std::find(shapes.begin(), shapes.end(), shape) == shapes.end())
        shapes.push_back(std::move(shape));
}

}  // namespace

void Decoys::look_at(const UserSettings& user) {
    if (!user.wampcra.empty())
        if (const auto secret = auth::parse_cra(user.wampcra))
            note(cra_, CraShape{!secret->salt.empty(), secret->iterations, secret->keylen, user.role});
    const auto verifier = auth::parse_verifier(user.scram);
    if (verifier) note(scram_, ScramShape{verifier->cost});
    if (const auto hash = auth::parse_ticket_hash(user.ticket))
        note(ticket_, TicketShape{false, {}, hash->cost.memory_kib, hash->cost.passes});
    else if (verifier && user.ticket.empty())
        note(ticket_, TicketShape{true, {verifier->cost}, 0, 0});
}

void Decoys::look() {
    if (std::exchange(current_, true)) return;
    accounts_.each([&](const UserSettings& user) { look_at(user); });
}

template <class Shape>
Shape Decoys::choose(const std::vector<Shape>& shapes, Shape none, std::string_view authid) const {
    if (shapes.empty()) return none;
    const std::string hash = auth::hmac_sha256(key(), "shape " + std::string(authid));
    const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(hash[at])}; };
    return shapes[(byte(0) << 8 | byte(1)) % shapes.size()];
}

auth::CraSecret Decoys::cra(std::string_view authid) {
    look();
    const CraShape shape = choose(cra_, usual_cra(), authid);
    auth::CraSecret secret = auth::fake_cra(key(), authid, shape.iterations);
    secret.keylen = shape.keylen;
    if (!shape.salted) secret.salt.clear();
    return secret;
}

std::string Decoys::cra_role(std::string_view authid) {
    look();
    return choose(cra_, usual_cra(), authid).role;
}

auth::ScramVerifier Decoys::scram(std::string_view authid) {
    look();
    return auth::fake_verifier(key(), authid, choose(scram_, ScramShape{auth::default_cost(auth::Kdf::pbkdf2)}, authid).cost);
}

std::string Decoys::ticket(std::string_view authid) {
    look();
    const TicketShape shape = choose(ticket_, TicketShape{false, {}, 0, 0}, authid);
    if (!shape.scram) {
        std::string usual = auth::fake_ticket_hash(key(), authid);
        auto fake = auth::parse_ticket_hash(usual);
        if (!fake || shape.passes == 0) return usual;
        fake->cost = {shape.memory_kib, shape.passes};
        return auth::print_ticket_hash(*fake);
    }
    return auth::print_verifier(auth::fake_verifier(key(), authid, shape.verifier.cost));
}

}  // namespace heddle
