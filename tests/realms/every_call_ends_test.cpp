// Whatever happens, a call is answered once, and to its caller: over random programs of calls, progress, answers,
// cancels, losses and time.
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
        switch (pick(16)) {
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
                play_.send(name, cancel(1 + pick(peer.request + 1), static_cast<CancelMode>(pick(4))));
                break;
            case 4:
                play_.pass(std::chrono::milliseconds(pick(40)));
                break;
            case 5:
            case 6:
            case 7:
            case 8:
            case 9:
            case 10:
                answer(name, peer);
                break;
            default:
                peer.open[++peer.request] = pick(2) == 0;
                play_.send(name, call(peer.request, procedures[pick(procedures.size())], "",
                                      peer.open[peer.request] ? with_progress() : CallOptions{}));
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

    std::uint64_t pieces() const { return pieces_; }

 private:
    struct Peer {
        std::uint64_t request = 0;
        bool progressive = false;             // announced progressive results and canceling
        std::uint64_t invoked = 0;            // the last INVOCATION
        std::map<std::uint64_t, bool> open;   // calls without an answer, and whether they ask for progress
        std::set<std::uint64_t> asked;        // invocations it has not answered
        std::set<std::uint64_t> interrupted;  // of all that it ever got
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
        const bool progressive = pick(3) != 0;
        play_.connect(name);
        play_.send(name, hello("realm1", progressive ? progressive_roles() : all_roles()));
        EXPECT_EQ(play_.next(name), "WELCOME authrole=anonymous");
        peers_[name] = {};
        peers_[name].progressive = progressive;
    }
    void answer(const std::string& name, Peer& peer) {
        if (peer.asked.empty()) return;
        auto at = peer.asked.begin();
        std::advance(at, pick(peer.asked.size()));
        const std::uint64_t invocation = *at;
        if (pick(2) == 0) {
            play_.send(name, yield(invocation, "[0]", true));  // asked for or not
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
    void read(const std::string& name, Peer& peer, const std::string& line) {
        SCOPED_TRACE(name + " got " + line);
        EXPECT_FALSE(line.starts_with("ABORT"));
        if (line.starts_with("INVOCATION ")) {
            EXPECT_EQ(std::stoull(line.substr(11)), peer.invoked + 1) << "a gap in the callee's sequence";
            EXPECT_TRUE(peer.progressive || line.find("receive_progress") == line.npos);
            peer.asked.insert(++peer.invoked);
        } else if (line.starts_with("INTERRUPT ")) {
            const std::uint64_t invocation = std::stoull(line.substr(10));
            EXPECT_TRUE(peer.progressive) << "it did not announce canceling";
            EXPECT_LE(invocation, peer.invoked);
            EXPECT_TRUE(peer.interrupted.insert(invocation).second) << "told twice";
        } else if (line.starts_with("RESULT ") && line.find(" progress") != line.npos) {
            const auto open = peer.open.find(std::stoull(line.substr(7)));
            ASSERT_TRUE(open != peer.open.end()) << "progress of a call that is over";
            EXPECT_TRUE(open->second && peer.progressive) << "nobody asked for this";
            ++pieces_;
        } else if (line.starts_with("RESULT ")) {
            EXPECT_EQ(peer.open.erase(std::stoull(line.substr(7))), 1u) << "no call waits for this";
        } else if (line.starts_with("ERROR 48 ")) {
            EXPECT_EQ(peer.open.erase(std::stoull(line.substr(9))), 1u) << "no call waits for this";
        }
    }

    std::uint64_t pieces_ = 0;
    std::mt19937 random_;
    Play play_;
    std::map<std::string, Peer> peers_;
};

TEST(EveryCallEndsProperty, OnceAndToItsCaller) {
    std::uint64_t pieces = 0;
    for (unsigned seed = 0; seed < 2000 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Program program(seed);
        for (int step = 0; step < 80 && !testing::Test::HasFailure(); ++step) program.step();
        program.end();
        pieces += program.pieces();
    }
    EXPECT_GT(pieces, 500u) << "hardly any progressive results: this tests too little";
}

}  // namespace
}  // namespace heddle::test
