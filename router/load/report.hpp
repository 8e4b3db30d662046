#pragma once
#include <optional>
#include <string>

#include "router/load/load.hpp"

/// What people and scripts see of a load.
namespace heddle::load {

/// The same load on another router (bench/floor), to be compared with: CPU microseconds per unit.
struct Baseline {
    double cpu_us_per_unit = 0;
};

/// "published 61,204   delivered 6,120,400   lost 0" behind a bar; the live line has no lost yet.
std::string progress_line(const LoadOptions& options, const Progress& progress, std::optional<std::uint64_t> lost);
/// The table of ux.md section 2, with a line break after each line.
std::string report_table(const LoadOptions& options, const LoadReport& report, const std::optional<Baseline>& baseline);
/// One JSON object in one line; times in microseconds, sizes in KiB, as the names of the keys say.
std::string report_json(const LoadOptions& options, const LoadReport& report);
/// Reads what `report_json` wrote; nothing where it has no CPU time or is of another load.
std::optional<Baseline> read_baseline(const std::string& json, const LoadOptions& options);

std::string with_commas(std::uint64_t value);  // "6,120,400"
std::string short_time(std::uint64_t nanos);   // "181 us", "1.2 ms", "3.0 s"

}  // namespace heddle::load
