#include "router/metrics/collect.hpp"

#include <atomic>
#include <memory>

#include "router/admin/desk.hpp"
#include "router/metrics/process.hpp"
#include "router/worker.hpp"

namespace heddle::metrics {
namespace {

/// Each worker fills its own place; the last one sends it home.
struct Gathering {
    Snapshot snapshot;
    std::atomic<std::size_t> missing;
    std::vector<std::pair<std::string, std::int64_t>> certificates;
    std::function<void(Snapshot)> done;
};

void add_site(ProcessSnapshot& process, const Site& site) {
    process.reload_succeeded = static_cast<double>(site.reloaded_at.load());
    process.reloads_ok = site.reloads;
    process.reloads_failed = site.failed_reloads;
    process.faults = site.faults.count() + (site.desk ? site.desk->faults() : 0);
    process.log_lines_lost = site.log.lost();
    process.memory_max = site.memory.max();
    process.memory_messages = message_bytes();
    process.memory_input = site.memory.input();
    process.memory_rest = site.memory.rest();
    if (site.histories) {
        process.history_lost = site.histories->lost();
        process.history_queue_bytes = site.histories->queued_bytes();
    }
    if (!site.desk) return;
    process.store_failures = site.desk->store_failures();
    admin::Figures::All figures = site.desk->figures();
    process.edits = std::move(figures.edits);
    process.store_commits = figures.commits;
    process.audit_entries = figures.audit.entries;
    process.audit_bytes = figures.audit.bytes;
    process.audit_folded = figures.folded_refusals;
}

}  // namespace

void collect(Worker& home, std::function<void(Snapshot)> done) {
    Site& site = home.site();
    auto gathering = std::make_shared<Gathering>();
    gathering->snapshot.workers.resize(site.workers.size());
    gathering->missing = site.workers.size();
    gathering->done = std::move(done);
    for (std::size_t i = 0; i < site.workers.size(); ++i) {
        Worker& worker = *site.workers[i];
        worker.post([&worker, &home, i, gathering](TimePoint) {
            gathering->snapshot.workers[i] = worker.snapshot();
            if (i == 0) gathering->certificates = worker.site().certificates;
            if (--gathering->missing != 0) return;
            home.post([&home, gathering](TimePoint) {
                gathering->snapshot.process = look_at_process();
                add_site(gathering->snapshot.process, home.site());
                for (const auto& [name, end] : gathering->certificates)
                    gathering->snapshot.process.certificates.emplace_back(name, static_cast<double>(end));
                gathering->done(std::move(gathering->snapshot));
            });
        });
    }
}

}  // namespace heddle::metrics
