#include "router/config/overrides.hpp"

#include <unistd.h>

#include <algorithm>

#include "router/config/nearest.hpp"

namespace heddle::config {
namespace {

/// Names compare without case, and with - and . as _, since a variable's name holds neither.
std::string folded(std::string_view name) {
    std::string out(name);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-' || c == '.') c = '_';
    }
    return out;
}

std::vector<std::string> split(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    for (std::size_t at; (at = text.find(separator)) != text.npos; text.remove_prefix(at + separator.size()))
        parts.emplace_back(text.substr(0, at));
    parts.emplace_back(text);
    return parts;
}

class Overrider {
 public:
    Overrider(Element& root, Origin origin, Mistakes& mistakes)
        : root_(root), origin_(std::move(origin)), mistakes_(mistakes) {}

    void apply(const std::vector<std::string>& path, std::string_view value) {
        const Table& root = schema();
        auto table = std::find_if(root.tables.begin(), root.tables.end(),
                                  [&](const Table& t) { return folded(t.name) == folded(path[0]); });
        if (table == root.tables.end()) return unknown_table(path[0]);
        if (!table->overridable) return mistake("realms are not overridable: they are set in the file only");
        if (path.size() != (table->list ? 3u : 2u)) return mistake("too many or too few parts", shape(*table));
        Element* element = table->list ? by_name(*table, path[1]) : whole(*table);
        if (!element) return;
        const std::string& name = path.back();
        auto key = std::find_if(table->keys.begin(), table->keys.end(),
                                [&](const Key& k) { return folded(k.name) == folded(name); });
        if (key == table->keys.end())
            return mistake("unknown key \"" + folded(name) + "\" in " + title(*table),
                           hint_for_unknown(folded(name), *table));
        RawValue raw;
        raw.type = RawValue::Type::text;
        raw.text = std::string(value);
        raw.loose = true;
        if (Setting* present = element->find(key->name)) {
            *present = {&*key, std::move(raw), {}, origin_};
        } else {
            element->settings.push_back({&*key, std::move(raw), {}, origin_});
        }
    }

    void mistake(std::string message, std::string hint = {}) {
        mistakes_.add({{}, std::move(message), std::move(hint), origin_.name, false});
    }

 private:
    void unknown_table(std::string_view name) {
        std::vector<std::string_view> names;
        for (const Table& table : schema().tables) {
            if (table.overridable) names.push_back(table.name);
        }
        auto near = nearest(folded(name), names);
        mistake("unknown table \"" + folded(name) + "\"",
                (near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ") + "all: config keys");
    }

    std::string shape(const Table& table) const {
        bool flag = origin_.from == Origin::From::flag;
        if (flag) return std::string(table.name) + (table.list ? ".<name>.<key>=<value>" : ".<key>=<value>");
        return "HEDDLE_<TABLE>" + std::string(table.list ? "__<NAME>" : "") + "__<KEY>";
    }

    Element* whole(const Table& table) {
        for (Element& child : root_.children) {
            if (child.table == &table) return &child;
        }
        return &root_.children.emplace_back(Element{&table, {}, {}, {}});
    }

    Element* by_name(const Table& table, std::string_view name) {
        std::vector<std::string_view> names;
        for (Element& child : root_.children) {
            if (child.table != &table) continue;
            if (folded(child.name()) == folded(name)) return &child;
            names.push_back(child.name());
        }
        auto near = nearest(name, names);
        mistake("no " + title(table) + " is named \"" + folded(name) + "\"",
                near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?");
        return nullptr;
    }

    Element& root_;
    Origin origin_;
    Mistakes& mistakes_;
};

}  // namespace

void override_from_environment(std::span<const std::pair<std::string, std::string>> environment, Element& root,
                               Mistakes& mistakes) {
    constexpr std::string_view prefix = "HEDDLE_";
    for (const auto& [name, value] : environment) {
        if (!name.starts_with(prefix)) continue;
        auto path = split(std::string_view(name).substr(prefix.size()), "__");
        if (path.size() > 1) Overrider(root, {Origin::From::environment, name}, mistakes).apply(path, value);
    }
}

void override_from_flags(std::span<const std::string> flags, Element& root, Mistakes& mistakes) {
    for (const std::string& flag : flags) {
        std::size_t equals = flag.find('=');
        Overrider overrider(root, {Origin::From::flag, "--set " + flag.substr(0, equals)}, mistakes);
        auto path = split(std::string_view(flag).substr(0, equals), ".");
        // A listener's name may hold dots itself: what stands between the first and the last part is the name.
        if (path.size() > 3)
            path = {path.front(),
                    flag.substr(path.front().size() + 1, equals - path.front().size() - path.back().size() - 2),
                    path.back()};
        if (equals == flag.npos || path.size() < 2) {
            overrider.mistake("not of the form table.key=value", "like --set log.level=debug");
        } else {
            overrider.apply(path, std::string_view(flag).substr(equals + 1));
        }
    }
}

std::vector<std::pair<std::string, std::string>> process_environment() {
    std::vector<std::pair<std::string, std::string>> out;
    for (char** entry = environ; entry && *entry; ++entry) {
        std::string_view text = *entry;
        if (std::size_t equals = text.find('='); equals != text.npos)
            out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

}  // namespace heddle::config
