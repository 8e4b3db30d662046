#include "router/pages.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "serializers/escapes.hpp"

namespace heddle {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t page_bytes_max = 16 << 20;

std::string content_type_of(const fs::path& file) {
    static constexpr std::pair<std::string_view, std::string_view> types[] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".map", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".txt", "text/plain; charset=utf-8"},
        {".woff2", "font/woff2"},
        {".wasm", "application/wasm"},
    };
    const std::string extension = file.extension().string();
    for (const auto& [known, type] : types)
        if (extension == known) return std::string(type);
    return "application/octet-stream";
}

bool safe(const fs::path& relative) {
    return !relative.is_absolute() && std::none_of(relative.begin(), relative.end(), [](const fs::path& part) {
        return part.string().starts_with('.') || part.string().find('\0') != std::string::npos;
    });
}

Page load_page(const fs::path& folder, const fs::path& relative) {
    std::error_code error;
    const fs::path root = fs::canonical(folder, error);
    if (error) return {404, {}, {}, {}};
    fs::path file = fs::canonical(root / relative, error);
    if (error) return {404, {}, {}, {}};
    const auto [end, ignored] = std::mismatch(root.begin(), root.end(), file.begin(), file.end());
    if (end != root.end() || !fs::is_regular_file(file, error) || fs::file_size(file, error) > page_bytes_max)
        return {404, {}, {}, {}};
    std::ifstream in(file, std::ios::binary);
    std::string body{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    if (!in) return {404, {}, {}, {}};
    return {200, content_type_of(file), std::move(body), {}};
}

}  // namespace

std::optional<Page> find_page(const ListenerSettings& listener, std::string_view path) {
    const PagesSettings* best = nullptr;
    for (const PagesSettings& pages : listener.pages) {
        const bool inside =
            path.starts_with(pages.path) &&
            (path.size() == pages.path.size() || pages.path.ends_with('/') || path[pages.path.size()] == '/');
        if (inside && (!best || pages.path.size() > best->path.size())) best = &pages;
    }
    if (!best) return std::nullopt;
    std::string rest;
    if (!percent_decode(path.substr(best->path.size()), rest)) return Page{400, {}, {}, {}};
    if (rest.empty() && !best->path.ends_with('/')) return Page{301, {}, {}, best->path + "/"};
    std::string relative = rest.starts_with('/') ? rest.substr(1) : rest;
    if (relative.empty() || relative.ends_with('/')) relative += "index.html";
    if (!safe(relative)) return Page{404, {}, {}, {}};
    return load_page(best->folder, relative);
}

}  // namespace heddle
