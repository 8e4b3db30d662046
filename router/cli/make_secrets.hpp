#pragma once
#include <string>

#include "router/cli/globals.hpp"

/// What users of a realm are given: keys, and what is kept of passwords.
namespace heddle::cli {

/// Ed25519, for cryptosign: `file` gets the private key (never overwritten), `file`.pub the public one. Without a file
/// both go to stdout.
int run_keygen(const std::string& file, const Globals& globals);

struct HashCommand {
    std::string kind;            // scram, ticket, argon2id (the same), cra
    std::string password = "-";  // a reference
    std::string kdf;             // of scram: pbkdf2, argon2id13, argon2id-13
    std::uint32_t iterations = 0;  // 0: the default
    std::string memory;            // of Argon2id: "19MiB"
};
/// One line to stdout, as `users` of the configuration and `heddle user put` take it.
int run_hash(const HashCommand& command, const Globals& globals);

}  // namespace heddle::cli
