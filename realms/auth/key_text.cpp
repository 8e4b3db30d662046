#include "realms/auth/key_text.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <memory>
#include <optional>

#include "realms/auth/cryptosign.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {
namespace {

/// Steps through what OpenSSH writes: a length of 4 bytes, big-endian, then so many bytes.
struct Wire {
    std::string_view left;
    std::optional<std::uint32_t> number() {
        if (left.size() < 4) return std::nullopt;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(left[i]);
        left.remove_prefix(4);
        return value;
    }
    std::optional<std::string_view> field() {
        const auto size = number();
        if (!size || *size > left.size()) return std::nullopt;
        const std::string_view out = left.substr(0, *size);
        left.remove_prefix(*size);
        return out;
    }
    bool is(std::string_view expected) { return field() == expected; }
};

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

std::optional<std::string> openssh_seed(std::string_view text, bool& locked) {
    constexpr std::string_view head = "-----BEGIN OPENSSH PRIVATE KEY-----", tail = "-----END OPENSSH PRIVATE KEY-----";
    const std::size_t from = text.find(head), to = text.find(tail);
    if (from == text.npos || to == text.npos || to < from) return std::nullopt;
    std::string packed;
    for (char c : text.substr(from + head.size(), to - from - head.size()))
        if (c != '\n' && c != '\r') packed += c;
    const auto bytes = from_base64(packed);
    constexpr std::string_view magic("openssh-key-v1\0", 15);
    if (!bytes || bytes->substr(0, magic.size()) != magic) return std::nullopt;
    Wire wire{std::string_view(*bytes).substr(magic.size())};
    const auto cipher = wire.field();
    locked = cipher && *cipher != "none";
    if (!cipher || locked || !wire.is("none") || !wire.is("") || wire.number() != 1u || !wire.field()) return std::nullopt;
    const auto secrets = wire.field();
    if (!secrets) return std::nullopt;
    Wire inner{*secrets};
    const auto first = inner.number(), second = inner.number();
    if (!first || first != second || !inner.is("ssh-ed25519")) return std::nullopt;
    const auto open_half = inner.field(), both = inner.field();
    if (!open_half || !both || both->size() != 2 * key_size || both->substr(key_size) != *open_half) return std::nullopt;
    return std::string(both->substr(0, key_size));
}

/// A passphrase is never asked for: by OpenSSL's default the terminal would be.
int no_passphrase(char*, int, int, void*) { return 0; }

std::optional<std::string> pem_key(std::string_view text, bool secret) {
    using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
    const Key key{secret ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                         : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr),
                  &EVP_PKEY_free};
    if (!key || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) return std::nullopt;
    std::string out(key_size, '\0');
    std::size_t size = out.size();
    auto* at = reinterpret_cast<unsigned char*>(out.data());
    const int done = secret ? EVP_PKEY_get_raw_private_key(key.get(), at, &size)
                            : EVP_PKEY_get_raw_public_key(key.get(), at, &size);
    if (done != 1 || size != key_size) return std::nullopt;
    return out;
}

std::optional<std::string> hex_key(std::string_view text) {
    auto key = from_hex(trimmed(text));
    return key && key->size() == key_size ? key : std::nullopt;
}

constexpr std::size_t text_max = 16 * 1024;

}  // namespace

Result<std::string> read_private_key(std::string_view text) {
    if (text.size() > text_max) return Error{"a private key is not that long"};
    bool locked = false;
    std::optional<std::string> seed;
    if (has(text, "BEGIN OPENSSH PRIVATE KEY"))
        seed = openssh_seed(text, locked);
    else if (has(text, "-----BEGIN ENCRYPTED"))
        locked = true;
    else if (has(text, "-----BEGIN"))
        seed = pem_key(text, true);
    else
        seed = hex_key(text);
    if (locked) return Error{"the private key has a passphrase; a copy without one is needed"};
    if (!seed) return Error{"no Ed25519 private key: 64 hexadecimal digits, an OpenSSH key or PEM are; see: heddle keygen"};
    return *seed;
}

Result<std::string> read_public_key(std::string_view text) {
    if (text.size() > text_max) return Error{"a public key is not that long"};
    if (has(text, "PRIVATE KEY")) return Error{"that is a private key; a public key is needed"};
    std::optional<std::string> key;
    constexpr std::string_view ssh = "ssh-ed25519 ";
    const std::string_view line = trimmed(text);
    if (line.substr(0, ssh.size()) == ssh) {
        const auto bytes = from_base64(split(line.substr(ssh.size()), ' ')[0]);
        Wire wire{bytes ? std::string_view(*bytes) : std::string_view()};
        const bool named = wire.is("ssh-ed25519");
        const auto found = wire.field();
        if (named && found && found->size() == key_size && wire.left.empty()) key = std::string(*found);
    } else if (has(text, "-----BEGIN")) {
        key = pem_key(text, false);
    } else {
        key = hex_key(text);
    }
    if (!key) return Error{"no Ed25519 public key: 64 hexadecimal digits, ssh-ed25519 or PEM are"};
    return *key;
}

std::string print_private_key(std::string_view seed) { return to_hex(seed) + "\n"; }
std::string print_public_key(std::string_view public_key) { return to_hex(public_key) + "\n"; }

}  // namespace heddle::auth
