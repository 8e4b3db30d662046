#include "router/sqlite_file.hpp"

#include <stdexcept>

namespace heddle {

SqliteFile::SqliteFile(const std::string& path) {
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    try {
        if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) fail();
        sqlite3_busy_timeout(db_, 5'000);  // milliseconds: realms on other threads write there, too
        run("PRAGMA journal_mode = WAL");
        run("PRAGMA synchronous = NORMAL");
    } catch (const std::runtime_error& error) {
        const std::string what = path + ": " + error.what();
        sqlite3_close_v2(db_);
        throw std::runtime_error(what);
    }
}

void SqliteFile::run(const char* sql) {
    if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void SqliteFile::fail() const { throw std::runtime_error(db_ ? sqlite3_errmsg(db_) : "out of memory"); }

SqliteStatement::SqliteStatement(SqliteFile& file, const char* sql) : file_(file) {
    if (sqlite3_prepare_v3(file.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
        file.fail();
}

SqliteStatement& SqliteStatement::reset() {
    sqlite3_reset(statement_);
    place_ = 0;
    return *this;
}

SqliteStatement& SqliteStatement::put(std::int64_t value) {
    if (sqlite3_bind_int64(statement_, ++place_, value) != SQLITE_OK) file_.fail();
    return *this;
}

SqliteStatement& SqliteStatement::put(std::string_view bytes) {
    const char* data = bytes.empty() ? "" : bytes.data();  // a null pointer would be NULL
    if (sqlite3_bind_blob64(statement_, ++place_, data, bytes.size(), SQLITE_STATIC) != SQLITE_OK) file_.fail();
    return *this;
}

bool SqliteStatement::step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) {
        const std::string what = sqlite3_errmsg(file_.handle());
        sqlite3_reset(statement_);
        throw std::runtime_error(what);
    }
    return result == SQLITE_ROW;
}

std::string_view SqliteStatement::bytes(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data ? std::string_view(static_cast<const char*>(data), size) : std::string_view();
}

}  // namespace heddle
