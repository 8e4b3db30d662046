#include "router/console.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace heddle {
namespace {

// Nothing but this listener's own files and sockets; no script or style inside of the page, no text taken for markup.
constexpr std::string_view content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const ConsoleFile* console_file(std::string_view name) {
    const auto files = console_files();
    const auto found = std::find_if(files.begin(), files.end(), [&](const ConsoleFile& file) { return file.name == name; });
    return found == files.end() ? nullptr : &*found;
}

/// A missing script must not get the page instead: the browser would show its first '<' as the mistake.
bool like_a_file(std::string_view name) {
    constexpr std::array<std::string_view, 6> endings = {".js", ".css", ".svg", ".map", ".ico", ".json"};
    return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

/// RFC 9110, 13.1.2: a list of tags, weak ones compare like strong ones, "*" fits all.
bool lists(std::string_view if_none_match, std::string_view etag) {
    return if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos;
}

}  // namespace

std::optional<HttpAnswer> console_answer(std::string_view path, std::string_view if_none_match) {
    constexpr std::string_view base = "/console";
    if (!path.starts_with(base)) return std::nullopt;
    path.remove_prefix(base.size());
    if (path.empty()) return HttpAnswer{301, {}, {}, {{"Location", "/console/"}}};
    if (path.front() != '/') return std::nullopt;
    path.remove_prefix(1);
    // Files lie side by side; whatever has two parts is an address of the page: "plant/roles/operator".
    const bool one_part = path.find('/') == std::string_view::npos;
    const ConsoleFile* file = one_part ? console_file(path) : nullptr;
    if (!file && one_part && like_a_file(path))
        return HttpAnswer{404, "text/plain; charset=utf-8", "the console has no such file\n", {}};
    if (!file) file = console_file("index.html");
    HttpAnswer answer{200, file->content_type, {}, {}};
    answer.fields = {{"ETag", std::string(file->etag)},
                     {"Content-Security-Policy", std::string(content_policy)},
                     {"Referrer-Policy", "no-referrer"},
                     {"Cross-Origin-Opener-Policy", "same-origin"},
                     {"X-Frame-Options", "DENY"}};
    if (lists(if_none_match, file->etag)) {
        answer.status = 304;
        answer.content_type = {};
    } else {
        answer.body = file->bytes;
    }
    return answer;
}

}  // namespace heddle
