#include <gtest/gtest.h>

#include "realms/auth/cra.hpp"
#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/key_text.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {
namespace {

TEST(AuthCra, KeysAndSignaturesAreAutobahns) {
    // Computed with autobahn-python's derive_key and compute_wcs.
    const std::string key = derive_cra_key("secret", "c2FsdDEyMw==", 1000);
    EXPECT_EQ(key, "guWCOFQpT3ZD2Rq+pfjG4Gkm3Db55EMehOZKq8ge14k=");
    EXPECT_EQ(sign_cra(key, R"({"a":1})"), "xPoz33JywHluNPB1NIqoPpwtlCTURDt853a+mT4luJU=");
    EXPECT_EQ(sign_cra("secret", R"({"a":1})"), "qp4uNXX11wmLbKzNeQiIw21f22M0KnO62i1qUXR6hJQ=");
}

TEST(AuthCra, TheChallengeIsJsonWithAllItsMembers) {
    EXPECT_EQ(cra_challenge_text({"ki\"m", "operator", "static", "bm9uY2U=", "2026-11-21T10:12:04.118Z", 9007199254740992u}),
              R"({"authid":"ki\"m","authrole":"operator","authmethod":"wampcra","authprovider":"static","nonce":"bm9uY2U=",)"
              R"("timestamp":"2026-11-21T10:12:04.118Z","session":9007199254740992})");
}

TEST(AuthCra, OnlyTheRightSignatureOverTheVeryTextIsTaken) {
    const std::string right = sign_cra("key", "text");
    EXPECT_TRUE(check_cra("key", "text", right));
    EXPECT_FALSE(check_cra("key", "text ", right));
    EXPECT_FALSE(check_cra("kez", "text", right));
    EXPECT_FALSE(check_cra("key", "text", ""));
    EXPECT_FALSE(check_cra("key", "text", right.substr(0, right.size() - 1)));
}

TEST(AuthCra, SecretsSurviveTheirText) {
    const CraSecret made = make_salted_cra("secret", "c2FsdDEyMw==", 1000);
    const std::string text = print_cra(made);
    EXPECT_EQ(text, "cra$i=1000,l=32$c2FsdDEyMw==$" + made.key);
    auto read = parse_cra(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->key, made.key);
    EXPECT_EQ(read->salt, made.salt);
    EXPECT_EQ(read->iterations, 1000u);
    EXPECT_EQ(read->keylen, 32u);
    auto plain = parse_cra("s3cret, plain");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->key, "s3cret, plain");
    EXPECT_EQ(plain->salt, "");
    for (const std::string& bad :
         {std::string(), std::string("cra$"), "cra$i=999,l=32$c2FsdDEyMw==$" + made.key, "cra$l=32,i=1000$c2FsdDEyMw==$" + made.key,
          "cra$i=1000,l=31$c2FsdDEyMw==$" + made.key, "cra$i=1000,l=32$short$" + made.key,
          std::string("cra$i=1000,l=32$c2FsdDEyMw==$"), std::string("cra$i=1000,l=32$c2FsdDEyMw==$!!"), text + "$"})
        EXPECT_FALSE(parse_cra(bad)) << bad;
}

TEST(AuthCra, UnknownUsersSeeTheSameSaltAgain) {
    const CraSecret once = fake_cra("server secret", "nobody");
    EXPECT_EQ(once.salt, fake_cra("server secret", "nobody").salt);
    EXPECT_NE(once.salt, fake_cra("server secret", "nobody2").salt);
    EXPECT_NE(once.salt, fake_cra("other", "nobody").salt);
    const CraSecret real = make_salted_cra("x", "MDEyMzQ1Njc4OWFiY2RlZg==");
    EXPECT_EQ(once.salt.size(), real.salt.size());
    EXPECT_EQ(once.iterations, real.iterations);
    EXPECT_EQ(once.key.size(), real.key.size());
}

struct Vector {
    const char *channel_id, *seed, *challenge, *answer;
};
// The specification's ("WAMP-Cryptosign", test vectors): three without, three with a channel id.
constexpr const char* channel = "62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff";
constexpr Vector vectors[] = {
    {"",
     "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e7"
     "5013517c2cf067ad566a6b7b728e5d03ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    {"",
     "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
     "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
     "d4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce7"
     "25cd8dceb344e6d11c09d1aaaf4d660fb26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d"},
    {"",
     "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
     "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
     "7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5"
     "658fc84a76196b0fa8d1ebc92ef9f30bb05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2"},
    {channel,
     "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3"
     "ed1ef227dfb59a07b580095c2b82f80f9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00"},
    {channel,
     "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
     "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
     "305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c6523339202238"
     "44ef0725eb5dc2febfd6af7677b73f01d0852a29b460fc92ec943242ac638a053bbacc200512b18b30d15083cbdc9282"},
    {channel,
     "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
     "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
     "ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a"
     "6ff99eba893e0a4ad4d45892ca75e608d2b75e24a189a7f78ca776ba36fc53f6c3e31c32f251f2c524f0a44202f2902d"},
};

std::string bytes(std::string_view hex) { return *from_hex(hex); }

TEST(AuthCryptosign, TheSpecificationsVectors) {
    for (const Vector& vector : vectors) {
        const std::string message = cryptosign_message(bytes(vector.challenge), bytes(vector.channel_id));
        const auto answer = cryptosign_answer(bytes(vector.seed), message);
        ASSERT_TRUE(answer);
        EXPECT_EQ(*answer, vector.answer);
        const auto key = public_key_of(bytes(vector.seed));
        ASSERT_TRUE(key);
        EXPECT_TRUE(check_cryptosign(*key, message, *answer));
    }
}

TEST(AuthCryptosign, AGoodSignatureOverAnotherMessageIsRefused) {
    const std::string seed(32, 's'), key = *public_key_of(seed), challenge(32, 'c'), channel_id = bytes(channel);
    const std::string bound = cryptosign_message(challenge, channel_id);
    EXPECT_FALSE(check_cryptosign(key, challenge, *cryptosign_answer(seed, std::string(32, 'x'))));
    EXPECT_FALSE(check_cryptosign(key, bound, *cryptosign_answer(seed, challenge)));  // binding left away
    EXPECT_FALSE(check_cryptosign(key, challenge, *cryptosign_answer(seed, bound)));
    EXPECT_TRUE(check_cryptosign(key, bound, *cryptosign_answer(seed, bound)));
}

TEST(AuthCryptosign, DamagedAnswersAreRefused) {
    const std::string seed(32, 's'), key = *public_key_of(seed), challenge(32, 'c');
    const std::string good = *cryptosign_answer(seed, challenge);
    for (std::size_t at = 0; at < good.size(); at += 7) {
        std::string bad = good;
        bad[at] = bad[at] == '0' ? '1' : '0';
        EXPECT_FALSE(check_cryptosign(key, challenge, bad)) << at;
    }
    EXPECT_FALSE(check_cryptosign(key, challenge, ""));
    EXPECT_FALSE(check_cryptosign(key, challenge, good.substr(0, 128)));
    EXPECT_FALSE(check_cryptosign(key, challenge, good + "00"));
    EXPECT_FALSE(check_cryptosign(key, challenge, std::string(192, 'g')));
    EXPECT_FALSE(check_cryptosign(*public_key_of(std::string(32, 't')), challenge, good));
    EXPECT_FALSE(check_cryptosign(key.substr(1), challenge, good));
    EXPECT_FALSE(public_key_of("short"));
    EXPECT_FALSE(sign("short", challenge));
}

/// Made with ssh-keygen -t ed25519 and openssl pkey from the seed of the first vector (autobahn-python's tests have it too).
constexpr const char* openssh_key =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACAa38i/4dNWFuZN/72QAJbyOwZvkUyML/u2b2B1uW4RbQAAAJj4FLyB+BS8\n"
    "gQAAAAtzc2gtZWQyNTUxOQAAACAa38i/4dNWFuZN/72QAJbyOwZvkUyML/u2b2B1uW4RbQ\n"
    "AAAEBNV9l6aPVVaWYgpthJwM5YJWhRjXKet1PcfHMt4oBFEBrfyL/h01YW5k3/vZAAlvI7\n"
    "Bm+RTIwv+7ZvYHW5bhFtAAAAFXNvbWV1c2VyQGZ1bmt0aGF0LmNvbQ==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";
constexpr const char* openssh_public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBrfyL/h01YW5k3/vZAAlvI7Bm+RTIwv+7ZvYHW5bhFt a@b\n";
constexpr const char* pem_private = "-----BEGIN PRIVATE KEY-----\n"
                                    "MC4CAQAwBQYDK2VwBCIEIE1X2Xpo9VVpZiCm2EnAzlglaFGNcp63U9x8cy3igEUQ\n"
                                    "-----END PRIVATE KEY-----\n";
constexpr const char* pem_public = "-----BEGIN PUBLIC KEY-----\n"
                                   "MCowBQYDK2VwAyEAGt/Iv+HTVhbmTf+9kACW8jsGb5FMjC/7tm9gdbluEW0=\n"
                                   "-----END PUBLIC KEY-----\n";

TEST(AuthKeys, EveryFormOfTheSameKey) {
    const std::string seed = bytes(vectors[0].seed), key = *public_key_of(seed);
    for (const std::string& text : {std::string(vectors[0].seed), print_private_key(seed), " " + std::string(vectors[0].seed) + "\r\n",
                                    std::string(openssh_key), std::string(pem_private)}) {
        auto read = read_private_key(text);
        ASSERT_TRUE(read) << read.error().what;
        EXPECT_EQ(*read, seed);
    }
    for (const std::string& text : {to_hex(key), print_public_key(key), std::string(openssh_public), std::string(pem_public)}) {
        auto read = read_public_key(text);
        ASSERT_TRUE(read) << read.error().what;
        EXPECT_EQ(*read, key);
    }
}

TEST(AuthKeys, WhatIsNoKeySaysSoWithoutQuotingIt) {
    std::string cut = openssh_key;
    cut.erase(200, 40);
    for (const std::string& text : {std::string(), std::string("s3cret"), std::string(63, 'a'), cut, std::string(openssh_public),
                                    std::string(pem_public), std::string(20'000, 'a')}) {
        auto read = read_private_key(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().what.find("s3cret"), std::string::npos);
    }
    EXPECT_EQ(read_public_key(openssh_key).error().what, "that is a private key; a public key is needed");
    EXPECT_FALSE(read_public_key("ssh-ed25519"));
    EXPECT_FALSE(read_public_key("ssh-ed25519 AAAA"));
    EXPECT_FALSE(read_public_key("ssh-rsa AAAA"));
    EXPECT_FALSE(read_public_key(std::string(66, 'a')));
    EXPECT_EQ(read_private_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n").error().what,
              "the private key has a passphrase; a copy without one is needed");
}

}  // namespace
}  // namespace heddle::auth
