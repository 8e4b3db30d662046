// Who a connection is: the session that it has in the realm, by `@auth`, by what it brought along, or as anybody; and the
// frames that wait until that is known.
#include <algorithm>
#include <utility>

#include "bridge/credentials.hpp"
#include "bridge/warp_state.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

Roles roles_of_warp() {
    Roles roles;
    roles.add(Role::publisher, Feature::publisher_exclusion);
    roles.add(Role::subscriber, Feature::pattern_based_subscription);
    roles.add(Role::subscriber, Feature::event_retention);
    roles.add(Role::subscriber, Feature::subscription_revocation);
    roles.add(Role::callee, Feature::registration_revocation);
    for (const Role role : {Role::caller, Role::callee}) {
        roles.add(role, Feature::progressive_call_results);
        roles.add(role, Feature::call_canceling);
    }
    return roles;
}

/// Whether somebody may say who he is: then the first frame is waited for, which says it.
bool takes_credentials(const AuthSettings& auth) {
    return auth.methods.has(AuthMethod::ticket) || auth.methods.has(AuthMethod::jwt) ||
           auth.methods.has(AuthMethod::token) || !auth.authenticator.empty();
}

void forget(std::string& secret) {
    std::fill(secret.begin(), secret.end(), '\0');
    secret.clear();
}

}  // namespace

void WarpSession::State::start(Turn turn) {
    if (takes_credentials(realm.settings().auth))
        join_by = turn.now + limits.first_frame_wait;
    else
        join(turn);
    settle(turn);
}

/// As what it brought along, the client's certificate or a cookie, or else as anybody.
void WarpSession::State::join(Turn turn) {
    std::vector<std::string_view> methods;
    if (facts.certificate) methods.push_back("tls");
    if (!facts.cookie.empty()) methods.push_back("cookie");
    methods.push_back("anonymous");
    hello(std::move(methods), {}, turn);
}

/// Nobody said anything, so it is anybody; or it is nobody, and has had the time to say who else. By then its links heard
/// `@unlinked`, so that a Swim client has no reason to come back.
void WarpSession::State::out_of_patience(Turn turn) {
    join_by = TimePoint::max();
    if (stage == Stage::fresh) return join(turn);
    if (stage == Stage::refused) close(CloseReason::hello_timeout, turn.out);
}

void WarpSession::State::hello(std::vector<std::string_view> methods, std::string_view as, Turn turn) {
    Hello hello{realm.settings().name, {}};
    hello.details.agent = "warp";
    hello.details.roles = roles_of_warp();
    hello.details.authmethods = std::move(methods);
    hello.details.authid = as;
    join_by = TimePoint::max();
    stage = Stage::asking;
    last_request = 0;
    realm.introduce(self, facts);
    realm.on_message(self, hello, turn.now, turn.egress);
}

// ---- what the client says

void WarpSession::State::authenticate(const Envelope& envelope, Turn turn) {
    std::optional<WarpCredentials> shown = credentials_of(envelope.body);
    leave(turn);
    if (!shown) return deny(turn);
    login.asked = true;
    login.secret = std::move(shown->secret);
    hello({shown->method}, shown->authid, turn);
}

/// What the connection proved is taken back: it is anybody again.
void WarpSession::State::deauthenticate(Turn turn) {
    const bool somebody = stage == Stage::joined && !anonymous;
    if (somebody) leave(turn);
    say(EnvelopeKind::deauthed, {}, {}, turn.out);
    if (somebody) hello({"anonymous"}, {}, turn);
}

void WarpSession::State::deny(Turn turn) {
    say(EnvelopeKind::deauthed, {}, "@denied", turn.out);
    close(CloseReason::refused, turn.out);
}

/// Gives up the session; the links stay, to be made again by the next one.
void WarpSession::State::leave(Turn turn) {
    if (stage == Stage::refused || stage == Stage::joined) realm.on_lost(self, CloseReason::goodbye, turn.now, turn.egress);
    stage = Stage::fresh;
    abandoned.clear();
    relinking.clear();
    links.for_each([&](Link& link) {
        relinking.push_back({link.match, link.uri, {}});
        if (link.subscription) links.clear_subscription(link);
    });
    for (const std::string& procedure : offers.procedures()) reoffering.push_back(procedure);
    offers = {};
    const auto open = std::exchange(calls, {});
    for (const auto& [request_id, call] : open) answer_error(call, uri::canceled, {}, turn.out);
}

// ---- what the realm says

void WarpSession::State::welcomed(const Welcome& message) {
    if (stage == Stage::closed) return;  // too late: the end of the connection ends the session
    stage = Stage::joined;
    turned_away = false;
    login.answered = true;
    login.authid = message.details.authid;
    login.authrole = message.details.authrole;
    anonymous = message.details.authmethod == "anonymous";
}

void WarpSession::State::aborted(FrameSink& out) {
    if (stage == Stage::closed) return;
    if (stage == Stage::joined) return close(CloseReason::protocol_violation, out);
    stage = Stage::refused;
    turned_away = true;
    login.answered = true;
}

/// What could not be done while the realm was speaking, then the frames that waited, until one of them has to wait again.
void WarpSession::State::settle(Turn turn) {
    while (stage != Stage::closed) {
        if (login.challenged) {
            login.challenged = false;
            realm.on_message(self, Authenticate{login.secret, {}}, turn.now, turn.egress);
        } else if (login.answered) {
            login.answered = false;
            logged_in(turn);
        } else if (request_answered()) {
            finish_subscribe(turn);
        } else if (offering_answered()) {
            finish_offer(turn);
        } else if (waits()) {
            return;
        } else if (!relinking.empty()) {
            relink(turn);
        } else if (!reoffering.empty()) {
            reoffer(turn);
        } else if (!held.empty()) {
            const std::string frame = std::move(held.front());
            held.pop_front();
            held_bytes -= frame.size();
            take(frame, turn);
        } else {
            return;
        }
    }
}

void WarpSession::State::logged_in(Turn turn) {
    const bool asked = std::exchange(login.asked, false);
    forget(login.secret);
    if (stage == Stage::refused && asked) return deny(turn);
    if (stage == Stage::refused) join_by = turn.now + limits.first_frame_wait;
    if (stage == Stage::joined && asked) {
        ByteBuffer identity;
        identity.append("{authid:");
        recon::put_text(login.authid, identity);
        identity.append(",authrole:");
        recon::put_text(login.authrole, identity);
        identity.push_back('}');
        say(EnvelopeKind::authed, {}, identity.view(), turn.out);
    }
    pump(turn);
}

/// One link more under the new identity, or its end.
void WarpSession::State::relink(Turn turn) {
    const TopicName name = std::move(relinking.back());
    relinking.pop_back();
    Link* link = links.find(name.match, name.uri);
    if (link && stage != Stage::joined)
        end_link(*link, "@notAuthorized", turn.out);
    else if (link && link->kind != LaneKind::command)
        subscribe(*link, link->synced, true, turn);
    if (relinking.empty()) pump(turn);  // what waited all the while
}

void WarpSession::State::reoffer(Turn turn) {
    const std::string procedure = std::move(reoffering.back());
    reoffering.pop_back();
    if (stage == Stage::joined && links.find(Match::exact, procedure)) offer(procedure, true, turn);
}

// ---- frames that wait

void WarpSession::State::hold(std::string_view frame, Turn turn) {
    const std::size_t bytes_max = turned_away ? limits.held_again_bytes_max : limits.held_bytes_max;
    if (held.size() >= limits.held_max || held_bytes + frame.size() > bytes_max) {
        realm.count(Refusal::warp_backlog);
        return close(CloseReason::backlog, turn.out);
    }
    held.emplace_back(frame);
    held_bytes += frame.size();
}

}  // namespace heddle
