#include "realms/auth/argon2.hpp"

#include <argon2.h>

#include "realms/auth/digest.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {

std::string argon2_excess(Argon2Cost cost) {
    if (cost.memory_kib < 8 || cost.memory_kib > 1024 * 1024) return "memory of Argon2id must be 8 to 1048576 KiB";
    if (cost.passes < 1 || cost.passes > 10'000) return "passes of Argon2id must be 1 to 10000";
    if (std::uint64_t{cost.memory_kib} * cost.passes > 4u * 1024 * 1024)
        return "memory times passes of Argon2id must not exceed 4 GiB";
    return {};
}

Result<std::string> argon2id(std::string_view password, std::string_view salt, Argon2Cost cost, std::size_t length) {
    if (std::string excess = argon2_excess(cost); !excess.empty()) return Error{excess};
    if (salt.size() < 8 || salt.size() > 64) return Error{"a salt of Argon2id must be 8 to 64 bytes"};
    std::string out(length, '\0');
    const int failed = argon2id_hash_raw(cost.passes, cost.memory_kib, 1, password.data(), password.size(), salt.data(),
                                         salt.size(), out.data(), out.size());
    if (failed != ARGON2_OK) return Error{std::string("Argon2id: ") + argon2_error_message(failed)};
    return out;
}

Result<TicketHash> make_ticket_hash(std::string_view ticket, std::string_view salt, Argon2Cost cost) {
    auto hash = argon2id(ticket, salt, cost);
    if (!hash) return hash.error();
    return TicketHash{cost, std::string(salt), *hash};
}

Result<TicketHash> parse_ticket_hash(std::string_view text) {
    const auto parts = split(text, '$');
    if (parts.size() != 6 || !parts[0].empty() || parts[1] != "argon2id")
        return Error{"the hash of a ticket is written $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>; see: heddle hash ticket"};
    if (parts[2] != "v=19") return Error{"the hash of a ticket must be of Argon2 version 19 (v=19)"};
    const auto numbers = split(parts[3], ',');
    if (numbers.size() != 3 || numbers[0].substr(0, 2) != "m=" || numbers[1].substr(0, 2) != "t=" || numbers[2] != "p=1")
        return Error{"the parameters of a ticket's hash are written m=19456,t=2,p=1, with one lane"};
    const auto memory = to_number(numbers[0].substr(2)), passes = to_number(numbers[1].substr(2));
    if (!memory || !passes) return Error{"m and t of a ticket's hash must be whole numbers"};
    TicketHash hash{{*memory, *passes}, {}, {}};
    if (std::string excess = argon2_excess(hash.cost); !excess.empty()) return Error{excess};
    auto salt = from_base64(parts[4]), digest = from_base64(parts[5]);
    if (!salt || salt->size() < 8 || salt->size() > 64) return Error{"the salt of a ticket's hash must be 8 to 64 bytes in base64"};
    if (!digest || digest->size() < 16 || digest->size() > 64)
        return Error{"a ticket's hash must be 16 to 64 bytes in base64"};
    hash.salt = std::move(*salt);
    hash.hash = std::move(*digest);
    return hash;
}

std::string print_ticket_hash(const TicketHash& hash) {
    return "$argon2id$v=19$m=" + std::to_string(hash.cost.memory_kib) + ",t=" + std::to_string(hash.cost.passes) +
           ",p=1$" + to_base64_unpadded(hash.salt) + "$" + to_base64_unpadded(hash.hash);
}

bool check_ticket(const TicketHash& hash, std::string_view ticket) {
    auto computed = argon2id(ticket, hash.salt, hash.cost, hash.hash.size());
    return computed && same(*computed, hash.hash);
}

}  // namespace heddle::auth
