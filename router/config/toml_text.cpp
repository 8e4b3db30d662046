#include "router/config/toml_text.hpp"

#include <algorithm>
#include <string>

namespace heddle::config {
namespace {

constexpr int brackets_max = 32;  // lists and inline tables inside each other; the schema needs four
constexpr int dots_max = 16;      // in one key or header

/// Steps over the text with an eye for what nests: brackets, and dots of keys. Strings and comments are skipped. It is
/// stricter than the grammar where the text is not valid anyway.
class NestingScan {
 public:
    explicit NestingScan(std::string_view text) : text_(text) {}

    /// Where the text nests too deep; nothing: it does not.
    std::optional<Spot> too_deep() {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"' || c == '\'') skip_string(c);
            if (c == '#') at_ = std::min(text_.find('\n', at_), text_.size());
            if (c == '[' || c == '{') ++brackets_;
            if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
            if (c == '.') ++dots_;
            if (c == '[' || c == '{' || c == ']' || c == '}' || c == ',' || c == '=' || c == '\n') dots_ = 0;
            if (brackets_ > brackets_max || dots_ > dots_max) return spot();
        }
        return std::nullopt;
    }

 private:
    /// From behind the opening quote to behind the closing one, or to the end of the line that misses it.
    void skip_string(char quote) {
        const std::string triple(3, quote);
        const bool lines = text_.substr(at_ - 1).starts_with(triple);
        if (lines) at_ += 2;
        while (at_ < text_.size()) {
            if (lines && text_.substr(at_).starts_with(triple)) {
                at_ += 3;
                for (int i = 0; i < 2 && at_ < text_.size() && text_[at_] == quote; ++i) ++at_;  // the last of the text
                return;
            }
            const char c = text_[at_];
            if (!lines && c == '\n') return;
            ++at_;
            if (!lines && c == quote) return;
            if (c == '\\' && quote == '"' && at_ < text_.size()) ++at_;
        }
    }

    Spot spot() const {
        const std::string_view before = text_.substr(0, at_ - 1);
        const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
        const auto lines = std::count(before.begin(), before.end(), '\n');
        return {static_cast<int>(lines) + 1, static_cast<int>(before.size() - line_begin) + 1, 1};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int brackets_ = 0, dots_ = 0;
};

}  // namespace

std::optional<toml::table> parse_toml(std::string_view text, Mistakes& mistakes) {
    if (text.size() > toml_bytes_max) {
        mistakes.error({}, "not TOML: longer than " + std::to_string(toml_bytes_max) + " bytes");
        return std::nullopt;
    }
    if (const auto deep = NestingScan(text).too_deep()) {
        mistakes.error(*deep, "not TOML: nested too deep",
                       "at most " + std::to_string(brackets_max) + " brackets inside each other, and " +
                           std::to_string(dots_max) + " dots in a key");
        return std::nullopt;
    }
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        const toml::source_region& where = error.source();
        Spot spot{static_cast<int>(where.begin.line), static_cast<int>(where.begin.column), 1};
        if (where.end.line == where.begin.line)
            spot.length = std::max(1, static_cast<int>(where.end.column) - spot.column);
        mistakes.error(spot, "not TOML: " + std::string(error.description()));
        return std::nullopt;
    } catch (const std::logic_error&) {  // fail_toml_assertion
        mistakes.error({}, "not TOML: malformed in a way that has no description");
        return std::nullopt;
    }
}

}  // namespace heddle::config
