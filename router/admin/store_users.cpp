#include "router/admin/store.hpp"
#include "router/admin/store_rows.hpp"

#include "router/admin/store_rows.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;

StoredUser user_at(const SqliteStatement& row) {
    StoredUser out;
    UserSettings& user = out.user;
    user.authid = text(row, 0);
    user.role = text(row, 1);
    user.disabled = row.integer(2) != 0;
    user.expires = row.integer(3);
    const json body = stored_json(row, 4), secrets = stored_json(row, 5);
    user.keys = body.value("keys", std::vector<std::string>());
    user.certificates = body.value("certificates", std::vector<std::string>());
    user.realms = body.value("realms", std::vector<std::string>());
    user.ticket = secrets.value("ticket", "");
    user.scram = secrets.value("scram", "");
    user.wampcra = secrets.value("wampcra", "");
    user.token = secrets.value("token", "");
    out.stamp = {static_cast<std::uint64_t>(row.integer(6)), text(row, 7), row.integer(8)};
    out.used = row.integer(9);
    return out;
}

#define HEDDLE_USER_COLUMNS "authid, role, disabled, expires, body, secrets, revision, changed_by, changed_at, used"

}  // namespace

std::vector<StoredUser> Store::users(std::string_view realm, std::string_view after, std::size_t limit,
                                     std::string_view role) {
    SqliteStatement& rows =
        role.empty() ? statement("SELECT " HEDDLE_USER_COLUMNS
                                 " FROM admin_user WHERE realm = ? AND authid > ? ORDER BY authid LIMIT ?")
                     : statement("SELECT " HEDDLE_USER_COLUMNS
                                 " FROM admin_user WHERE realm = ? AND role = ? AND authid > ? ORDER BY authid LIMIT ?");
    rows.reset().put(realm);
    if (!role.empty()) rows.put(role);
    rows.put(after).put(static_cast<std::int64_t>(limit));
    std::vector<StoredUser> out;
    while (rows.step()) out.push_back(user_at(rows));
    rows.reset();
    return out;
}

std::optional<StoredUser> Store::user(std::string_view realm, std::string_view authid) {
    SqliteStatement& rows =
        statement("SELECT " HEDDLE_USER_COLUMNS " FROM admin_user WHERE realm = ? AND authid = ?");
    std::optional<StoredUser> out;
    if (rows.reset().put(realm).put(authid).step()) out = user_at(rows);
    rows.reset();
    return out;
}

void Store::put_user(std::string_view realm, const StoredUser& stored) {
    const UserSettings& user = stored.user;
    json body = json::object(), secrets = json::object();
    if (!user.keys.empty()) body["keys"] = user.keys;
    if (!user.certificates.empty()) body["certificates"] = user.certificates;
    if (!user.realms.empty()) body["realms"] = user.realms;
    if (!user.ticket.empty()) secrets["ticket"] = user.ticket;
    if (!user.scram.empty()) secrets["scram"] = user.scram;
    if (!user.wampcra.empty()) secrets["wampcra"] = user.wampcra;
    if (!user.token.empty()) secrets["token"] = user.token;
    const std::string bodied = dumped(body), hidden = dumped(secrets);
    statement("REPLACE INTO admin_user VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .reset()
        .put(realm)
        .put(user.authid)
        .put(user.role)
        .put(user.disabled ? 1 : 0)
        .put(user.expires)
        .put(bodied)
        .put(hidden)
        .put(static_cast<std::int64_t>(stored.stamp.revision))
        .put(stored.stamp.by)
        .put(stored.stamp.at)
        .put(stored.used)
        .step();
}

void Store::remove_user(std::string_view realm, std::string_view authid) {
    statement("DELETE FROM admin_user WHERE realm = ? AND authid = ?").reset().put(realm).put(authid).step();
}

void Store::note_use(std::string_view realm, std::string_view authid, std::int64_t at) {
    statement("UPDATE admin_user SET used = ? WHERE realm = ? AND authid = ?").reset().put(at).put(realm).put(authid).step();
}

std::size_t Store::count_users(std::string_view realm, std::string_view role) {
    SqliteStatement& rows =
        role.empty() ? statement("SELECT COUNT(*) FROM admin_user WHERE realm = ?")
                     : statement("SELECT COUNT(*) FROM admin_user WHERE realm = ? AND role = ?");
    rows.reset().put(realm);
    if (!role.empty()) rows.put(role);
    rows.step();
    const auto count = static_cast<std::size_t>(rows.integer(0));
    rows.reset();
    return count;
}

}  // namespace heddle::admin
