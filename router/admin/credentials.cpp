#include "router/admin/credentials.hpp"

#include <algorithm>

#include "realms/auth/argon2.hpp"
#include "realms/auth/cra.hpp"
#include "realms/auth/key_text.hpp"
#include "realms/auth/passwords.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "router/admin/moments.hpp"
#include "router/entropy.hpp"
#include "serializers/base64.hpp"

namespace heddle::admin {

using nlohmann::json;

std::string random_bytes(std::size_t count) {
    KernelEntropy entropy;
    std::string out;
    while (out.size() < count) {
        std::uint64_t word = entropy.next();
        for (int i = 0; i < 8 && out.size() < count; ++i, word >>= 8) out += static_cast<char>(word & 0xff);
    }
    return out;
}

std::string make_password() {
    constexpr std::string_view letters = "23456789abcdefghijkmnpqrstuvwxyz";  // 32, none like another
    const std::string random = random_bytes(12);
    std::string out;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i == 4 || i == 8) out += '-';
        out += letters[static_cast<unsigned char>(random[i]) % letters.size()];
    }
    return out;
}

void set_password(UserSettings& user, std::string_view method, const std::string& password,
                  std::vector<config::Fault>& faults) {
    if (password.empty()) return faults.push_back({"/password", "\"password\" is empty"}), void();
    if (password.size() > 1024) return faults.push_back({"/password", "\"password\" is longer than 1024 bytes"}), void();
    std::string scram, ticket, wampcra;
    if (method == "scram") {
        const auto made = auth::make_verifier(password, random_bytes(16), auth::default_cost(auth::Kdf::pbkdf2));
        if (!made) return faults.push_back({"/password", std::string(made.error().what)}), void();
        scram = auth::print_verifier(*made);
    } else if (method == "ticket") {
        const auto made = auth::make_ticket_hash(password, random_bytes(16));
        if (!made) return faults.push_back({"/password", std::string(made.error().what)}), void();
        ticket = auth::print_ticket_hash(*made);
    } else {
        wampcra = auth::print_cra(auth::make_salted_cra(password, base64::encode(random_bytes(16))));
    }
    user.scram = std::move(scram);
    user.ticket = std::move(ticket);
    user.wampcra = std::move(wampcra);
}

bool read_key(const std::string& text, std::string& hex, std::string& why) {
    const auto key = auth::read_public_key(text);
    if (!key) {
        why = "no Ed25519 public key: " + std::string(key.error().what) +
              "; 64 hexadecimal digits, an OpenSSH line or PEM is due";
        return false;
    }
    hex = auth::to_hex(*key);
    return true;
}

namespace {

/// Every member of a user's body, one after the other.
class UserReader {
 public:
    UserReader(UserSettings& user, const json& fields, std::string pointer, std::vector<config::Fault>& faults)
        : user_(user), fields_(fields), pointer_(std::move(pointer)), faults_(faults) {}

    void read() {
        if (fields_.contains("role")) user_.role = fields_.at("role").get<std::string>();
        user_.disabled = fields_.contains("disabled") && fields_["disabled"].is_boolean() && fields_["disabled"].get<bool>();
        password();
        stored("scram", user_.scram, [](const std::string& text) { return complaint(auth::parse_verifier(text)); });
        stored("ticket", user_.ticket, [](const std::string& text) { return complaint(auth::parse_ticket_hash(text)); });
        stored("wampcra", user_.wampcra, [](const std::string& text) { return complaint(auth::parse_cra(text)); });
        keys();
        certificates();
        expires();
        const json& realms = given("realms");
        user_.realms = realms.is_array() ? realms.get<std::vector<std::string>>() : std::vector<std::string>();
    }

 private:
    const json& given(const char* name) const {
        static const json nothing;
        const auto found = fields_.find(name);
        return found == fields_.end() ? nothing : *found;
    }
    void fault(const std::string& below, std::string detail) {
        faults_.push_back({pointer_ + below, std::move(detail)});
    }
    template <class R>
    static std::string complaint(const R& result) {
        return result ? "" : std::string(result.error().what);
    }

    void password() {
        if (!given("password").is_string()) return;
        for (const char* other : {"scram", "ticket", "wampcra"})
            if (given(other).is_string())
                return fault(std::string("/") + other, "a password is set already; one of the two");
        const json& method = given("method");
        std::vector<config::Fault> own;
        set_password(user_, method.is_string() ? method.get<std::string>() : "scram", given("password"), own);
        for (config::Fault& one : own) fault(one.pointer, std::move(one.detail));
    }

    template <class Check>
    void stored(const char* name, std::string& into, Check check) {
        const auto found = fields_.find(name);
        if (found == fields_.end()) return;
        if (found->is_null()) return into.clear();
        const std::string why = check(found->get<std::string>());
        if (!why.empty()) return fault(std::string("/") + name, "not what `heddle hash` prints: " + why);
        into = found->get<std::string>();
    }

    void keys() {
        const auto found = fields_.find("keys");
        if (found == fields_.end()) return;
        user_.keys.clear();
        for (std::size_t i = 0; i < found->size(); ++i) {
            std::string hex, why;
            if (read_key((*found)[i].get<std::string>(), hex, why))
                user_.keys.push_back(hex);
            else
                fault("/keys/" + std::to_string(i), why);
        }
    }

    void certificates() {
        const auto found = fields_.find("certificates");
        if (found == fields_.end()) return;
        user_.certificates.clear();
        for (std::size_t i = 0; i < found->size(); ++i) {
            std::string text = (*found)[i].get<std::string>();
            std::erase(text, ':');  // as openssl prints fingerprints
            const auto digest = auth::from_hex(text);
            if (digest && digest->size() == 32)
                user_.certificates.push_back(auth::to_hex(*digest));
            else
                fault("/certificates/" + std::to_string(i), "no SHA-256 of a certificate: 64 hexadecimal digits are due");
        }
    }

    void expires() {
        const auto found = fields_.find("expires");
        if (found == fields_.end() || found->is_null()) return void(user_.expires = 0);
        const auto text = found->get<std::string>();
        const auto length = parse_length(text);
        user_.expires = (length ? now_ms() + *length : parse_timestamp(text).value_or(0)) / 1000;
    }

    UserSettings& user_;
    const json& fields_;
    const std::string pointer_;
    std::vector<config::Fault>& faults_;
};

}  // namespace

void set_user(UserSettings& user, const json& fields, const std::string& pointer, std::vector<config::Fault>& faults) {
    UserReader(user, fields, pointer, faults).read();
}

std::vector<std::string> methods_of(const UserSettings& user) {
    std::vector<std::string> out;
    if (!user.scram.empty()) out.emplace_back("scram");
    if (!user.ticket.empty()) out.emplace_back("ticket");
    if (!user.wampcra.empty()) out.emplace_back("wampcra");
    if (!user.keys.empty()) out.emplace_back("cryptosign");
    if (!user.certificates.empty()) out.emplace_back("tls");
    if (!user.token.empty()) out.emplace_back("token");
    return out;
}

json view_of(const UserSettings& user) {
    json out = {{"authid", user.authid}, {"role", user.role}, {"disabled", user.disabled}, {"methods", methods_of(user)}};
    if (!user.keys.empty()) out["keys"] = user.keys;
    if (!user.certificates.empty()) out["certificates"] = user.certificates;
    if (user.expires != 0) out["expires"] = timestamp(user.expires * 1000);
    if (!user.realms.empty()) out["realms"] = user.realms;
    if (!user.wampcra.empty()) out["worth_the_password"] = json::array({"wampcra"});
    return out;
}

}  // namespace heddle::admin
