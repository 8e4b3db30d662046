#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "realms/history.hpp"

namespace heddle {

class SqliteFile;

/// Histories that outlive the router, in one SQLite file. What was published is written some tenths of a second later,
/// in one transaction for all of it, or before somebody reads: a crash may lose that much.
class SqliteHistories final : public HistoryStores {
 public:
    using Report = std::function<void(std::string_view what)>;
    /// The file is opened (and made) with the first history that is to stand there. `report` hears, once, why events
    /// cannot be kept.
    SqliteHistories(std::string file, std::string realm, Report report);
    ~SqliteHistories() override;

    /// Where the file cannot be used, `report` hears why.
    OpenedHistory open(const HistoryRule& rule) noexcept override;

 private:
    const std::string file_, realm_;
    const Report report_;
    std::shared_ptr<SqliteFile> open_;
};

}  // namespace heddle
