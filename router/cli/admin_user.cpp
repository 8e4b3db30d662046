// Users: what is kept of their passwords is made here where it can be, so that the password itself stays on this machine.
#include <iostream>

#include "realms/auth/argon2.hpp"
#include "realms/auth/cra.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/key_text.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "router/cli/admin_command.hpp"
#include "router/cli/admin_render.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/references.hpp"
#include "router/client/random.hpp"
#include "router/secret.hpp"
#include "serializers/base64.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

template <class T>
T or_usage(Result<T> result, const std::string& origin) {
    if (!result) throw Failure(Failure::Kind::usage, origin + ": " + result.error().what);
    return std::move(*result);
}

/// What is kept of a password, or the text itself where it is that already.
std::string kept(const std::string& method, std::string text, const std::string& origin) {
    std::string out;
    if (method == "scram" && text.starts_with("scram$"))
        out = print_verifier(or_usage(auth::parse_verifier(text), origin));
    else if (method == "ticket" && text.starts_with("$argon2id$"))
        out = print_ticket_hash(or_usage(auth::parse_ticket_hash(text), origin));
    else if (method == "wampcra" && text.starts_with("cra$"))
        out = print_cra(or_usage(auth::parse_cra(text), origin));
    else if (method == "scram")
        out = print_verifier(or_usage(auth::make_verifier(text, random_bytes(16), auth::default_cost(auth::Kdf::pbkdf2)), origin));
    else if (method == "ticket")
        out = print_ticket_hash(or_usage(auth::make_ticket_hash(text, random_bytes(16)), origin));
    else
        out = print_cra(auth::make_salted_cra(text, base64::encode(random_bytes(16))));
    auth::wipe(text);
    return out;
}

/// What is in a file with a public key: no secret, so nobody is warned.
std::string public_key_text(const std::string& file, const Globals& globals) {
    if (is_reference(file)) return read_reference(file, "public key", "--pubkey", globals);
    auto text = heddle::read_secret("file:" + file);
    return or_usage(std::move(text), "--pubkey");
}

void put_secrets(json& named, const UserSecrets& secrets, const std::string& user, const Globals& globals) {
    const auto put = [&](const std::string& method, const std::string& reference, const std::string& origin) {
        const std::string what = (method == "ticket" ? "ticket of " : "password of ") + user;
        named[method] = kept(method, read_new_secret(reference, what, origin, globals), origin);
    };
    if (secrets.scram) put("scram", secrets.scram_reference, "--scram");
    if (secrets.ticket) put("ticket", secrets.ticket_reference, "--ticket");
    if (secrets.wampcra) put("wampcra", secrets.wampcra_reference, "--wampcra");
    if (!secrets.password.empty())
        put(secrets.method.empty() ? "scram" : secrets.method, secrets.password, "--password");
    else if (!secrets.method.empty())
        throw Failure(Failure::Kind::usage, "--method goes with --password");
    for (const std::string& file : secrets.key_files) {
        const std::string text = public_key_text(file, globals);
        named["keys"].push_back(auth::to_hex(or_usage(auth::read_public_key(text), "--pubkey")));
    }
}

void print_change(const AdminCommand& command, const json& answer, const Globals& globals) {
    if (globals.form == Form::json) return print_json(answer);
    const json subject = {{"user", command.arguments.places.at(1)}, {"realm", command.arguments.places.at(0)}};
    std::cout << render_change(*command.operation, subject, answer);
}

}  // namespace

int run_user_put(AdminCommand command, const UserSecrets& secrets, const Globals& globals) {
    json& named = command.arguments.named;
    put_secrets(named, secrets, command.arguments.places.at(1), globals);
    AdminSession session(globals);
    const auto present = session.find("user", "get", {command.arguments.places, json::object()});
    if (!named.contains("role") && present) named["role"] = present->value("role", "");
    if (!named.contains("role"))
        throw Failure(Failure::Kind::usage, "there is no user " + command.arguments.places.at(1) + " yet: --role is needed",
                      {"which there are: heddle role list --realm " + command.arguments.places.at(0)});
    named["revision"] = !command.revision.empty() ? command.revision : present ? (*present)["revision"].dump() : "new";
    print_change(command, session.call(*command.operation, command.arguments), globals);
    return exit_done;
}

int run_user_key(AdminCommand command, const std::string& key, bool file, const Globals& globals) {
    const std::string origin = file ? "--pubkey" : "KEY";
    const std::string text = file ? public_key_text(key, globals) : key;
    command.arguments.places.push_back(auth::to_hex(or_usage(auth::read_public_key(text), origin)));
    AdminSession session(globals);
    if (!command.revision.empty()) command.arguments.named["revision"] = command.revision;
    print_change(command, session.call(*command.operation, command.arguments), globals);
    return exit_done;
}

int run_user_passwd(AdminCommand command, const UserSecrets& secrets, const Globals& globals) {
    const std::string user = command.arguments.places.at(1), method = secrets.method.empty() ? "scram" : secrets.method;
    const std::string reference = secrets.password.empty() ? "-" : secrets.password;
    json& named = command.arguments.named;
    named["password"] = read_new_secret(reference, "new password of " + user, "--password", globals);
    named["method"] = method;
    AdminSession session(globals);
    const Address where = *parse_address(session.address());
    const bool here = !where.unix_path.empty() || where.host == "localhost" || where.host == "::1" || where.host.starts_with("127.");
    if (!where.tls && !here)
        throw Failure(Failure::Kind::usage, "the password would go to " + where.text + " in the open",
                      {"over TLS (wss://), or as a verifier: heddle user put " + user + " --scram"});
    if (!command.revision.empty()) named["revision"] = command.revision;
    print_change(command, session.call(*command.operation, command.arguments), globals);
    return exit_done;
}

}  // namespace heddle::cli
