#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "router/admin/audit_size.hpp"
#include "router/metrics/counters.hpp"

namespace heddle::admin {

/// What metrics want to know of the desk. Written on its thread, read on any.
class Figures {
 public:
    using Commits = Histogram<metrics::wait_bounds.size()>;
    struct All {
        std::map<std::string, std::uint64_t> edits;  // of each realm, ever
        Commits commits;
        AuditSize audit;
        std::uint64_t folded_refusals = 0;  // refused operations without an audit entry of their own
    };

    void edited(const std::string& realm, std::uint64_t edits) {
        const std::lock_guard lock(mutex_);
        all_.edits[realm] = edits;
    }
    void committed(std::chrono::steady_clock::duration took) {
        const std::lock_guard lock(mutex_);
        all_.commits.observe(metrics::wait_bounds, std::chrono::duration<double>(took).count());
    }
    void audited(const AuditSize& size) {
        const std::lock_guard lock(mutex_);
        all_.audit = size;
    }
    void folded_refusal() {
        const std::lock_guard lock(mutex_);
        ++all_.folded_refusals;
    }
    All look() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

 private:
    mutable std::mutex mutex_;
    All all_;
};

}  // namespace heddle::admin
