#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "realms/endpoint.hpp"
#include "realms/questions.hpp"
#include "realms/settings.hpp"
#include "router/local_peer.hpp"

namespace heddle {

class HistoryWriter;
class Log;
class PasswordPool;
class RealmHost;
class World;

/// What a realm's host needs beside its way to connections. All of it outlives the host.
struct Errands {
    PasswordPool* passwords = nullptr;  // null: nobody checks passwords, and who needs that is refused
    /// Runs something on the realm's thread, in a turn of its own (Worker::post).
    std::function<void(std::function<void(TimePoint)>)> post;
    /// Writes histories to the store. Null: there is no store, or the realm makes one of its own.
    std::shared_ptr<HistoryWriter> histories = {};
    World* world = nullptr;  // null: the kernel's
};

/// Finds out what a realm asks (realms/questions.hpp). Passwords go to the pool; calls are made by a session of the
/// router's own in that realm, whom no rule holds back, nobody is told of and no list shows. It is there from the first call on.
///
///   realm --call--> asked_ --run--> CALL as the router's session --> RESULT or ERROR --> heard_ --run--> Realm::answered
///
/// Lives on the realm's thread, in its host.
class RealmQuestions final : public Questions, private LocalPeer {
 public:
    RealmQuestions(RealmHost& host, Errands errands, Log& log);
    ~RealmQuestions() override;

    void verify(QuestionId id, std::string hash, std::string secret) override;
    void call(QuestionId id, std::string_view procedure, const Payload& arguments) override;
    void note(std::string_view event, std::string_view what) override;

    /// Nothing of the realm is on the stack: what it asked is done, what was found out goes home.
    void run(TimePoint now) {
        if (!asked_.empty() || !heard_.empty()) run_all(now);
    }

 private:
    struct Asked {
        QuestionId id;
        std::string procedure;
        OwnedPayload arguments;
    };
    struct Heard {
        QuestionId id;
        std::string error;
        OwnedPayload payload;
    };

    void on_message(const Message& message) override;
    void on_event(const Event&) override {}
    void on_closed(CloseReason why) override;
    void run_all(TimePoint now);
    void make(const Asked& asked, TimePoint now);
    bool join(TimePoint now);
    void heard(RequestId request, std::string_view error, const Payload& payload);

    RealmHost& host_;
    Errands errands_;
    Log& log_;
    EndpointId self_;
    bool joined_ = false;
    std::uint64_t last_request_ = 0;
    std::unordered_map<std::uint64_t, QuestionId> open_;  // by CALL.Request
    std::deque<Asked> asked_;
    std::deque<Heard> heard_;
    std::shared_ptr<RealmQuestions*> alive_;  // null inside once this is gone; on the realm's thread alone
};

}  // namespace heddle
