#include "bridge/credentials.hpp"

namespace heddle {
namespace {

using recon::Node;

struct Said {
    const Node* ticket = nullptr;
    const Node* authid = nullptr;
    const Node* jwt = nullptr;
    const Node* token = nullptr;
};

/// Each name once, and no other.
bool take(const Node& slot, Said& said) {
    if (slot.kind != Node::Kind::slot || recon::key_of(slot).kind != Node::Kind::text) return false;
    const std::string_view name = recon::key_of(slot).text;
    const Node** place = name == "ticket"   ? &said.ticket
                         : name == "authid" ? &said.authid
                         : name == "jwt"    ? &said.jwt
                         : name == "token"  ? &said.token
                                            : nullptr;
    if (!place || *place || recon::value_of_slot(slot).kind != Node::Kind::text) return false;
    *place = &recon::value_of_slot(slot);
    return true;
}

WarpCredentials bearer(std::string_view secret) {
    return {secret.starts_with("hdl_") ? "token" : "jwt", {}, std::string(secret)};
}

}  // namespace

std::optional<WarpCredentials> credentials_of(recon::Items body) {
    if (body.single() && body.begin->kind == Node::Kind::text) return bearer(body.begin->text);
    if (body.single() && body.begin->kind == Node::Kind::record) body = recon::items_of(*body.begin);
    Said said;
    for (const Node* item = body.begin; item != body.end; item += item->size)
        if (!take(*item, said)) return std::nullopt;
    if (said.ticket && said.authid && !said.jwt && !said.token)
        return WarpCredentials{"ticket", std::string(said.authid->text), std::string(said.ticket->text)};
    if (said.ticket || said.authid) return std::nullopt;
    if (said.jwt && !said.token) return WarpCredentials{"jwt", {}, std::string(said.jwt->text)};
    if (said.token && !said.jwt) return bearer(said.token->text);
    return std::nullopt;
}

}  // namespace heddle
