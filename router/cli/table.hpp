#pragma once
#include <string>
#include <vector>

namespace heddle::cli {

/// Lines under a head, each column as wide as its widest cell, nothing after the last one. Characters are counted, not
/// bytes; what a terminal would take for a command becomes `?`.
class Table {
 public:
    explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.size() < 2; }
    /// Columns that are empty in every row are left out.
    std::string text() const;

 private:
    std::vector<std::vector<std::string>> rows_;
};

/// Text without what a terminal would take for a command: control characters become `?`.
std::string harmless(std::string_view text);
/// The same for text of several lines: their ends stay.
std::string harmless_lines(std::string_view text);
/// Columns it takes.
std::size_t width_of(std::string_view text);
std::string padded(std::string_view text, std::size_t width);

}  // namespace heddle::cli
