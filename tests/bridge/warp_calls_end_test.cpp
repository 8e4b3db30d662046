// Whatever WARP clients say about procedures, and whoever leaves: each call with an id is answered once, on its
// caller's link, in its order; no client is thrown out; and nothing is left behind. Over random programs.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> names = {"anna", "bert", "cora"};
const std::vector<std::string> lanes = {"p", "q"};
std::string at(const std::string& lane) { return "(node:\"/c\",lane:" + lane + ")"; }

class Program {
 public:
    explicit Program(unsigned seed) : random_(seed), play_(settings()) {}

    void step() {
        const std::string name = names[pick(names.size())];
        if (!peers_.contains(name)) return open(name);
        Peer& peer = peers_.at(name);
        const std::string lane = lanes[pick(lanes.size())];
        switch (pick(16)) {
            case 0:
                play_.lose(name), peers_.erase(name);
                break;
            case 1:
                play_.frame(name, "@unlink" + at(lane));
                peer.doubtful[lane].merge(peer.open[lane]);  // what came in between had nowhere to go
                play_.frame(name, "@link" + at(lane));
                break;
            case 2:
            case 3:
                say(name, lane, "@offer");
                break;
            case 4:
                say(name, lane, "@withdraw");
                break;
            case 5:
                say(name, lane, "@cancel(id:" + std::to_string(pick(20)) + mode() + ")");
                break;
            case 6:
                play_.pass(std::chrono::milliseconds(pick(40)));
                break;
            case 7:
            case 8:
            case 9:
            case 10:
                say(name, lane, answer(peer.asked[lane]));
                break;
            default:
                call(name, peer, lane);
        }
        read_all();
    }
    void end() {
        play_.pass(1h);
        read_all();
        for (const auto& [name, peer] : peers_)
            for (const auto& [lane, open] : peer.open) EXPECT_TRUE(open.empty()) << name << " still waits on " << lane;
        for (const auto& [name, peer] : peers_) play_.lose(name);
        const Realm::Counts counts = play_.realm().counts();
        EXPECT_EQ(counts.sessions + counts.subscriptions + counts.registrations + counts.calls, 0u);
    }
    std::uint64_t progress() const { return progress_; }
    std::uint64_t results() const { return results_; }

 private:
    struct Peer {
        std::uint64_t last = 0;
        std::map<std::string, std::vector<std::string>> asked;  // newest invocations, by lane
        // Calls without an answer, by lane; and those that may have had theirs while there was no link.
        std::map<std::string, std::set<std::uint64_t>> open, doubtful;
    };
    static RealmSettings settings() {
        RealmSettings made = open_realm({{Match::prefix, "c.q", LaneKind::command}});
        made.limits.call_timeout = 100ms;
        made.limits.invocations_max = 4;
        return made;
    }
    std::size_t pick(std::size_t below) { return random_() % below; }
    std::string mode() {
        const char* modes[] = {"", ",mode:skip", ",mode:kill", ",mode:killnowait"};
        return modes[pick(4)];
    }
    /// To a call that is open, mostly.
    std::string answer(const std::vector<std::string>& asked) {
        const std::string id = asked.empty() || pick(8) == 0 ? std::to_string(pick(12)) : asked[pick(asked.size())];
        const std::string forms[] = {"@yield(id:" + id + ",progress:true)1", "@yield(id:" + id + ")2",
                                     "@fail(id:" + id + ")"};
        return forms[pick(3)];
    }
    void say(const std::string& name, const std::string& lane, const std::string& what) {
        play_.frame(name, "@command" + at(lane) + what);
    }
    void open(const std::string& name) {
        peers_[name] = {};
        play_.open(name);
        for (const std::string& lane : lanes) play_.frame(name, "@link" + at(lane));
        read_all();
    }
    // A correlation id is a call on every lane, offered or not.
    void call(const std::string& name, Peer& peer, const std::string& lane) {
        const std::uint64_t id = ++peer.last;
        peer.open[lane].insert(id);
        say(name, lane, "@call(id:" + std::to_string(id) + (pick(3) == 0 ? ",progress:false)" : ")"));
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
        SCOPED_TRACE(name + " received " + line);
        EXPECT_FALSE(line.starts_with("CLOSED"));
        for (const std::string& lane : lanes) {
            const std::string head = "@event" + at(lane);
            if (!line.starts_with(head)) continue;
            const std::string_view said = std::string_view(line).substr(head.size());
            if (said.starts_with("@invoke(id:")) {
                std::vector<std::string>& asked = peer.asked[lane];
                asked.emplace_back(said.substr(11, said.find_first_of(",)") - 11));
                if (asked.size() > 3) asked.erase(asked.begin());
            }
            for (const std::string_view tag : {"@progress(id:", "@result(id:", "@error(id:"}) {
                if (!said.starts_with(tag)) continue;
                const std::uint64_t id = std::stoull(std::string(said.substr(tag.size())));
                std::set<std::uint64_t>& waiting = peer.open[lane].contains(id) ? peer.open[lane] : peer.doubtful[lane];
                EXPECT_TRUE(waiting.contains(id)) << "no call waits for this";
                tag == "@progress(id:" ? ++progress_ : ++results_;
                if (tag != "@progress(id:") waiting.erase(id);
            }
        }
    }
    std::mt19937 random_;
    WarpPlay play_;
    std::map<std::string, Peer> peers_;
    std::uint64_t progress_ = 0, results_ = 0;
};

TEST(WarpCallsEndProperty, OnceAndOnTheirCallersLink) {
    std::uint64_t progress = 0, results = 0;
    for (unsigned seed = 0; seed < 1000 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Program program(seed);
        for (int step = 0; step < 120 && !testing::Test::HasFailure(); ++step) program.step();
        program.end();
        progress += program.progress();
        results += program.results();
    }
    EXPECT_GT(progress, 500u) << "hardly any progress: this tests too little";
    EXPECT_GT(results, 10000u) << "hardly any calls: this tests too little";
}

}  // namespace
}  // namespace heddle::test
