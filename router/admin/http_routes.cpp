#include "router/admin/http_routes.hpp"

#include "serializers/escapes.hpp"
#include "serializers/utf8.hpp"

namespace heddle::admin {
namespace {

/// Whether `path` is one that `form` describes; then what stands in its places.
bool fits(const std::vector<std::string_view>& form, const std::vector<std::string_view>& path, std::vector<std::string>& places) {
    if (form.size() != path.size()) return false;
    places.clear();
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (!form[i].starts_with('{')) {
            if (form[i] != path[i]) return false;
            continue;
        }
        std::string place;
        if (!percent_decode(path[i], place) || place.empty() || !utf8::valid(place) || place.find('\0') != std::string::npos)
            return false;
        places.push_back(std::move(place));
    }
    return true;
}

void allow(std::string& allowed, std::string_view method) {
    if (allowed.find(method) != std::string::npos) return;
    allowed.append(allowed.empty() ? "" : ", ").append(method);
}

}  // namespace

std::string_view name_of(Verb verb) {
    constexpr std::string_view names[] = {"GET", "PUT", "POST", "DELETE"};
    return names[static_cast<std::size_t>(verb)];
}

std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> parts;
    if (path.starts_with('/')) path.remove_prefix(1);
    for (;;) {
        const std::size_t slash = path.find('/');
        parts.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return parts;
        path.remove_prefix(slash + 1);
    }
}

ApiRoute find_route(std::string_view method, std::string_view path) {
    const std::vector<std::string_view> asked = segments(path);
    ApiRoute route;
    std::vector<std::string> places;
    for (const Operation& operation : operations()) {
        for (const std::string_view form : {operation.path, operation.also_path}) {
            if (form.empty() || !fits(segments(form), asked, places)) continue;
            const std::string_view name = name_of(operation.method);
            allow(route.allowed, name);
            if (operation.method == Verb::get) allow(route.allowed, "HEAD");
            if (route.operation || !(method == name || (method == "HEAD" && operation.method == Verb::get))) continue;
            route.operation = &operation;
            route.places = places;
        }
    }
    if (!route.allowed.empty()) allow(route.allowed, "OPTIONS");
    return route;
}

}  // namespace heddle::admin
