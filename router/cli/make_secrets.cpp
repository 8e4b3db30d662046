#include "router/cli/make_secrets.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>

#include "realms/auth/argon2.hpp"
#include "realms/auth/cra.hpp"
#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/key_text.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/references.hpp"
#include "router/client/random.hpp"
#include "router/config/units.hpp"
#include "serializers/base64.hpp"

namespace heddle::cli {
namespace {

void write_new(const std::string& path, const std::string& text, mode_t mode) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0 && errno == EEXIST)
        throw Failure(Failure::Kind::usage, path + " is there already and is not overwritten", {"name another file"});
    const bool written = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int why = errno;
    if (fd >= 0) ::close(fd);
    if (!written) throw Failure(Failure::Kind::refused, "cannot write " + path + ": " + std::strerror(why));
}

std::uint32_t kibibytes(const std::string& text) {
    const auto size = parse_quantity(text);
    if (!size || size->unit != Unit::size || size->value % 1024 != 0 || size->value / 1024 > 1024 * 1024)
        throw Failure(Failure::Kind::usage, "--memory is a size of whole KiB, at most 1GiB: " + text, {"like --memory 19MiB"});
    return static_cast<std::uint32_t>(size->value / 1024);
}

template <class T>
T or_usage(Result<T> result) {
    if (!result) throw Failure(Failure::Kind::usage, result.error().what);
    return std::move(*result);
}

auth::ScramCost cost_of(const HashCommand& command) {
    auth::Kdf kdf = auth::Kdf::pbkdf2;
    if (command.kdf == "argon2id13") kdf = auth::Kdf::argon2id13;
    if (command.kdf == "argon2id-13") kdf = auth::Kdf::argon2id_13;
    auth::ScramCost cost = auth::default_cost(kdf);
    if (command.iterations > 0) cost.iterations = command.iterations;
    if (!command.memory.empty()) {
        if (kdf == auth::Kdf::pbkdf2)
            throw Failure(Failure::Kind::usage, "--memory is for Argon2id", {"like --kdf argon2id13 --memory 19MiB"});
        cost.memory_kib = kibibytes(command.memory);
    }
    return cost;
}

std::string hash_of(const HashCommand& command, const std::string& password) {
    const std::string salt = random_bytes(16);
    if (command.kind == "scram") return print_verifier(or_usage(auth::make_verifier(password, salt, cost_of(command))));
    if (!command.kdf.empty()) throw Failure(Failure::Kind::usage, "--kdf is for hash scram");
    if (command.kind == "cra") {
        if (!command.memory.empty()) throw Failure(Failure::Kind::usage, "--memory is for Argon2id");
        const std::uint32_t iterations = command.iterations > 0 ? command.iterations : auth::cra_iterations;
        const std::string text = auth::print_cra(auth::make_salted_cra(password, base64::encode(salt), iterations));
        or_usage(auth::parse_cra(text));
        return text;
    }
    auth::Argon2Cost cost;
    if (command.iterations > 0) cost.passes = command.iterations;
    if (!command.memory.empty()) cost.memory_kib = kibibytes(command.memory);
    return print_ticket_hash(or_usage(auth::make_ticket_hash(password, salt, cost)));
}

}  // namespace

int run_keygen(const std::string& file, const Globals& globals) {
    const std::string seed = random_bytes(auth::key_size);
    const auto key = auth::public_key_of(seed);
    if (!key) throw Failure(Failure::Kind::refused, "no Ed25519 in this OpenSSL");
    if (!file.empty()) {
        write_new(file, auth::print_private_key(seed), 0600);
        write_new(file + ".pub", auth::print_public_key(*key), 0644);
        notice(globals, "private key in " + file + ", public key in " + file + ".pub; next: heddle user key AUTHID --pubkey " +
                            file + ".pub");
        if (globals.form == Form::json) std::cout << nlohmann::json{{"public", auth::to_hex(*key)}, {"file", file}}.dump() << "\n";
        return exit_done;
    }
    if (globals.form == Form::json)
        std::cout << nlohmann::json{{"private", auth::to_hex(seed)}, {"public", auth::to_hex(*key)}}.dump() << "\n";
    else
        std::cout << "private  " << auth::to_hex(seed) << "\npublic   " << auth::to_hex(*key) << "\n";
    return exit_done;
}

int run_hash(const HashCommand& command, const Globals& globals) {
    const bool ticket = command.kind == "ticket" || command.kind == "argon2id";
    std::string password = read_new_secret(command.password, ticket ? "ticket" : "password", "--password", globals);
    const std::string text = hash_of(command, password);
    auth::wipe(password);
    if (globals.form == Form::json)
        std::cout << nlohmann::json{{"kind", ticket ? "ticket" : command.kind == "cra" ? "wampcra" : command.kind}, {"hash", text}}.dump()
                  << "\n";
    else
        std::cout << text << "\n";
    if (command.kind == "cra")
        notice(globals, "this is worth the password to whoever reads it; SCRAM's verifier is not: heddle hash scram");
    return exit_done;
}

}  // namespace heddle::cli
