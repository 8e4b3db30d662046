#include "router/config/auth_secrets.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "realms/auth/cra.hpp"
#include "realms/auth/jwt_keys.hpp"
#include "realms/auth/key_text.hpp"
#include "realms/auth/passwords.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "router/config/validate.hpp"
#include "router/secret.hpp"

namespace heddle::config {
namespace {

bool others_may_read(const std::string& path) {
    struct stat info {};
    return !path.empty() && ::stat(path.c_str(), &info) == 0 && (info.st_mode & 07) != 0;
}

class AuthSecrets {
 public:
    AuthSecrets(const Folders& folders, Mistakes& mistakes)
        : folders_(folders), mistakes_(mistakes), open_(others_may_read(folders.name)) {}

    void realm(const Element& element, RealmEntry& entry) {
        jwt(element, entry.realm.auth);
        own_key(element, entry);
        const auto users = children_of(element, "users");
        for (std::size_t i = 0; i < users.size() && i < entry.realm.users.size(); ++i)
            user(*users[i], entry.realm.users[i]);
    }

 private:
    /// `text` becomes what it refers to. False: it is nothing, and that was said where it is a mistake.
    bool fetch(const Element& element, std::string_view key, std::string& text, bool secret) {
        if (text.empty()) return false;
        const bool file = text.starts_with("file:");
        if (file) text = "file:" + (std::filesystem::path(folders_.file) / text.substr(5)).lexically_normal().string();
        if (file || text.starts_with("env:")) {
            const auto value = read_secret(text);
            if (!value) return wrong(element, key, text, value.error().what);
            if (file && secret && others_may_read(text.substr(5)))
                report(mistakes_, false, element, key, "others may read " + text.substr(5), "chmod o= " + text.substr(5));
            text = *value;
            return true;
        }
        if (secret && open_)
            return wrong(element, key, text, "others may read " + folders_.name + ", so no credential may stand in it",
                         "chmod o= " + folders_.name + ", or refer to it: file:PATH, env:NAME");
        return true;
    }
    bool wrong(const Element& element, std::string_view key, std::string& text, const std::string& why,
               const std::string& hint = {}) {
        report(mistakes_, false, element, key, why, hint);
        text.clear();
        return false;
    }
    void no_credential(const Element& element, std::string_view key, std::string& text, const std::string& why,
                       const std::string& hint) {
        const std::string what(key);
        wrong(element, key, text, "no " + what + " credential: " + why, hint);
    }

    void user(const Element& element, UserSettings& user) {
        if (fetch(element, "ticket", user.ticket, true))
            if (const std::string why = auth::why_not_stored(user.ticket); !why.empty())
                no_credential(element, "ticket", user.ticket, why, "heddle hash ticket prints one");
        if (fetch(element, "scram", user.scram, true))
            if (const auto verifier = auth::parse_verifier(user.scram); !verifier)
                no_credential(element, "scram", user.scram, verifier.error().what, "heddle hash scram prints one");
        if (fetch(element, "wampcra", user.wampcra, true))
            if (const auto secret = auth::parse_cra(user.wampcra); !secret)
                no_credential(element, "wampcra", user.wampcra, secret.error().what, "heddle hash cra prints one");
        if (fetch(element, "token", user.token, false) && !sha256_hex(user.token))
            no_credential(element, "token", user.token, "its SHA-256 has 64 hexadecimal digits", "");
        for (std::string& key : user.keys) {
            if (!fetch(element, "keys", key, false)) continue;
            if (const auto bytes = auth::read_public_key(key))
                key = auth::to_hex(*bytes);
            else
                no_credential(element, "keys", key, bytes.error().what, "heddle keygen prints one");
        }
        for (std::string& print : user.certificates) {
            if (!fetch(element, "certificates", print, false)) continue;
            std::erase(print, ':');
            if (!sha256_hex(print))
                no_credential(element, "certificates", print, "a SHA-256 fingerprint has 64 hexadecimal digits",
                              "openssl x509 -in kim.crt -noout -fingerprint -sha256");
        }
        std::erase(user.keys, "");
        std::erase(user.certificates, "");
    }
    static bool sha256_hex(const std::string& text) {
        const auto bytes = auth::from_hex(text);
        return bytes && bytes->size() == 32;
    }

    void jwt(const Element& element, AuthSettings& auth) {
        const auto tables = children_of(element, "jwt");
        if (tables.empty() || auth.jwt.keys.empty()) return;
        std::string nowhere;
        auto text = read_small_file(auth.jwt.keys);
        if (!text) return void(wrong(*tables.front(), "keys", nowhere, text.error().what));
        auth.jwt_keys = std::move(*text);
        if (const auto keys = auth::JwtKeys::read(auth.jwt_keys); !keys)
            wrong(*tables.front(), "keys", auth.jwt_keys, auth.jwt.keys + ": " + keys.error().what);
    }

    void own_key(const Element& element, RealmEntry& entry) {
        std::string text = entry.cryptosign_key;
        if (!fetch(element, "cryptosign_key", text, true)) return;
        if (text == entry.cryptosign_key)
            return void(wrong(element, "cryptosign_key", text, "the key itself is no reference", "file:PATH or env:NAME"));
        if (const auto seed = auth::read_private_key(text))
            entry.realm.auth.router_key = *seed;
        else
            wrong(element, "cryptosign_key", text, "no Ed25519 private key: " + seed.error().what, "heddle keygen makes one");
    }

    const Folders& folders_;
    Mistakes& mistakes_;
    const bool open_;  // the configuration file
};

}  // namespace

void read_auth_secrets(const Element& realm, RealmEntry& entry, const Folders& folders, Mistakes& mistakes) {
    AuthSecrets(folders, mistakes).realm(realm, entry);
}

}  // namespace heddle::config
