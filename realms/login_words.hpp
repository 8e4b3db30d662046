#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "realms/auth/json_fields.hpp"
#include "realms/auth/text.hpp"
#include "realms/login_note.hpp"
#include "realms/peer_facts.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/payload.hpp"

/// What logins read and write on the wire.
namespace heddle {

/// A dictionary of HELLO or AUTHENTICATE. One that cannot be read (a key twice, too deep) is empty.
class ExtraFields {
 public:
    explicit ExtraFields(const Payload& extra);
    ExtraFields(const ExtraFields&) = delete;
    const auth::JsonFields& operator*() const { return fields_; }
    const auth::JsonFields* operator->() const { return &fields_; }

 private:
    std::string json_;
    auth::JsonFields fields_;
};

/// CHALLENGE.Extra and WELCOME.Details.authextra, in MessagePack.
class ExtraWriter {
 public:
    ExtraWriter() : writer_(out_) { writer_.map_begin(); }
    ExtraWriter& text(std::string_view name, std::string_view value) {
        writer_.key(name);
        writer_.text(value);
        return *this;
    }
    ExtraWriter& number(std::string_view name, std::uint64_t value) {
        writer_.key(name);
        writer_.unsigned_integer(value);
        return *this;
    }
    std::string done() {
        writer_.map_end();
        return std::string(out_.view());
    }

 private:
    ByteBuffer out_;
    MsgpackWriter writer_;
};

std::optional<AuthMethod> method_named(std::string_view name);  // as HELLO has it
/// Base64 that AuthMessage can hold, 8 to 128 characters.
bool good_nonce(std::string_view nonce);
/// HELLO.Details.authextra.pubkey of cryptosign: 32 bytes.
std::optional<std::string> read_pubkey(const auth::JsonFields& extra);
bool signed_by_one(const std::vector<std::string>& keys, std::string_view message, std::string_view signature);
/// The channel's id of that type ("tls-exporter", ..); empty: this channel has none.
std::string channel_id(const PeerFacts& facts, std::string_view type);
std::string to_text(const PeerFacts::Digest& digest);  // its bytes

}  // namespace heddle
