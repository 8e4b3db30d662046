#include "router/config/mistakes.hpp"

#include <algorithm>
#include <initializer_list>
#include <string>
#include <tuple>

namespace heddle {
namespace {

std::string_view line_of(std::string_view text, int line) {
    for (int at = 1; at < line; ++at) {
        std::size_t end = text.find('\n');
        if (end == text.npos) return {};
        text.remove_prefix(end + 1);
    }
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return text;
}

int characters(std::string_view text) {
    return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Credentials are shown as stars; in a line about a user everything that may be a misspelt one, too.
void hide_secrets(std::string& line) {
    const std::size_t authid = line.find("authid"), behind = line.find_first_not_of(" \t", authid + 6);
    const bool user = authid != line.npos && behind != line.npos && line[behind] == '=';
    for (std::size_t at = line.find('='); at != line.npos; at = line.find('=', at + 1)) {
        const std::size_t quote = line.find_first_not_of(" \t", at + 1);
        if (quote == line.npos || (line[quote] != '"' && line[quote] != '\'')) continue;
        const std::size_t last = line.find_last_not_of(" \t\"'", at - 1);
        const std::size_t before = line.find_last_of(" \t\"'.,{", last);
        const std::string_view key = std::string_view(line).substr(before + 1, last - before);
        const bool known = one_of(key, {"authid", "role", "keys", "certificates"});
        if (!one_of(key, {"scram", "ticket", "wampcra", "token", "cryptosign_key", "password", "secret"}) &&
            (!user || known))
            continue;
        const std::size_t end = std::min(line.find(line[quote], quote + 1), line.size());
        const std::string_view value = std::string_view(line).substr(quote + 1, end - quote - 1);
        if (!value.starts_with("file:") && !value.starts_with("env:"))
            std::fill(line.begin() + static_cast<std::ptrdiff_t>(quote) + 1,
                      line.begin() + static_cast<std::ptrdiff_t>(end), '*');
        at = end == line.size() ? end - 1 : end;
    }
}

void render_excerpt(const Mistake& mistake, std::string_view text, std::string& out) {
    std::string line(line_of(text, mistake.spot.line));
    hide_secrets(line);
    std::replace(line.begin(), line.end(), '\t', ' ');  // a carets' line cannot know how wide a tab is
    std::string number = " " + std::to_string(mistake.spot.line) + " ";
    int room = std::max(0, characters(line) - (mistake.spot.column - 1));
    int carets = std::clamp(mistake.spot.length, 1, std::max(1, room));
    out += number + "| " + line + "\n";
    out += std::string(number.size(), ' ') + "| " + std::string(static_cast<std::size_t>(mistake.spot.column - 1), ' ');
    out += std::string(static_cast<std::size_t>(carets), '^');
    if (!mistake.hint.empty()) out += " " + mistake.hint;
    out += "\n";
}

std::string render_one(const Mistake& mistake, std::string_view file, std::string_view text) {
    const std::string what = (mistake.warning ? "warning: " : "") + mistake.message + "\n";
    if (mistake.outside.empty() && mistake.spot.line != 0) {
        std::string out = std::string(file) + ":" + std::to_string(mistake.spot.line) + ":" +
                          std::to_string(mistake.spot.column) + ": " + what;
        render_excerpt(mistake, text, out);
        return out;
    }
    const std::string_view where = mistake.outside.empty() ? file : mistake.outside;
    return std::string(where) + ": " + what + (mistake.hint.empty() ? "" : "  " + mistake.hint + "\n");
}

/// By place in the file, then what was said elsewhere.
std::vector<const Mistake*> sorted(const std::vector<Mistake>& all) {
    std::vector<const Mistake*> out;
    for (const Mistake& mistake : all) out.push_back(&mistake);
    std::stable_sort(out.begin(), out.end(), [](const Mistake* a, const Mistake* b) {
        auto key = [](const Mistake* m) { return std::tuple(!m->outside.empty(), m->spot.line, m->spot.column); };
        return key(a) < key(b);
    });
    return out;
}

}  // namespace

std::size_t Mistakes::errors() const { return all_.size() - warnings(); }
std::size_t Mistakes::warnings() const {
    return static_cast<std::size_t>(
        std::count_if(all_.begin(), all_.end(), [](const Mistake& m) { return m.warning; }));
}

std::string Mistakes::render(std::string_view file, std::string_view text) const {
    std::string out;
    for (const Mistake* mistake : sorted(all_)) out += render_one(*mistake, file, text);
    return out;
}

std::vector<std::string> Mistakes::render_errors(std::string_view file, std::string_view text) const {
    std::vector<std::string> out;
    for (const Mistake* mistake : sorted(all_)) {
        if (mistake->warning) continue;
        out.push_back(render_one(*mistake, file, text));
        out.back().pop_back();
    }
    return out;
}

}  // namespace heddle
