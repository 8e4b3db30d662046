#pragma once
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "realms/realm.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {

/// A realm, peers that log in to it, and whoever is asked about them.
class LoginPlay final : private Egress, private Questions {
 public:
    explicit LoginPlay(RealmSettings settings, bool somebody_answers = true);

    /// A peer that comes over TLS, from this address.
    void connect(const std::string& peer, const std::string& address = "10.0.0.1");
    void connect(const std::string& peer, PeerFacts facts);
    void lose(const std::string& peer);
    void send(const std::string& peer, const Message& message);
    /// HELLO with these methods; `extra`: JSON.
    void hello(const std::string& peer, std::vector<std::string_view> methods, std::string_view authid = {},
               std::string_view extra = {});
    void authenticate(const std::string& peer, std::string_view signature, std::string_view extra = {});
    void pass(std::chrono::milliseconds time);

    /// What the peer was told, oldest first: "CHALLENGE ticket {}", "WELCOME kim operator ticket static", "ABORT ..",
    /// "closed refused"; empty: nothing.
    std::string received(const std::string& peer);
    /// A CHALLENGE's member, of the last one.
    std::string challenge(const std::string& peer, const std::string& member) const;
    std::string challenge_form(const std::string& peer) const;  // all members with how long their values are
    std::string welcome_extra(const std::string& peer) const;   // JSON
    SessionId session(const std::string& peer) const { return realm_.session_of(peers_.at(peer).endpoint); }
    bool open(const std::string& peer) const { return session(peer).value != 0; }

    struct Asked {
        QuestionId id;
        std::string stored, secret;         // verify
        std::string procedure, arguments;  // call; JSON
    };
    std::deque<Asked> asked;
    /// Answers the oldest question as realms/auth/passwords.hpp does.
    void verify();
    void answer(std::string_view args, std::string_view error = {});

    std::vector<std::string> notes;  // "ticket bad_proof kim"
    Realm& realm() { return realm_; }
    TimePoint now() const { return now_; }
    Egress& egress() { return *this; }

 private:
    struct Peer {
        EndpointId endpoint;
        std::deque<std::string> received;
        std::map<std::string, std::string> challenge;
        std::string extra;
    };
    Delivery send(EndpointId to, const Message& message) override;
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override;
    void detached(EndpointId endpoint, CloseReason why) override;
    void close(EndpointId endpoint, CloseReason why) override;
    void login_ended(EndpointId who, const LoginNote& note) override;
    void verify(QuestionId id, std::string hash, std::string secret) override;
    void call(QuestionId id, std::string_view procedure, const Payload& arguments) override;
    Peer& at(EndpointId endpoint);

    CountedEntropy entropy_;
    Realm realm_;
    TimePoint now_{std::chrono::hours(24)};
    std::map<std::string, Peer> peers_;
    std::uint32_t slots_ = 0;
    bool inside_ = false;
};

/// A realm with these methods and the roles operator and guest. Users: kim has everything (password "secret"), lee is
/// disabled, ann's time is over, bob has an unsalted WAMP-CRA secret. 1970-01-02 it is.
RealmSettings login_realm(std::initializer_list<AuthMethod> methods);
/// What a client computes, as kim with her password where nothing else is said.
std::string cra_signature(const LoginPlay& play, const std::string& peer, std::string_view password = "secret");
struct ScramReply {
    std::string signature, extra, server_signature;
};
ScramReply scram_reply(const LoginPlay& play, const std::string& peer, std::string_view authid,
                       std::string_view password = "secret", std::string_view binding = {}, std::string_view cbind = {});
std::string cryptosign_signature(const LoginPlay& play, const std::string& peer, std::string_view seed,
                                 std::string_view channel = {});
inline constexpr std::string_view client_nonce = "Y2xpZW50IG5vbmNlIQ==";
std::string kims_seed();
std::string kims_pubkey();  // hexadecimal
std::string kims_token();
PeerFacts::Digest digest_of(char fill);
/// A TLS connection with these channel ids; 0: it has none of that type.
PeerFacts channel(char exporter, char unique, char end_point);

inline constexpr const char* failed = "ABORT wamp.error.authentication_failed";
#define EXPECT_REFUSED(play, peer)                          \
    EXPECT_EQ((play).received(peer), failed);                  \
    EXPECT_EQ((play).received(peer), "closed refused");        \
    EXPECT_FALSE((play).open(peer))

}  // namespace heddle::test
