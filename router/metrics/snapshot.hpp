#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bridge/meta_facts.hpp"
#include "realms/realm.hpp"
#include "router/metrics/counters.hpp"

namespace heddle::metrics {

/// One realm at one moment.
struct RealmSnapshot {
    std::string name;
    Realm::Counts counts;
    Tallies tallies;
    RealmCounters counters;
    std::map<std::pair<std::string, std::string>, std::uint64_t> sessions;  // by transport and serializer
    std::map<std::string, std::uint64_t> links;                             // by kind of lane
    std::uint64_t uplinks_open = 0, uplinks_down = 0;
    std::uint64_t delivered = 0, dropped = 0, too_big = 0, conflated = 0;   // events
    std::uint64_t slow_readers = 0;
    std::uint64_t waiting_bytes = 0;  // for WARP links
};

/// One thread at one moment.
struct WorkerSnapshot {
    WorkerCounters counters;
    std::map<std::pair<std::string, std::string>, std::uint64_t> connections;  // by listener and protocol
    std::uint64_t outbox_bytes = 0;
    std::map<std::pair<std::string, bool>, std::uint64_t> uplinks;  // by realm and whether it is connected
    std::map<std::string, std::uint64_t> slow_readers;  // by realm
    std::vector<RealmSnapshot> realms;
};

/// Facts of the whole process.
struct ProcessSnapshot {
    std::string version;
    double cpu_seconds = 0, started = 0;  // Unix seconds
    std::uint64_t resident_bytes = 0, open_descriptors = 0, descriptors_max = 0;
    double reload_succeeded = 0;  // Unix seconds; 0: never
    std::uint64_t reloads_ok = 0, reloads_failed = 0;
    std::vector<std::pair<std::string, double>> certificates;  // name, end in Unix seconds
    std::uint64_t store_failures = 0;
    std::uint64_t faults = 0;
    std::map<std::string, std::uint64_t> edits;  // of each realm, ever
    Histogram<wait_bounds.size()> store_commits;
    std::uint64_t log_lines_lost = 0;
    std::uint64_t history_lost = 0, history_queue_bytes = 0;
    std::uint64_t memory_max = 0, memory_messages = 0, memory_input = 0, memory_rest = 0;  // bytes (MemoryBudget)
    std::uint64_t audit_entries = 0, audit_bytes = 0, audit_folded = 0;
};

/// The whole router. `text` of it is router/metrics/families.hpp.
struct Snapshot {
    ProcessSnapshot process;
    std::vector<WorkerSnapshot> workers;
};

}  // namespace heddle::metrics
