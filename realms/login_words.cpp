#include "realms/login_words.hpp"

#include <algorithm>

#include "realms/auth/cryptosign.hpp"

namespace heddle {

ExtraFields::ExtraFields(const Payload& extra) {
    PayloadForms forms(extra);
    json_ = forms.in(Encoding::json).kwargs;
    if (auto fields = auth::JsonFields::read(json_)) fields_ = std::move(*fields);
}

std::optional<AuthMethod> method_named(std::string_view name) {
    if (name == "wamp-scram") return AuthMethod::scram;
    for (std::size_t i = 0; i < auth_method_count; ++i)
        if (name_of(static_cast<AuthMethod>(i)) == name) return static_cast<AuthMethod>(i);
    return std::nullopt;
}

bool good_nonce(std::string_view nonce) {
    const auto base64 = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
               c == '=' || c == '-' || c == '_';
    };
    return nonce.size() >= 8 && nonce.size() <= 128 && std::all_of(nonce.begin(), nonce.end(), base64);
}

std::optional<std::string> read_pubkey(const auth::JsonFields& extra) {
    const auto hex = extra.text("pubkey");
    auto key = hex ? auth::from_hex(*hex) : std::nullopt;
    return key && key->size() == auth::key_size ? key : std::nullopt;
}

bool signed_by_one(const std::vector<std::string>& keys, std::string_view message, std::string_view signature) {
    return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
        return auth::check_cryptosign(key, message, signature);
    });
}

std::string to_text(const PeerFacts::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string channel_id(const PeerFacts& facts, std::string_view type) {
    const auto& digest = type == "tls-exporter"           ? facts.tls_exporter
                         : type == "tls-unique"           ? facts.tls_unique
                         : type == "tls-server-end-point" ? facts.server_end_point
                                                          : std::nullopt;
    return digest ? to_text(*digest) : std::string();
}

}  // namespace heddle
