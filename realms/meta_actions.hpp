#pragma once
#include <span>
#include <string>
#include <string_view>

#include "realms/meta_procedures.hpp"

namespace heddle {

/// How sessions are sent away.
struct Farewell {
    std::string reason, message;  // of GOODBYE
    bool silent = false;          // no meta events, no testaments
};

/// What meta procedures can have the realm do.
class RealmActions {
 public:
    virtual ~RealmActions() = default;
    virtual void kill(std::span<const SessionId> victims, const Farewell& farewell, TimePoint now, Egress& out) = 0;
    /// False: the session does not hold it.
    virtual bool revoke(SessionId holder, RegistrationId registration, std::string_view reason, Egress& out) = 0;
    virtual bool revoke(SessionId holder, SubscriptionId subscription, std::string_view reason, Egress& out) = 0;
};

/// What the procedures of this table look at and may do.
struct MetaPowers {
    MetaSources sources;
    const RealmSettings& settings;
    Sessions& sessions;
    Gate& gate;
    RealmActions& actions;
};
struct MetaActionProcedure {
    std::string_view uri;
    void (*answer)(const MetaPowers&, MetaCall&);
};

/// Meta procedures that change something: those which end what others have (wamp specification, "Session Meta API";
/// `remove_callee` and `remove_subscriber` of its catalog), and a session's testaments ("Session Testament").
class RealmMetaActions final : public MetaProvider {
 public:
    explicit RealmMetaActions(MetaPowers powers) : powers_(powers) {}
    static std::span<const MetaActionProcedure> procedures();
    bool has(std::string_view procedure) const override;
    void answer(std::string_view procedure, MetaCall& call) override;

 private:
    MetaPowers powers_;
};

// meta_testaments.cpp
void add_testament(const MetaPowers& powers, MetaCall& call);
void flush_testaments(const MetaPowers& powers, MetaCall& call);

}  // namespace heddle
