#pragma once
#include <string_view>
#include <vector>

#include "realms/broker.hpp"
#include "realms/pattern_watch.hpp"
#include "realms/wall_clock.hpp"
#include "serializers/msgpack_writer.hpp"

namespace heddle {

/// Events that the router publishes itself (wamp specification, "Session Meta API", "Registration Meta API",
/// "Subscription Meta API"). While the realm does something they are only noted, so that none of them overtakes the
/// reply to what caused it; `flush` is for when that has been said. Where nobody would hear, nothing is noted: that
/// costs one look into the index.
class MetaEvents {
 public:
    MetaEvents(Broker& broker, const WallClock& clock);
    MetaEvents(const MetaEvents&) = delete;
    MetaEvents& operator=(const MetaEvents&) = delete;

    void joined(const Session& session);
    void left(const Session& session);
    PatternWatch& subscriptions() { return subscriptions_; }
    PatternWatch& registrations() { return registrations_; }
    void flush(Egress& out);

    /// Nothing is noted while this lives: kill_all and the realm's end are not told of.
    class Silence {
     public:
        Silence(MetaEvents& events, bool wanted) : events_(events), before_(events.silent_) {
            events_.silent_ = before_ || wanted;
        }
        ~Silence() { events_.silent_ = before_; }
        Silence(const Silence&) = delete;
        Silence& operator=(const Silence&) = delete;

     private:
        MetaEvents& events_;
        bool before_;
    };

 private:
    struct Topics {
        std::string_view created, taken, given_up, deleted;
        bool invokes;
    };
    class Watch final : public PatternWatch {
     public:
        Watch(MetaEvents& events, const Topics& topics) : events_(events), topics_(topics) {}
        void taken(const Session& member, const PatternFacts& pattern, bool first) override;
        void given_up(const Session& member, const PatternFacts& pattern, bool last) override;

     private:
        MetaEvents& events_;
        const Topics& topics_;
    };
    static const Topics subscription_topics, registration_topics;
    struct Note {
        std::string_view topic;
        SharedBytes args;  // MessagePack
    };

    bool heard(std::string_view topic) { return !silent_ && broker_.heard(topic); }
    template <class Write>
    void note(std::string_view topic, std::size_t arguments, Write&& write);
    void note_ids(std::string_view topic, SessionId session, std::uint64_t pattern);

    Broker& broker_;
    const WallClock& clock_;
    Watch subscriptions_, registrations_;
    std::vector<Note> notes_;
    bool silent_ = false;
};

}  // namespace heddle
