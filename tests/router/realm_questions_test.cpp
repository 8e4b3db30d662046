// What a realm cannot find out itself: passwords by the pool, calls by a session of the router's own.
#include "router/realm_questions.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "realms/auth/argon2.hpp"
#include "router/faults.hpp"
#include "router/log.hpp"
#include "router/password_pool.hpp"
#include "router/realm_host.hpp"
#include "serializers/transcode.hpp"
#include "tests/router/silent_log.hpp"

namespace heddle {
namespace {

class NoConnections final : public Outlet {
    void deliver(ConnectionRef, const Frame&, FrameKind) override {}
    void tell_when_sent(ConnectionRef) override {}
    void welcomed(ConnectionRef) override {}
    void detached(ConnectionRef, CloseReason) override {}
    void close(ConnectionRef, CloseReason) override {}
};

/// Somebody in the realm; what he received as short lines.
class Somebody final : public LocalPeer {
 public:
    void on_message(const Message& message) override {
        if (const auto* welcome = std::get_if<Welcome>(&message)) {
            note("WELCOME " + std::string(welcome->details.authid));
        } else if (const auto* abort = std::get_if<Abort>(&message)) {
            note("ABORT " + std::string(abort->reason));
        } else if (std::holds_alternative<Challenge>(message)) {
            note("CHALLENGE");
        } else if (const auto* invocation = std::get_if<Invocation>(&message)) {
            invoked = invocation->request;
            note("INVOCATION");
        } else if (std::holds_alternative<Subscribed>(message)) {
            note("SUBSCRIBED");
        } else if (const auto* error = std::get_if<ErrorReply>(&message)) {
            note("ERROR " + std::string(error->error));
        } else if (const auto* result = std::get_if<CallResult>(&message)) {
            ByteBuffer json;
            EXPECT_TRUE(transcode(result->payload.origin, result->payload.args, Encoding::json, json));
            note("RESULT " + std::string(json.view()));
        }
    }
    void on_event(const Event&) override { note("EVENT"); }
    void on_closed(CloseReason why) override { note("CLOSED " + std::string(name_of(why))); }
    std::vector<std::string> take() { return std::exchange(received, {}); }
    RequestId invoked;

 private:
    void note(std::string line) { received.push_back(std::move(line)); }
    std::vector<std::string> received;
};

using Lines = std::vector<std::string>;

RealmEntry realm_with_kim() {
    RealmEntry entry;
    entry.realm.name = "realm1";
    PermissionRule all{Match::prefix, "", {}, {}};
    for (const Action action : {Action::call, Action::register_}) all.allow.add(action);
    entry.realm.roles = {{"user", {all}}};
    entry.realm.auth.methods.add(AuthMethod::ticket);
    entry.realm.auth.authorizer = "com.may";
    entry.realm.auth.mock_key = std::string(32, 'm');
    UserSettings kim;
    kim.authid = "kim";
    kim.role = "user";
    kim.ticket = auth::print_ticket_hash(*auth::make_ticket_hash("secret", "saltsalt", {64, 1}));
    entry.realm.users = {kim};
    return entry;
}

class RealmQuestionsTest : public testing::Test {
 protected:
    ~RealmQuestionsTest() override { host.reset(); }

    Errands errands() {
        return {&pool, [this](std::function<void(TimePoint)> work) {
                    const std::lock_guard lock(mutex);
                    posted.push_back(std::move(work));
                    arrived.notify_one();
                }};
    }
    void run_one_posted() {
        std::unique_lock lock(mutex);
        ASSERT_TRUE(arrived.wait_for(lock, std::chrono::seconds(30), [this] { return !posted.empty(); }));
        const auto work = std::move(posted.front());
        posted.pop_front();
        lock.unlock();
        work(now);
        host->end_turn();
    }
    EndpointId enter(Somebody& who, std::string_view secret = "secret") {
        PeerFacts facts;
        facts.secure = true;
        facts.transport = "test";
        facts.address = "127.0.0.1";
        const EndpointId id = host->enter(who, facts, now);
        Hello hello{"realm1", {}};
        hello.details.authmethods = {"ticket"};
        hello.details.authid = "kim";
        for (const Role role : {Role::publisher, Role::subscriber, Role::caller, Role::callee}) hello.details.roles.add(role);
        say(id, hello);
        say(id, Authenticate{secret, {}});
        return id;
    }
    void say(EndpointId id, const Message& message) {
        host->say(id, message, now);
        host->end_turn();
    }
    EndpointId join(Somebody& who) {
        const EndpointId id = enter(who);
        if (who.take() != Lines{"CHALLENGE", "WELCOME kim"}) {  // a ticket that was right is remembered for a while
            run_one_posted();
            EXPECT_EQ(who.take(), Lines{"WELCOME kim"});
        }
        return id;
    }

    SilentLog log;
    NoConnections outlet;
    TimePoint now{std::chrono::hours(1)};
    std::mutex mutex;
    std::condition_variable arrived;
    std::deque<std::function<void(TimePoint)>> posted;
    Somebody ann, ben;
    std::unique_ptr<RealmHost> host;
    Faults faults{log};
    PasswordPool pool{faults};
};

TEST_F(RealmQuestionsTest, ATicketIsCheckedByThePoolAndTheAnswerComesHome) {
    host = std::make_unique<RealmHost>(realm_with_kim(), outlet, log, errands());
    enter(ann);
    EXPECT_EQ(ann.take(), Lines{"CHALLENGE"});
    run_one_posted();
    EXPECT_EQ(ann.take(), Lines{"WELCOME kim"});
    enter(ben, "wrong");
    run_one_posted();
    const Lines received = ben.take();
    ASSERT_GE(received.size(), 2u);
    EXPECT_EQ(received[1], "ABORT wamp.error.authentication_failed");
}

TEST_F(RealmQuestionsTest, WithoutAPoolNobodyIsLetInByAPassword) {
    host = std::make_unique<RealmHost>(realm_with_kim(), outlet, log);
    enter(ann);
    const Lines received = ann.take();
    ASSERT_GE(received.size(), 2u);
    EXPECT_TRUE(received[1].starts_with("ABORT ")) << received[1];
}

TEST_F(RealmQuestionsTest, AnAnswerAfterTheRealmIsGoneIsNobodys) {
    host = std::make_unique<RealmHost>(realm_with_kim(), outlet, log, errands());
    enter(ann);
    host.reset();
    std::unique_lock lock(mutex);
    ASSERT_TRUE(arrived.wait_for(lock, std::chrono::seconds(30), [this] { return !posted.empty(); }));
    posted.front()(now);
    EXPECT_EQ(ann.take(), Lines{"CHALLENGE"});
}

TEST_F(RealmQuestionsTest, TheRouterCallsWhateverTheRulesSayAndNobodySeesIt) {
    host = std::make_unique<RealmHost>(realm_with_kim(), outlet, log, errands());
    const EndpointId callee = join(ann), asker = join(ben);
    say(callee, Register{{1}, {}, "com.may"});
    say(asker, Subscribe{{1}, {}, "com.topic"});
    EXPECT_EQ(ann.take(), Lines{"INVOCATION"});
    EXPECT_EQ(ben.take(), Lines{});
    say(callee, Yield{ann.invoked, false, {Encoding::json, "[true]", {}}});
    EXPECT_EQ(ben.take(), Lines{"SUBSCRIBED"});
    say(asker, Subscribe{{2}, {}, "com.other"});
    say(callee, ErrorReply{68, ann.invoked, "com.error.no", {}});
    EXPECT_EQ(ben.take(), Lines{"ERROR wamp.error.authorization_failed"});
    say(asker, Call{{3}, {}, "wamp.session.count", {}});
    EXPECT_EQ(ben.take(), Lines{"RESULT [2]"});
}

TEST_F(RealmQuestionsTest, ACallThatNobodyAnswersIsAnErrorNotSilence) {
    host = std::make_unique<RealmHost>(realm_with_kim(), outlet, log, errands());
    const EndpointId asker = join(ben);
    say(asker, Subscribe{{1}, {}, "com.topic"});
    EXPECT_EQ(ben.take(), Lines{"ERROR wamp.error.authorization_failed"});
    const EndpointId callee = join(ann);
    say(callee, Register{{1}, {}, "com.may"});
    say(asker, Subscribe{{2}, {}, "com.topic"});
    host->leave(callee, now);
    host->end_turn();
    EXPECT_EQ(ben.take(), Lines{"ERROR wamp.error.authorization_failed"});
}

}  // namespace
}  // namespace heddle
