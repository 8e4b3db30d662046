#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "realms/realm.hpp"
#include "serializers/codec.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Lines as the WAMP messages (JSON) of three clients in one real realm, with lists, histories, retained events, the meta
/// API, and an authorizer that is one of them. A line that begins with a digit is of that client, else clients take turns;
/// other marks are something else that happens:
///
///   + time goes on      - the client's connection is lost      ! bytes of it that are no message
///
/// Beside not crashing: whatever the realm sends is a message in every encoding, no client that is gone is sent anything,
/// deadlines that have passed do not stay, and when all are gone the realm is empty.
namespace {

using namespace heddle;
using namespace std::chrono_literals;
using fuzzing::demand;

RealmSettings settings() {
    RealmSettings settings;
    settings.name = "realm1";
    settings.anonymous_role = "anonymous";
    settings.auth.methods.add(AuthMethod::anonymous);
    settings.auth.throttle.attempts = 0;
    PermissionRule all{Match::prefix, "", {}, {}};
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe})
        all.allow.add(action);
    settings.roles = {{"anonymous", {all, {Match::prefix, "secret.", {}, all.allow}}}};
    settings.lanes = {{Match::prefix, "l.", LaneKind::list, 8}, {Match::prefix, "v.", LaneKind::value}};
    HistoryRule history;
    history.match = Match::prefix;
    history.uri = "h.";
    history.events_max = 8;
    settings.histories = {history};
    RealmLimits& limits = settings.limits;
    limits.subscriptions_max = limits.registrations_max = limits.calls_max = 16;
    limits.testaments_max = 4;
    limits.retained_events_max = 16;
    limits.history_answer_max = 4;
    return settings;
}

class Play final : private Egress, private Questions {
 public:
    Play() : realm_(settings(), entropy_) {
        realm_.ask(this);
        realm_.set_clock(now_, std::chrono::system_clock::time_point(std::chrono::hours(500'000)));
        for (std::uint32_t slot = 0; slot < clients_.size(); ++slot) arrive(slot);
        for (std::uint32_t slot = 0; slot + 1 < clients_.size(); ++slot) say(slot, hello);
    }

    void line(std::size_t turn, std::string_view text) {
        std::uint32_t slot = static_cast<std::uint32_t>(turn % clients_.size());
        if (!text.empty() && text.front() >= '0' && text.front() <= '2') {
            slot = static_cast<std::uint32_t>(text.front() - '0');
            text.remove_prefix(1);
        }
        const char mark = text.empty() ? '+' : text.front();
        if (mark == '+') return pass();
        if (mark == '-') return lose(slot);
        if (!clients_[slot].there) arrive(slot);
        if (mark == '!') return realm_.on_violation(at(slot), CloseReason::malformed_message, "no message", now_, *this);
        say(slot, text);
    }

    void end() {
        for (std::uint32_t slot = 0; slot < clients_.size(); ++slot) lose(slot);
        const Realm::Counts counts = realm_.counts();
        demand(counts.sessions == 0 && counts.registrations == 0 && counts.calls == 0, "nobody is left in the realm");
        demand(counts.subscriptions <= 1, "no subscription is left but that of the history");
        demand(counts.retained <= 16 && counts.list_entries <= 8 * 64, "what is kept is bounded");
    }

 private:
    static constexpr std::string_view hello =
        R"([1,"realm1",{"roles":{"publisher":{},"subscriber":{},"caller":{"features":{"progressive_call_results":true,)"
        R"("progressive_call_invocations":true,"call_canceling":true}},"callee":{"features":{)"
        R"("progressive_call_results":true,"progressive_call_invocations":true,"call_canceling":true,)"
        R"("shared_registration":true}}}}])";

    struct Client {
        std::uint32_t generation = 0;
        bool there = false;
    };

    EndpointId at(std::uint32_t slot) const { return {slot, clients_[slot].generation}; }
    void arrive(std::uint32_t slot) {
        ++clients_[slot].generation;
        clients_[slot].there = true;
    }
    void say(std::uint32_t slot, std::string_view text) {
        const std::string frame(text);
        const auto message = decode(Encoding::json, frame);
        if (!message) return;
        realm_.on_message(at(slot), *message, now_, *this);
        hang_up();
        for (const QuestionId id : std::exchange(asked_, {})) realm_.answered(id, {}, now_, *this);
    }
    void pass() {
        now_ += 2500ms;
        realm_.on_tick(now_, *this);
        demand(realm_.next_deadline() > now_, "a deadline that passed is done with");
        hang_up();
    }
    void lose(std::uint32_t slot) {
        if (!std::exchange(clients_[slot].there, false)) return;
        realm_.on_lost(at(slot), CloseReason::transport_lost, now_, *this);
        hang_up();
    }
    void hang_up() {
        for (const std::uint32_t slot : std::exchange(closed_, {})) lose(slot);
    }
    void check_there(EndpointId to) {
        demand(to.slot < clients_.size() && clients_[to.slot].there && clients_[to.slot].generation == to.generation,
               "a message goes to a client that is there");
    }

    Delivery send(EndpointId to, const Message& message) override {
        check_there(to);
        for (const Encoding encoding : {Encoding::json, Encoding::msgpack, Encoding::cbor}) {
            ByteBuffer out;
            encode(message, encoding, out);
            const auto again = decode(encoding, out.view());
            demand(again && again->index() == message.index(), "what the realm sends is a message");
        }
        return Delivery::queued;
    }
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override {
        for (const EndpointId id : to)
            if (id != except) check_there(id);
        ByteBuffer out;
        encode(event, Encoding::json, out);
        demand(bool(decode(Encoding::json, out.view())), "an event is a message");
    }
    void detached(EndpointId, CloseReason) override {}
    void close(EndpointId endpoint, CloseReason) override { closed_.push_back(endpoint.slot); }
    void verify(QuestionId id, std::string, std::string) override { asked_.push_back(id); }
    void call(QuestionId id, std::string_view, const Payload&) override { asked_.push_back(id); }

    struct Counting final : Entropy {
        std::uint64_t next() override { return ++state * 0x9E3779B97F4A7C15u; }
        std::uint64_t state = 0;
    };
    Counting entropy_;
    Realm realm_;
    TimePoint now_{1h};
    std::array<Client, 3> clients_;
    std::vector<std::uint32_t> closed_;
    std::vector<QuestionId> asked_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    Play play;
    for (std::size_t turn = 0; !rest.empty() && turn < 96; ++turn) play.line(turn, fuzzing::line_of(rest));
    play.end();
    return 0;
}
