#include "router/config/describe.hpp"

#include <algorithm>

namespace heddle::config {
namespace {

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

std::string default_of(const Key& key) {
    if (!key.sample.empty()) return "\"" + std::string(key.sample) + "\"";
    Defaults defaults;
    return spell(key, key.field(defaults.place()));
}

std::string values_of(const Key& key) {
    if (!key.choices.empty()) {
        std::string all;
        for (auto choice : words(key.choices)) all += (all.empty() ? "" : " | ") + std::string(choice);
        return all;
    }
    return spell_range(key);
}

void keys_of(const Table& table, std::string_view prefix, std::string& out) {
    for (const Key& key : table.keys) {
        std::string name = (table.path.empty() ? "" : std::string(table.path) + ".") + std::string(key.name);
        if (!name.starts_with(prefix)) continue;
        std::string values = values_of(key);
        out += padded(name, 30) + "  " + padded(std::string(name_of(key.type)), 15) + "  " +
               (key.required ? "must be given" : "default " + default_of(key)) + "\n";
        out += std::string(4, ' ') + std::string(key.doc) + (values.empty() ? "" : "; " + values) + "\n";
        if (auto variable = environment_name(table, key); !variable.empty())
            out += std::string(4, ' ') + variable + "\n";
    }
    for (const Table& inner : table.tables) keys_of(inner, prefix, out);
}

/// A key as it stands in the default file: live where a value must be given, a comment elsewhere.
std::string default_line(const Key& key, bool live) {
    std::string value = default_of(key);
    std::string values = values_of(key);
    std::string line = (live ? "" : "# ") + std::string(key.name) + " = " + value;
    return padded(line, 40) + "  # " + std::string(key.doc) + (values.empty() ? "" : "; " + values) + "\n";
}

std::string inlined(const Table& table) {
    std::string fields;
    for (const Key& key : table.keys) {
        if (!fields.empty()) fields += ", ";
        fields += std::string(key.name) + " = " + default_of(key);
    }
    std::string value = table.list ? "[{ " + fields + " }]" : "{ " + fields + " }";
    return "# " + std::string(table.name) + " = " + value + "\n#     " + std::string(table.doc) + "\n";
}

/// `live`: the table is in force in the default file, not a comment.
void default_table(const Table& table, bool live, std::string& out) {
    bool brackets = table.list;
    out += "\n# " + std::string(table.doc) + "\n";
    out +=
        (live ? "" : "# ") + std::string(brackets ? "[[" : "[") + std::string(table.path) + (brackets ? "]]\n" : "]\n");
    for (const Key& key : table.keys) {
        bool auth =
            table.path == "realm" && key.name == "auth";  // a realm that nobody can join would be a strange start
        if (auth)
            out += padded("auth = [\"anonymous\"]", 40) + "  # " + std::string(key.doc) + "\n";
        else
            out += default_line(key, live && key.required);
    }
    for (const Table& inner : table.tables) {
        if (inner.inlined && inner.path != "realm.role.permissions") out += inlined(inner);
    }
    if (table.path == "realm.role") {
        out += "permissions = [                           # " + std::string(table.tables.front().doc) + "\n";
        out +=
            "  { match = \"prefix\", uri = \"com.example.\", allow = [\"call\", \"register\", \"publish\", "
            "\"subscribe\"] },\n]\n";
    }
    for (const Table& inner : table.tables) {
        if (!inner.inlined) default_table(inner, live && inner.list && !inner.optional, out);
    }
}

std::string origin_of(const Setting& setting, std::string_view file_name) {
    if (setting.origin.from != Origin::From::file) return setting.origin.name;
    return std::string(file_name) + ":" + std::to_string(setting.spot.line);
}

/// Walks tree and settings side by side, as validate does.
class Effective {
 public:
    Effective(ServerSettings& settings, std::string_view file_name) : file_name_(file_name) {
        place_.server = &settings;
    }

    void show(const Table& table, const Element* element, const std::string& path, Place place) {
        for (const Key& key : table.keys) {
            const Setting* setting = element ? element->find(key.name) : nullptr;
            std::string value = spell(key, key.field(place));
            if (credential(table, key) && value != "\"\"") value = "\"(not shown)\"";
            std::string line = (path.empty() ? "" : path + ".") + std::string(key.name) + " = " + value;
            out +=
                padded(std::move(line), 56) + "  # " + (setting ? origin_of(*setting, file_name_) : "default") + "\n";
        }
        for (const Table& inner : table.tables) {
            std::size_t index = 0;
            const Element* only = nullptr;
            if (element) {
                for (const Element& child : element->children) {
                    if (child.table != &inner) continue;
                    only = &child;
                    if (!inner.list) continue;
                    Place element_place = place;
                    inner.rows.point(element_place, index);
                    show(inner, &child, path_of(inner, path, &child, index), element_place);
                    ++index;
                }
            }
            Place here = place;
            if (inner.path == "limits") here.realm = &realm_limits_;
            if (!inner.list) show(inner, only, path_of(inner, path, nullptr, 0), here);
        }
    }
    void show_limits_of(const Element& root, const Folders& folders) {
        // What [limits] says for realms is not kept in the settings but in each realm: read it again for this view.
        Mistakes ignored;
        Element copy = root;
        std::erase_if(copy.children, [](const Element& child) { return child.table->name != "limits"; });
        copy.children.push_back(Element{realm_table(), {}, {}, {}});
        realm_limits_ = build(copy, folders, ignored).realms.front();
    }

    const Place& place() const { return place_; }
    std::string out;

 private:
    /// What proves a user. The settings hold it itself, wherever the file says that it stands.
    static bool credential(const Table& table, const Key& key) {
        constexpr std::string_view names[] = {"scram", "ticket", "wampcra", "token"};
        return table.path == "realm.users" && std::find(std::begin(names), std::end(names), key.name) != std::end(names);
    }
    static const Table* realm_table() {
        return &*std::find_if(schema().tables.begin(), schema().tables.end(),
                              [](const Table& t) { return t.name == "realm"; });
    }
    static std::string path_of(const Table& table, const std::string& path, const Element* element, std::size_t index) {
        std::string name = (path.empty() ? "" : path + ".") + std::string(table.name);
        if (!element) return name;
        auto own = element->name();
        return name + (own.empty() ? "[" + std::to_string(index) + "]" : "." + std::string(own));
    }
    Place place_;
    RealmEntry realm_limits_;
    std::string_view file_name_;
};

std::string counted(std::size_t count, std::string_view thing) {
    return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

}  // namespace

std::string describe_keys(std::string_view prefix) {
    std::string out;
    keys_of(schema(), prefix, out);
    return out;
}

std::string default_file() {
    std::string out =
        "# heddle.toml. Relative paths start at this file's folder. Check it with: heddle check heddle.toml\n";
    out += "# Sizes: B KiB MiB GiB (also kB MB GB); times: us ms s m h d; plain numbers for counts only.\n\n";
    for (const Key& key : schema().keys) out += default_line(key, false);
    for (const Table& table : schema().tables) {
        bool live = table.name == "listener" || table.name == "realm";
        if (table.keys.empty()) continue;
        default_table(table, live, out);
    }
    return out;
}

std::string describe_effective(const Loaded& loaded, std::string_view file_name) {
    ServerSettings settings = loaded.settings;
    Effective effective(settings, file_name);
    effective.show_limits_of(loaded.tree, {});
    effective.show(schema(), &loaded.tree, "", effective.place());
    return effective.out;
}

std::string summary(const ServerSettings& settings) {
    std::size_t roles = 0, rules = 0;
    for (const RealmEntry& realm : settings.realms) {
        roles += realm.realm.roles.size();
        for (const RoleSettings& role : realm.realm.roles) rules += role.permissions.size();
    }
    return counted(settings.listeners.size(), "listener") + ", " + counted(settings.tls.size(), "certificate") + ", " +
           counted(settings.realms.size(), "realm") + ", " + counted(roles, "role") + ", " + counted(rules, "rule");
}

}  // namespace heddle::config
