// Whatever is said in whatever order, nobody is in a session who did not prove who he is.
#include <gtest/gtest.h>

#include <set>

#include "tests/realms/login_play.hpp"

namespace heddle::test {
namespace {

using M = AuthMethod;

/// Peers that know nobody's secret, but everything that is sent, try everything they can think of.
class Burglars {
 public:
    explicit Burglars(std::uint64_t seed) : play_(settings()), random_(seed) {}
    void run(int steps) {
        for (int i = 0; i < steps; ++i) step(peers_[random_.next() % 4]);
        for (const std::string& peer : known_) ASSERT_FALSE(play_.open(peer)) << play_.received(peer);
        EXPECT_EQ(play_.realm().counts().sessions, 0u);
        for (const std::string& note : play_.notes) EXPECT_EQ(note.find(" ok"), note.npos) << note;
    }
    std::size_t attempts() const { return play_.notes.size(); }

 private:
    static RealmSettings settings() {
        RealmSettings realm = login_realm({M::ticket, M::wampcra, M::scram, M::cryptosign, M::tls, M::cookie, M::jwt, M::token, M::local});
        realm.auth.authenticator = "com.auth";
        realm.auth.jwt_keys = std::string(40, 'j');
        return realm;
    }
    template <class T, std::size_t N>
    const T& one_of(const T (&list)[N]) {
        return list[random_.next() % N];
    }

    void step(const std::string& peer) {
        static const std::string_view methods[] = {"anonymous", "ticket", "wampcra", "wamp-scram", "scram", "cryptosign",
                                                   "tls", "cookie", "jwt", "token", "local", ""};
        static const std::string_view authids[] = {"kim", "lee", "bob", "zoe", "", "kim\n"};
        const std::string extras[] = {"", R"({"nonce":")" + std::string(client_nonce) + "\"}", R"({"pubkey":")" + kims_pubkey() + "\"}",
                                      R"({"token":""})", R"({"nonce":7,"pubkey":[],"token":{}})"};
        const unsigned what = static_cast<unsigned>(random_.next() % 10);
        if (what == 0 || !known_.contains(peer)) {
            if (known_.contains(peer)) play_.lose(peer);
            known_.insert(peer);
            return play_.connect(peer);
        }
        if (what <= 3) return play_.hello(peer, {one_of(methods), one_of(methods)}, one_of(authids), one_of(extras));
        if (what <= 6) return play_.authenticate(peer, signature(peer), one_of(extras));
        if (what == 7) return answer();
        if (what == 8) return play_.send(peer, Subscribe{{1}, {}, "com.a"});
        play_.pass(std::chrono::milliseconds(random_.next() % 4000));
    }

    /// What others sent or could be made of what is seen.
    std::string signature(const std::string& peer) {
        const std::string other = peers_[random_.next() % 4];
        if (!known_.contains(other)) return "";
        switch (random_.next() % 5) {
            case 0:
                return play_.challenge(other, "challenge");
            case 1:
                return play_.challenge(peer, "challenge").empty() ? "x" : cra_signature(play_, peer, "");
            case 2:
                return std::string(192, '0');
            case 3:
                return play_.challenge(other, "nonce");
            default:
                return "";
        }
    }
    void answer() {
        if (play_.asked.empty()) return;
        if (play_.asked.front().procedure.empty()) return play_.verify();
        static const std::string_view no[] = {"[]", "[false]", R"(["boss"])", R"([{"secret":"x"}])"};
        play_.answer(one_of(no), random_.next() % 2 ? "com.error" : "");
    }

    LoginPlay play_;
    CountedEntropy random_;
    std::set<std::string> known_;
    const char* const peers_[4] = {"a", "b", "c", "d"};
};

TEST(LoginProperty, NobodyGetsInWithoutAProof) {
    std::size_t attempts = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Burglars burglars(seed);
        burglars.run(400);
        attempts += burglars.attempts();
        if (testing::Test::HasFailure()) return;
    }
    EXPECT_GT(attempts, 1'000u) << "they did not try hard";
}

}  // namespace
}  // namespace heddle::test
