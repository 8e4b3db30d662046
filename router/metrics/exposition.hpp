#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "realms/histogram.hpp"

namespace heddle::metrics {

/// Prometheus' own text form (0.0.4), or OpenMetrics 1.0: which one a scraper's Accept header asks for.
enum class Form : std::uint8_t { prometheus, openmetrics };
Form form_for(std::string_view accept);
std::string_view content_type(Form form);

enum class Kind : std::uint8_t { counter, gauge, histogram };
using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

/// Writes metric families, one after the other: `family`, then its samples. Counters are named without `_total`; the
/// form adds it where it belongs.
class Exposition {
 public:
    explicit Exposition(Form form) : form_(form) {}

    void family(std::string_view name, Kind kind, std::string_view help);
    void sample(Labels labels, double value);
    void sample(Labels labels, std::uint64_t value);
    template <std::size_t n>
    void histogram(Labels labels, const std::array<double, n>& bounds, const Histogram<n>& seen) {
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < n; ++i) bucket(labels, number(bounds[i]), count += seen.counts[i]);
        bucket(labels, "+Inf", count += seen.counts[n]);
        line("_sum", labels, {}, number(seen.sum));
        line("_count", labels, {}, std::to_string(count));
    }
    std::string finish();

 private:
    static std::string number(double value);
    void bucket(Labels labels, std::string_view upper, std::uint64_t count) {
        line("_bucket", labels, upper, std::to_string(count));
    }
    void line(std::string_view suffix, Labels labels, std::string_view upper, std::string_view value);

    Form form_;
    std::string_view name_;
    Kind kind_ = Kind::gauge;
    std::string text_;
};

}  // namespace heddle::metrics
