#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "realms/history.hpp"

namespace heddle {

class HistoryWriter;
class SqliteFile;

/// Histories that outlive the router, in one SQLite file. Events go to the file on the thread of a
/// HistoryWriter, some tenths of a second after they were published: a crash loses that much. Reads
/// happen on the realm's thread, over a connection of their own, which never waits for writers; what
/// is not in the file yet is read from memory.
class SqliteHistories final : public HistoryStores {
 public:
    using Report = std::function<void(std::string_view what)>;
    /// The file is opened (and made) with the first history that is to stand there. `report` hears
    /// once from each history why events are lost or cannot be read. `writer`: that of the file, shared
    /// by all realms; null: this makes one of its own when it is needed.
    SqliteHistories(std::string file, std::string realm, Report report, std::shared_ptr<HistoryWriter> writer = {});
    ~SqliteHistories() override;

    /// Where the file cannot be used, `report` hears why.
    OpenedHistory open(const HistoryRule& rule) noexcept override;

 private:
    const std::string file_, realm_;
    const Report report_;
    std::shared_ptr<HistoryWriter> writer_;
    std::shared_ptr<SqliteFile> open_;
};

}  // namespace heddle
