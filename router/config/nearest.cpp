#include "router/config/nearest.hpp"

#include <algorithm>
#include <vector>

namespace heddle {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// A distance, or a large number where it is too far for a slip of the fingers.
std::size_t slip(std::string_view written, std::string_view name) {
    std::size_t steps = edit_distance(written, name);
    std::size_t allowed = std::max<std::size_t>(1, std::max(written.size(), name.size()) / 3);
    return steps <= allowed && steps < name.size() ? steps : 1000;
}

}  // namespace

std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before(to.size() + 1), above(to.size() + 1), row(to.size() + 1);
    for (std::size_t j = 0; j <= to.size(); ++j) above[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            std::size_t replace = above[j - 1] + (lower(from[i - 1]) == lower(to[j - 1]) ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replace});
            bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        before.swap(above);
        above.swap(row);
    }
    return above[to.size()];
}

std::string_view nearest(std::string_view written, std::span<const std::string_view> names) {
    std::string_view best;
    std::size_t best_steps = 1000;
    for (std::string_view name : names) {
        std::size_t steps = slip(written, name);
        for (std::size_t begin = 0; begin < written.size() && written.find('_') != written.npos;) {
            std::size_t end = std::min(written.find('_', begin), written.size());
            steps = std::min(steps, slip(written.substr(begin, end - begin), name) + 1);
            begin = end + 1;
        }
        if (steps < best_steps) {
            best_steps = steps;
            best = name;
        }
    }
    return best;
}

}  // namespace heddle
