#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bridge/body_cache.hpp"
#include "bridge/envelope.hpp"
#include "bridge/lane_procedures.hpp"
#include "bridge/meta_board.hpp"
#include "bridge/warp_session.hpp"
#include "realms/auth/token.hpp"
#include "realms/realm.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Lines of any kind as the frames of two WARP clients, by turns, in one real realm. Beside not crashing: every frame
/// that goes out is an envelope (a Swim client throws at anything else), and when both are gone the realm is empty. The realm
/// has users: "@auth{token:hdl_..}" and "@auth{ticket:t,authid:kim}" log in, whenever the answer comes.
namespace {

using namespace heddle;
using fuzzing::demand;

RealmSettings open_realm() {
    RealmSettings settings;
    settings.name = "realm1";
    settings.anonymous_role = "anonymous";
    PermissionRule all{Match::prefix, "", {}, {}};
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe})
        all.allow.add(action);
    PermissionRule none{Match::prefix, "secret.", {}, all.allow};
    PermissionRule meta{Match::prefix, "swim.meta.", all.allow, {}};
    settings.roles = {{"anonymous", {all, none, meta}}, {"user", {all}}};
    for (const AuthMethod method : {AuthMethod::anonymous, AuthMethod::ticket, AuthMethod::token})
        settings.auth.methods.add(method);
    settings.auth.mock_key = std::string(32, 'm');
    settings.auth.throttle.attempts = 0;
    UserSettings kim;
    kim.authid = "kim";
    kim.role = "user";
    kim.ticket = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    kim.token = auth::token_hash("hdl_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    settings.users = {kim};
    settings.lanes = {{Match::prefix, "v.", LaneKind::value},
                      {Match::prefix, "m.", LaneKind::map},
                      {Match::prefix, "l.", LaneKind::list, 20},
                      {Match::prefix, "c.", LaneKind::command}};
    return settings;
}

/// A small window, so that much has to wait.
WarpLimits limits() {
    WarpLimits limits;
    limits.window = 256;
    limits.waiting_max = 20;
    return limits;
}

class Play final : private Egress, private LinkCensus, private Questions {
 public:
    Play() : realm_(open_realm(), entropy_) {
        realm_.offer(procedures_);
        realm_.ask(this);
        PeerFacts facts;
        facts.secure = facts.links = true;
        for (std::uint32_t slot = 0; slot < peers_.size(); ++slot) {
            peers_[slot].session = std::make_unique<WarpSession>(EndpointId{slot, 1}, realm_, limits(), &board_, facts);
            peers_[slot].session->start({}, *this, peers_[slot]);
        }
    }
    void frame(std::size_t peer, std::string_view text) {
        if (!peers_[peer].closed) peers_[peer].session->on_frame(text, now_, *this, peers_[peer]);
    }
    /// The sockets take what was queued, and time goes on.
    void settle() {
        now_ += std::chrono::seconds(1);
        realm_.on_tick(now_, *this);
        for (const QuestionId id : std::exchange(asked_, {})) realm_.verified(id, id.value % 3 != 0, now_, *this);
        for (Peer& peer : peers_) {
            if (peer.closed) continue;
            if (std::exchange(peer.asked, false)) peer.session->on_sent(now_, *this, peer);
            peer.session->on_tick(now_, *this, peer);
        }
    }
    void end() {
        for (std::uint32_t slot = 0; slot < peers_.size(); ++slot)
            realm_.on_lost({slot, 1}, CloseReason::transport_lost, now_, *this);
        const Realm::Counts counts = realm_.counts();
        demand(counts.sessions == 0 && counts.subscriptions == 0 && counts.registrations == 0 && counts.calls == 0,
               "something is left in the realm");
    }

 private:
    struct Peer final : FrameSink {
        void frame(SharedBytes text) override { own(text.view()); }
        void own(std::string_view text) override {
            EnvelopeReader reader;
            demand(reader.read(text) == EnvelopeReader::Found::envelope, "no envelope: " + std::string(text));
        }
        void tell_when_sent() override {
            demand(!asked, "two questions at a time");
            asked = true;
        }
        void close(CloseReason) override { closed = true; }
        std::unique_ptr<WarpSession> session;
        bool closed = false;
        bool asked = false;
    };
    struct Counting final : Entropy {
        std::uint64_t next() override { return ++state * 0x9E3779B97F4A7C15u; }
        std::uint64_t state = 0;
    };

    void verify(QuestionId id, std::string, std::string) override { asked_.push_back(id); }
    void call(QuestionId, std::string_view, const Payload&) override {}
    Delivery send(EndpointId to, const Message& message) override {
        peers_[to.slot].session->on_message(message, peers_[to.slot]);
        return Delivery::queued;
    }
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override {
        BodyCache bodies;
        for (const EndpointId id : to)
            if (id != except) peers_[id.slot].session->on_event(event, bodies, now_, peers_[id.slot]);
    }
    void each_link(FunctionRef<bool(const LinkSight&)> visit) const override {
        for (const Peer& peer : peers_)
            if (!peer.session->each_link(visit)) return;
    }
    Totals totals() const override { return {}; }
    void detached(EndpointId, CloseReason) override {}
    void close(EndpointId endpoint, CloseReason why) override {
        demand(why != CloseReason::protocol_violation, "the bridge let a slip through to the realm");
        if (why != CloseReason::refused) peers_[endpoint.slot].closed = true;  // it tells its links one by one
    }

    Counting entropy_;
    Realm realm_;
    TimePoint now_{};
    MetaBoard board_{realm_, *this, 100};
    LaneProcedures procedures_{board_};
    std::array<Peer, 2> peers_;
    std::vector<QuestionId> asked_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    Play play;
    for (std::size_t turn = 0; !rest.empty() && turn < 64; ++turn) {
        const std::size_t end = rest.find('\n');
        play.frame(turn % 2, std::string(rest.substr(0, end)));
        if (turn % 8 == 7) play.settle();
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    play.end();
    return 0;
}
