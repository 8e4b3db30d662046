#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace heddle {

/// A place in the file, counted from 1 in characters; line 0: not in the file.
struct Spot {
    int line = 0, column = 1;
    int length = 1;  // characters to underline
};

/// One thing wrong, or (`warning`) one thing that is legal and likely not meant.
struct Mistake {
    Spot spot;
    std::string message;
    std::string hint;     // beside the carets: what to do about it; may be empty
    std::string outside;  // where it was said if not in the file: "HEDDLE_LIMITS__MESSAGE" or "--set limits.message"
    bool warning = false;
};

/// All mistakes of one run.
class Mistakes {
 public:
    void error(Spot spot, std::string message, std::string hint = {}) {
        add({spot, std::move(message), std::move(hint), {}, false});
    }
    void warn(Spot spot, std::string message, std::string hint = {}) {
        add({spot, std::move(message), std::move(hint), {}, true});
    }
    void add(Mistake mistake) { all_.push_back(std::move(mistake)); }

    std::size_t errors() const;
    std::size_t warnings() const;
    bool empty() const { return all_.empty(); }
    const std::vector<Mistake>& all() const { return all_; }

    /// Sorted by place; each as `file:line:col: message` with its line and carets:
    ///
    ///   heddle.toml:41:1: unknown key "max_mesage" in [limits]
    ///    41 | max_mesage = "1MiB"
    ///       | ^^^^^^^^^^ did you mean "message"? all: config keys limits
    std::string render(std::string_view file, std::string_view text) const;
    /// The same one by one, without the warnings and without the last line break of each.
    std::vector<std::string> render_errors(std::string_view file, std::string_view text) const;

 private:
    std::vector<Mistake> all_;
};

}  // namespace heddle
