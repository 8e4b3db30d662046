#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/result.hpp"

/// Argon2id, version 1.3 (RFC 9106), one lane. Slow and large on purpose: never on a realm's thread.
namespace heddle::auth {

struct Argon2Cost {
    std::uint32_t memory_kib = 19 * 1024;
    std::uint32_t passes = 2;
};

/// Whether somebody may ask us for that much: memory 8 KiB to 1 GiB, at most 10000 passes, and at most 4 GiB written in
/// all. Tells what is wrong; empty: nothing.
std::string argon2_excess(Argon2Cost cost);

/// Nothing where the bounds above, or memory, do not allow it. `salt`: 8 to 64 bytes.
Result<std::string> argon2id(std::string_view password, std::string_view salt, Argon2Cost cost, std::size_t length = 32);

/// A hash as it is stored: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`, base64 without padding (the PHC form).
struct TicketHash {
    Argon2Cost cost;
    std::string salt, hash;  // bytes
};
Result<TicketHash> make_ticket_hash(std::string_view ticket, std::string_view salt, Argon2Cost cost = {});
/// Errors name what is wrong. More than one lane is refused, and whatever argon2_excess refuses.
Result<TicketHash> parse_ticket_hash(std::string_view text);
std::string print_ticket_hash(const TicketHash& hash);
/// False also where the hash cannot be computed.
bool check_ticket(const TicketHash& hash, std::string_view ticket);

}  // namespace heddle::auth
