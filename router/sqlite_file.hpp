#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace heddle {

/// A SQLite database. Everything throws std::runtime_error with SQLite's own words.
class SqliteFile {
 public:
    explicit SqliteFile(const std::string& path);
    ~SqliteFile() { sqlite3_close_v2(db_); }
    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;

    void run(const char* sql);
    sqlite3* handle() const { return db_; }
    [[noreturn]] void fail() const;

 private:
    sqlite3* db_ = nullptr;
};

/// A prepared statement, used again and again: `reset`, `put` what it asks for in order, `step`, read columns.
class SqliteStatement {
 public:
    SqliteStatement(SqliteFile& file, const char* sql);
    ~SqliteStatement() { sqlite3_finalize(statement_); }
    SqliteStatement(const SqliteStatement&) = delete;
    SqliteStatement& operator=(const SqliteStatement&) = delete;

    SqliteStatement& reset();
    SqliteStatement& put(std::int64_t value);
    SqliteStatement& put(std::string_view bytes);  // must stay until the next reset
    bool step();                                   // true: there is a row
    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    std::string_view bytes(int column) const;  // until the next step

 private:
    SqliteFile& file_;
    sqlite3_stmt* statement_ = nullptr;
    int place_ = 0;
};

}  // namespace heddle
