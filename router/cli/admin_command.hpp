#pragma once
#include <string>

#include "router/cli/admin_session.hpp"

/// Commands made from the table of operations, and the few with manners of their own.
namespace heddle::cli {

/// What was typed for one operation, already in the field's types.
struct AdminCommand {
    const admin::Operation* operation = nullptr;
    AdminArguments arguments;
    std::string revision;  // --revision; empty: the present one is read first
    bool all = false;      // of lists: every page
    bool follow = false;   // of audit list: what comes from now on, too
};
int run_admin(AdminCommand command, const Globals& globals);

/// `user put` and `user passwd`: passwords are asked for and leave this machine only as what is kept of them.
struct UserSecrets {
    bool scram = false, ticket = false, wampcra = false;  // --scram, ..: with what is behind the reference
    std::string scram_reference = "-", ticket_reference = "-", wampcra_reference = "-";
    std::string password, method;       // --password, --method
    std::vector<std::string> key_files;  // --pubkey
};
int run_user_put(AdminCommand command, const UserSecrets& secrets, const Globals& globals);
int run_user_passwd(AdminCommand command, const UserSecrets& secrets, const Globals& globals);
int run_user_key(AdminCommand command, const std::string& key, bool file, const Globals& globals);

/// `permission allow|deny|clear`: one rule changed, the rest of it kept.
struct PermissionEdit {
    std::string role, actions, uri, match = "exact", revision;
    enum class Kind { allow, deny, clear } kind = Kind::allow;
};
int run_permission_edit(const PermissionEdit& edit, const Globals& globals);
/// Exit 1: denied.
int run_permission_test(AdminCommand command, const Globals& globals);

struct ApplyCommand {
    std::string file, prune, revision;
    bool dry_run = false, yes = false;
};
/// Exit 9: a dry run, and something differs.
int run_apply(const ApplyCommand& command, const Globals& globals);
int run_realm_export(AdminCommand command, const Globals& globals);
int run_reload(bool dry_run, const Globals& globals);

struct TopCommand {
    std::string sort = "realm";
    std::string realm;  // only this one
    std::string every = "1s";
    std::uint64_t count = 0;  // 0: until q or Ctrl-C
};
int run_top(const TopCommand& command, const Globals& globals);

/// The realm that --realm names, as the first place of an operation; a usage error where it has none and wants one.
std::string realm_place(const Globals& globals);
void print_json(const nlohmann::json& value);

}  // namespace heddle::cli
