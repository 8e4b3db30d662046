#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "realms/accounts.hpp"
#include "router/admin/audit_size.hpp"
#include "router/admin/store_lock.hpp"
#include "router/sqlite_file.hpp"

namespace heddle::admin {

/// The last edit of something: the number that the realm's count of edits had then, by whom, when (Unix milliseconds).
struct Stamp {
    std::uint64_t revision = 0;
    std::string by;
    std::int64_t at = 0;
};

struct StoredRealm {
    std::string name;
    nlohmann::json options;  // router/config/document.hpp, without roles
    std::uint64_t edits = 0;
    Stamp stamp;
};
struct StoredRole {
    std::string name;
    nlohmann::json body;                 // {permissions, trustlevel}
    std::map<std::string, Stamp> rules;  // by `rule_key`
    Stamp stamp;
};
struct StoredUser {
    UserSettings user;
    Stamp stamp;
    std::int64_t used = 0;  // of a token: Unix milliseconds, about; 0: never
};

/// Match and URI of a rule, as text.
std::string rule_key(const nlohmann::json& rule);

/// One line of the audit log. Secrets are not in it.
struct AuditEntry {
    std::uint64_t n = 0;  // given by the store, without gaps
    std::int64_t at = 0;  // Unix milliseconds
    std::string who, via, from, operation, realm;
    std::uint64_t revision = 0;  // 0: none
    nlohmann::json before, after, ended;
    std::string error, detail;  // of what was refused or failed
};
nlohmann::json json_of(const AuditEntry& entry);

struct AuditQuery {
    std::int64_t since = 0;
    std::string who, realm, operation;
    std::optional<std::vector<std::string>> realms;  // only entries about these
    bool newest_first = true;
    std::optional<std::uint64_t> after;
    std::size_t limit = 100;
};

/// All that administration keeps, in SQLite. One thread. Whatever cannot be read or written throws std::runtime_error
/// with SQLite's words; what a transaction did is then undone.
///
///   admin_meta     name -> value: schema version, the router's own secret
///   admin_realm    options, count of edits
///   admin_role     rules of a role           } go with their realm
///   admin_user     who may log in, and how   }
///   admin_audit    n without gaps
class Store {
 public:
    /// `path`: made if it is not there, for nobody else to read; ":memory:": gone with this object.
    /// Throws where another process has the store open (StoreLock).
    explicit Store(const std::string& path);

    /// Everything between is done, or nothing of it.
    class Transaction {
     public:
        explicit Transaction(Store& store);
        ~Transaction();
        void commit();

     private:
        Store& store_;
        bool open_ = true;
    };

    /// 32 bytes that are the same for as long as the store is there.
    std::string mock_key();

    std::vector<StoredRealm> realms();
    std::optional<StoredRealm> realm(std::string_view name);
    void put_realm(const StoredRealm& realm);
    void remove_realm(std::string_view name);
    /// One edit more; the new number.
    std::uint64_t count_edit(std::string_view realm);

    std::vector<StoredRole> roles(std::string_view realm);
    std::optional<StoredRole> role(std::string_view realm, std::string_view name);
    void put_role(std::string_view realm, const StoredRole& role);
    void remove_role(std::string_view realm, std::string_view name);

    /// In the order of their authids, from the one after `after` on; all, or those of one role.
    std::vector<StoredUser> users(std::string_view realm, std::string_view after, std::size_t limit,
                                  std::string_view role = {});
    std::optional<StoredUser> user(std::string_view realm, std::string_view authid);
    void put_user(std::string_view realm, const StoredUser& user);
    void remove_user(std::string_view realm, std::string_view authid);
    void note_use(std::string_view realm, std::string_view authid, std::int64_t at);
    std::size_t count_users(std::string_view realm, std::string_view role = {});

    std::uint64_t append(const AuditEntry& entry);
    void set_ended(std::uint64_t n, const nlohmann::json& ended);
    std::vector<AuditEntry> audit(const AuditQuery& query);
    void forget_audit(std::int64_t before);
    /// Counted once, and after each forget_audit; kept up to date in between.
    const AuditSize& audit_size();
    /// The oldest entries go until the log is within `bounds`. The newest one always stays.
    void trim_audit(const AuditSize& bounds);

 private:
    SqliteStatement& statement(const char* sql);

    StoreLock lock_;
    SqliteFile file_;
    std::optional<AuditSize> audit_size_;  // empty: it has to be counted
    std::map<const char*, std::unique_ptr<SqliteStatement>> statements_;  // by the text's address: literals
};

}  // namespace heddle::admin
