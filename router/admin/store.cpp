#include "router/admin/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "router/admin/store_rows.hpp"
#include "router/config/units.hpp"
#include "router/entropy.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;

constexpr std::uint64_t schema_version = 1;
constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS admin_meta(name BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS admin_realm(
    name BLOB PRIMARY KEY, options BLOB NOT NULL, edits INTEGER NOT NULL,
    revision INTEGER NOT NULL, changed_by BLOB NOT NULL, changed_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS admin_role(
    realm BLOB NOT NULL REFERENCES admin_realm(name) ON DELETE CASCADE, name BLOB NOT NULL,
    body BLOB NOT NULL, rules BLOB NOT NULL,
    revision INTEGER NOT NULL, changed_by BLOB NOT NULL, changed_at INTEGER NOT NULL,
    PRIMARY KEY(realm, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS admin_user(
    realm BLOB NOT NULL REFERENCES admin_realm(name) ON DELETE CASCADE, authid BLOB NOT NULL, role BLOB NOT NULL,
    disabled INTEGER NOT NULL, expires INTEGER NOT NULL, body BLOB NOT NULL, secrets BLOB NOT NULL,
    revision INTEGER NOT NULL, changed_by BLOB NOT NULL, changed_at INTEGER NOT NULL, used INTEGER NOT NULL,
    PRIMARY KEY(realm, authid)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS admin_user_role ON admin_user(realm, role, authid);
CREATE TABLE IF NOT EXISTS admin_audit(
    n INTEGER PRIMARY KEY, at INTEGER NOT NULL, who BLOB NOT NULL, via BLOB NOT NULL, origin BLOB NOT NULL,
    operation BLOB NOT NULL, realm BLOB NOT NULL, revision INTEGER NOT NULL,
    before BLOB NOT NULL, after BLOB NOT NULL, ended BLOB NOT NULL, error BLOB NOT NULL, detail BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS admin_audit_at ON admin_audit(at);
CREATE INDEX IF NOT EXISTS admin_audit_realm ON admin_audit(realm, n);
)";

/// For us alone, also where it was made by somebody with a freer umask. SQLite gives its companions the same mode.
const std::string& guarded(const std::string& path) {
    if (path == ":memory:") return path;
    const int made = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (made < 0) throw std::runtime_error("cannot open the store " + path + ": " + std::strerror(errno));
    struct stat info {};
    if (::fstat(made, &info) == 0 && (info.st_mode & 077) != 0 && ::fchmod(made, 0600) != 0) {
        const std::string why = std::strerror(errno);
        ::close(made);
        throw std::runtime_error("others may read the store " + path + ", and that cannot be changed: " + why);
    }
    ::close(made);
    return path;
}

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

Stamp stamp_at(const SqliteStatement& row, int column) {
    return {unsigned_of(row.integer(column)), text(row, column + 1), row.integer(column + 2)};
}
json json_of(const Stamp& stamp) { return {stamp.revision, stamp.by, stamp.at}; }

StoredRealm realm_at(const SqliteStatement& row) {
    return {text(row, 0), stored_json(row, 1), unsigned_of(row.integer(2)), stamp_at(row, 3)};
}

StoredRole role_at(const SqliteStatement& row) {
    StoredRole role{text(row, 0), stored_json(row, 1), {}, stamp_at(row, 3)};
    const json rules = stored_json(row, 2);
    for (const auto& [key, stamp] : rules.items())
        role.rules[key] = {stamp[0].get<std::uint64_t>(), stamp[1].get<std::string>(), stamp[2].get<std::int64_t>()};
    return role;
}

}  // namespace

std::string rule_key(const json& rule) { return rule.value("match", "exact") + " " + rule.value("uri", ""); }

Store::Store(const std::string& path) : lock_(guarded(path)), file_(path) {
    file_.run("PRAGMA synchronous = FULL");
    file_.run("PRAGMA foreign_keys = ON");
    file_.run("BEGIN IMMEDIATE");
    file_.run(tables);
    SqliteStatement& known = statement("SELECT value FROM admin_meta WHERE name = CAST('version' AS BLOB)");
    const std::string version = known.reset().step() ? text(known, 0) : "0";
    known.reset();
    if (parse_whole(version).value_or(schema_version + 1) > schema_version)
        throw std::runtime_error("the store " + path + " was written by a newer heddle (version " + version +
                                 ", this one knows " + std::to_string(schema_version) + ")");
    const std::string now = std::to_string(schema_version);
    statement("REPLACE INTO admin_meta VALUES(CAST('version' AS BLOB), ?)").reset().put(now).step();
    file_.run("COMMIT");
}

SqliteStatement& Store::statement(const char* sql) {
    auto& made = statements_[sql];
    if (!made) made = std::make_unique<SqliteStatement>(file_, sql);
    return *made;
}

Store::Transaction::Transaction(Store& store) : store_(store) { store_.file_.run("BEGIN IMMEDIATE"); }

Store::Transaction::~Transaction() {
    if (!open_) return;
    for (auto& [sql, made] : store_.statements_) made->reset();  // an open one would keep the transaction
    sqlite3_exec(store_.file_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    store_.audit_size_.reset();
}

void Store::Transaction::commit() {
    store_.file_.run("COMMIT");
    open_ = false;
}

std::string Store::mock_key() {
    SqliteStatement& known = statement("SELECT value FROM admin_meta WHERE name = CAST('mock_key' AS BLOB)");
    if (known.reset().step()) {
        std::string key = text(known, 0);
        known.reset();
        return key;
    }
    known.reset();
    std::string key(32, '\0');
    KernelEntropy entropy;
    for (std::size_t i = 0; i < key.size(); i += sizeof(std::uint64_t)) {
        const std::uint64_t word = entropy.next();
        std::memcpy(key.data() + i, &word, sizeof word);
    }
    statement("INSERT INTO admin_meta VALUES(CAST('mock_key' AS BLOB), ?)").reset().put(key).step();
    return key;
}

std::vector<StoredRealm> Store::realms() {
    SqliteStatement& rows =
        statement("SELECT name, options, edits, revision, changed_by, changed_at FROM admin_realm ORDER BY name");
    std::vector<StoredRealm> out;
    for (rows.reset(); rows.step();) out.push_back(realm_at(rows));
    rows.reset();
    return out;
}

std::optional<StoredRealm> Store::realm(std::string_view name) {
    SqliteStatement& rows =
        statement("SELECT name, options, edits, revision, changed_by, changed_at FROM admin_realm WHERE name = ?");
    std::optional<StoredRealm> out;
    if (rows.reset().put(name).step()) out = realm_at(rows);
    rows.reset();
    return out;
}

void Store::put_realm(const StoredRealm& realm) {
    const std::string options = dumped(realm.options);
    statement("INSERT INTO admin_realm VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(name) DO UPDATE SET "
              "options = ?2, edits = ?3, revision = ?4, changed_by = ?5, changed_at = ?6")
        .reset()
        .put(realm.name)
        .put(options)
        .put(signed_of(realm.edits))
        .put(signed_of(realm.stamp.revision))
        .put(realm.stamp.by)
        .put(realm.stamp.at)
        .step();
}

void Store::remove_realm(std::string_view name) {
    statement("DELETE FROM admin_realm WHERE name = ?").reset().put(name).step();
}

std::uint64_t Store::count_edit(std::string_view realm) {
    SqliteStatement& rows = statement("UPDATE admin_realm SET edits = edits + 1 WHERE name = ? RETURNING edits");
    const bool found = rows.reset().put(realm).step();
    const std::uint64_t edits = found ? unsigned_of(rows.integer(0)) : 0;
    rows.reset();
    return edits;
}

std::vector<StoredRole> Store::roles(std::string_view realm) {
    SqliteStatement& rows = statement(
        "SELECT name, body, rules, revision, changed_by, changed_at FROM admin_role WHERE realm = ? ORDER BY name");
    std::vector<StoredRole> out;
    for (rows.reset().put(realm); rows.step();) out.push_back(role_at(rows));
    rows.reset();
    return out;
}

std::optional<StoredRole> Store::role(std::string_view realm, std::string_view name) {
    SqliteStatement& rows = statement(
        "SELECT name, body, rules, revision, changed_by, changed_at FROM admin_role WHERE realm = ? AND name = ?");
    std::optional<StoredRole> out;
    if (rows.reset().put(realm).put(name).step()) out = role_at(rows);
    rows.reset();
    return out;
}

void Store::put_role(std::string_view realm, const StoredRole& role) {
    const std::string body = dumped(role.body);
    json stamps = json::object();
    for (const auto& [key, stamp] : role.rules) stamps[key] = json_of(stamp);
    const std::string rules = dumped(stamps);
    statement("REPLACE INTO admin_role VALUES(?, ?, ?, ?, ?, ?, ?)")
        .reset()
        .put(realm)
        .put(role.name)
        .put(body)
        .put(rules)
        .put(signed_of(role.stamp.revision))
        .put(role.stamp.by)
        .put(role.stamp.at)
        .step();
}

void Store::remove_role(std::string_view realm, std::string_view name) {
    statement("DELETE FROM admin_role WHERE realm = ? AND name = ?").reset().put(realm).put(name).step();
}

}  // namespace heddle::admin
