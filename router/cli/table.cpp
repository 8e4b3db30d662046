#include "router/cli/table.hpp"

#include <algorithm>
#include <string_view>

#include "router/control_characters.hpp"

namespace heddle::cli {

namespace {

std::string without_controls(std::string_view text, bool keep_line_ends) {
    std::string out(text);
    for (std::size_t at = 0; at < out.size(); ++at) {
        const bool kept = keep_line_ends && out[at] == '\n';
        const std::size_t size = kept ? 0 : control_character_at(out, at);
        out.replace(at, size, size, '?');
        if (size > 1) at += size - 1;
    }
    return out;
}

}  // namespace

std::string harmless(std::string_view text) { return without_controls(text, false); }
std::string harmless_lines(std::string_view text) { return without_controls(text, true); }

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    const std::size_t own = width_of(text);
    if (own < width) out.append(width - own, ' ');
    return out;
}

std::string Table::text() const {
    const std::size_t columns = rows_.front().size();
    std::vector<std::size_t> widths(columns);
    std::vector<bool> used(columns);
    for (std::size_t r = 0; r < rows_.size(); ++r)
        for (std::size_t c = 0; c < std::min(columns, rows_[r].size()); ++c) {
            widths[c] = std::max(widths[c], width_of(harmless(rows_[r][c])));
            if (r > 0 && !rows_[r][c].empty()) used[c] = true;
        }
    std::string out;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t c = 0; c < std::min(columns, row.size()); ++c)
            if (used[c]) line += padded(harmless(row[c]), widths[c]) + "  ";
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

}  // namespace heddle::cli
