// Whatever happens, a call is answered once, and to its caller: over random programs of calls, answers, losses and
// time.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> names = {"ann", "bob", "cat", "dan"};
const std::vector<std::string> procedures = {"p", "q", "r.s"};

class Program {
 public:
    explicit Program(unsigned seed) : random_(seed), play_(settings()) {}

    void step() {
        const std::string name = names[pick(names.size())];
        if (!peers_.contains(name)) return join(name);
        Peer& peer = peers_.at(name);
        switch (pick(12)) {
            case 0:
                play_.lose(name), peers_.erase(name);
                break;
            case 1:
                play_.send(name, register_(++peer.request, procedures[pick(procedures.size())], policy()));
                break;
            case 2:
                play_.send(name, unregister(++peer.request, 1 + pick(9)));
                break;
            case 3:
                play_.send(name, cancel(1 + pick(peer.request + 1)));
                break;
            case 4:
                play_.pass(std::chrono::milliseconds(pick(40)));
                break;
            case 5:
            case 6:
            case 7:
                answer(name, peer);
                break;
            default:
                peer.open.insert(++peer.request);
                play_.send(name, call(peer.request, procedures[pick(procedures.size())]));
        }
        read_all();
    }
    /// Time ends what nobody answers.
    void end() {
        play_.pass(1h);
        read_all();
        for (const auto& [name, peer] : peers_) EXPECT_TRUE(peer.open.empty()) << name << " still waits";
        EXPECT_EQ(play_.counts().calls, 0u);
        for (const std::string& name : names) play_.lose(name);
        EXPECT_EQ(play_.counts().registrations, 0u);
        EXPECT_EQ(play_.counts().sessions, 0u);
    }

 private:
    struct Peer {
        std::uint64_t request = 0;
        std::uint64_t invoked = 0;      // the last INVOCATION
        std::set<std::uint64_t> open;   // calls without an answer
        std::set<std::uint64_t> asked;  // invocations it has not answered
    };
    static RealmSettings settings() {
        RealmSettings made = open_realm();
        made.limits.call_timeout = 100ms;
        made.limits.calls_max = 5;
        made.limits.invocations_max = 4;
        return made;
    }
    std::size_t pick(std::size_t below) { return random_() % below; }
    RegisterOptions policy() { return shared(pick(2) == 0 ? Invoke::single : Invoke::roundrobin); }

    void join(const std::string& name) {
        play_.connect(name);
        play_.send(name, hello());
        EXPECT_EQ(play_.next(name), "WELCOME authrole=anonymous");
        peers_[name] = {};
    }
    void answer(const std::string& name, Peer& peer) {
        if (peer.asked.empty()) return;
        auto at = peer.asked.begin();
        std::advance(at, pick(peer.asked.size()));
        const std::uint64_t invocation = *at;
        if (pick(4) == 0) {
            play_.send(name, yield(invocation, "[0]", true));  // progress nobody asked for
            return;
        }
        peer.asked.erase(at);
        play_.send(name, pick(2) == 0 ? yield(invocation) : error(68, invocation, "com.app.bad"));
    }
    void read_all() {
        for (auto& [name, peer] : peers_)
            for (std::string line = play_.next(name); !line.empty(); line = play_.next(name)) read(name, peer, line);
        for (const std::string& name : names)
            if (!peers_.contains(name))
                while (!play_.next(name).empty()) {
                }
    }
    static void read(const std::string& name, Peer& peer, const std::string& line) {
        SCOPED_TRACE(name + " got " + line);
        EXPECT_FALSE(line.starts_with("ABORT"));
        if (line.starts_with("INVOCATION ")) {
            EXPECT_EQ(std::stoull(line.substr(11)), peer.invoked + 1) << "a gap in the callee's sequence";
            peer.asked.insert(++peer.invoked);
        } else if (line.starts_with("RESULT ")) {
            EXPECT_EQ(peer.open.erase(std::stoull(line.substr(7))), 1u) << "no call waits for this";
        } else if (line.starts_with("ERROR 48 ")) {
            EXPECT_EQ(peer.open.erase(std::stoull(line.substr(9))), 1u) << "no call waits for this";
        }
    }

    std::mt19937 random_;
    Play play_;
    std::map<std::string, Peer> peers_;
};

TEST(EveryCallEndsProperty, OnceAndToItsCaller) {
    for (unsigned seed = 0; seed < 2000 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Program program(seed);
        for (int step = 0; step < 80 && !testing::Test::HasFailure(); ++step) program.step();
        program.end();
    }
}

}  // namespace
}  // namespace heddle::test
