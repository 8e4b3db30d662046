#include "router/reload.hpp"

#include <algorithm>

#include "router/config/schema.hpp"

namespace heddle {
namespace {

using config::Element;
using config::Key;
using config::Place;
using config::Table;

/// What is read once, at the start.
constexpr std::string_view fixed_keys[] = {"server.threads", "store.path"};

/// The whole but for its lists, spelled key by key.
class Comparison {
 public:
    Comparison(ServerSettings now, ServerSettings next, ReloadOutcome& outcome)
        : now_(std::move(now)), next_(std::move(next)), outcome_(outcome) {}

    void whole() {
        const Table& root = config::schema();
        table(root, place(now_), place(next_), "");
        Place before = place(now_), after = place(now_);  // the same, but for what new realms start from
        before.realm = &now_.realm_defaults;
        after.realm = &next_.realm_defaults;
        for (const Table& inner : root.tables)
            if (inner.path == "limits") table(inner, before, after, "limits.", ", for realms made or edited from now on");
    }

    template <class T>
    void list(std::string_view name, std::vector<T> ServerSettings::*of, T* Place::*at) {
        const Table& table_of = *std::find_if(config::schema().tables.begin(), config::schema().tables.end(),
                                              [&](const Table& table) { return table.name == name; });
        for (T& one : next_.*of) {
            T* known = find(now_.*of, one.name);
            if (!known) {
                outcome_.changes.push_back(std::string(name) + " " + one.name + ": added");
                continue;
            }
            Place before = place(now_), after = place(next_);
            before.*at = known;
            after.*at = &one;
            table(table_of, before, after, std::string(name) + " " + one.name + ": ");
            more(*known, one);
        }
        for (const T& one : now_.*of)
            if (!find(next_.*of, one.name)) outcome_.changes.push_back(std::string(name) + " " + one.name + ": removed");
    }

 private:
    template <class T>
    static T* find(std::vector<T>& all, const std::string& name) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
        return found == all.end() ? nullptr : &*found;
    }

    Place place(ServerSettings& server) {
        Place out;
        out.server = &server;
        out.realm = out.realm_defaults = &defaults_;
        return out;
    }

    void more(const TlsSettings&, const TlsSettings&) {}
    void more(const ListenerSettings& before, const ListenerSettings& after) {
        if (before.pages != after.pages) outcome_.changes.push_back("listener " + after.name + ": other pages");
    }

    void table(const Table& table, const Place& before, const Place& after, const std::string& prefix,
               std::string_view note = {}) {
        for (const Key& key : table.keys) {
            if (key.name == "name") continue;
            const std::string was = spell(key, key.field(before)), is = spell(key, key.field(after));
            if (was == is) continue;
            const std::string name = prefix + std::string(key.name);
            const bool fixed = std::find(std::begin(fixed_keys), std::end(fixed_keys), name) != std::end(fixed_keys);
            if (fixed)
                outcome_.kept.push_back(name + ": stays " + was + " until a restart, the file says " + is);
            else
                outcome_.changes.push_back(name + ": " + was + " to " + is + std::string(note));
        }
        for (const Table& inner : table.tables)
            if (!inner.list) this->table(inner, before, after, prefix + std::string(inner.name) + ".");
    }

    ServerSettings now_, next_;
    RealmEntry defaults_;
    ReloadOutcome& outcome_;
};

bool same(const config::RawValue& a, const config::RawValue& b) {
    return a.type == b.type && a.text == b.text && a.integer == b.integer &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), same);
}

/// Said in the same order with the same values, wherever in the file.
bool same(const Element& a, const Element& b) {
    const auto same_setting = [](const config::Setting& x, const config::Setting& y) {
        return x.key == y.key && same(x.value, y.value);
    };
    return a.table == b.table &&
           std::equal(a.settings.begin(), a.settings.end(), b.settings.begin(), b.settings.end(), same_setting) &&
           std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
                      [](const Element& x, const Element& y) { return same(x, y); });
}

const Element* find_realm(const Element& tree, std::string_view name) {
    for (const Element& child : tree.children)
        if (child.table->path == "realm" && child.name() == name) return &child;
    return nullptr;
}

/// Realms live in the store, whatever the file says of them later.
void compare_realms(const Element& now, const Element& next, ReloadOutcome& outcome) {
    constexpr std::string_view instead = "realms are changed in the store: heddle apply";
    for (const Element& child : next.children) {
        if (child.table->path != "realm") continue;
        const Element* known = find_realm(now, child.name());
        if (!known || !same(*known, child))
            outcome.kept.push_back("realm " + std::string(child.name()) + ": " + std::string(instead));
    }
    for (const Element& child : now.children)
        if (child.table->path == "realm" && !find_realm(next, child.name()))
            outcome.kept.push_back("realm " + std::string(child.name()) + " stays: heddle realm remove");
}

}  // namespace

ReloadOutcome compare(const ConfigView& now, const ConfigView& next) {
    ReloadOutcome outcome;
    Comparison comparison(now.settings, next.settings, outcome);
    comparison.whole();
    comparison.list("tls", &ServerSettings::tls, &Place::tls);
    comparison.list("listener", &ServerSettings::listeners, &Place::listener);
    if (now.settings.bridge != next.settings.bridge) outcome.changes.emplace_back("bridge: other paths");
    compare_realms(now.tree, next.tree, outcome);
    return outcome;
}

ServerSettings merged(const ServerSettings& now, ServerSettings next) {
    next.threads = now.threads;
    next.store = now.store;
    next.realms = now.realms;
    return next;
}

}  // namespace heddle
