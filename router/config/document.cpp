#include "router/config/document.hpp"

#include <algorithm>
#include <filesystem>

#include "router/config/build.hpp"
#include "router/config/nearest.hpp"
#include "router/config/tree.hpp"
#include "router/config/validate.hpp"

namespace heddle::config {
namespace {

using nlohmann::json;

bool apart(std::string_view table) { return table == "realm.users" || table == "realm.uplinks"; }

/// RFC 6901: "~" and "/" in a name.
std::string below(const std::string& pointer, std::string_view name) {
    std::string out = pointer + "/";
    for (const char c : name) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
}

/// Reads a document into the tree that files are read into. A spot's line is the place of a pointer among `pointers`.
class DocumentReader {
 public:
    explicit DocumentReader(std::vector<Fault>& faults) : faults_(faults) { pointers_.emplace_back(); }

    void read(const json& from, const std::string& pointer, Element& into) {
        for (const auto& [name, value] : from.items()) member(name, value, below(pointer, name), into);
    }
    Spot spot(const std::string& pointer) {
        pointers_.push_back(pointer);
        return {static_cast<int>(pointers_.size()) - 1, 1, 1};
    }
    const std::string& pointer_of(const Spot& spot) const { return pointers_[static_cast<std::size_t>(spot.line)]; }

 private:
    void member(const std::string& name, const json& value, const std::string& pointer, Element& into) {
        const Table& table = *into.table;
        const auto same = [&](const auto& row) { return row.name == name; };
        const auto key = std::find_if(table.keys.begin(), table.keys.end(), same);
        if (key != table.keys.end()) {
            const bool file = key->type == Type::file || key->type == Type::folder;
            if (file && value.is_string() && !value.get<std::string>().empty() && value.get<std::string>()[0] != '/')
                return faults_.push_back({pointer, "a file of the router's machine: write its absolute path"}), void();
            into.settings.push_back({&*key, raw(value, pointer), spot(pointer), {}});
            return;
        }
        const auto inner = std::find_if(table.tables.begin(), table.tables.end(), same);
        if (inner == table.tables.end()) return unknown(name, pointer, table);
        if (apart(inner->path)) return faults_.push_back({pointer, "\"" + name + "\" cannot be set here"}), void();
        inner->list ? elements(*inner, value, pointer, into) : one(*inner, value, pointer, into);
    }

    void unknown(const std::string& name, const std::string& pointer, const Table& table) {
        const auto near = nearest(name, names_in(table));
        faults_.push_back({pointer, "there is no \"" + name + "\" in " + title(table) +
                                        (near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?")});
    }

    void one(const Table& table, const json& value, const std::string& pointer, Element& into) {
        if (!value.is_object())
            return faults_.push_back({pointer, "\"" + std::string(table.name) + "\" is an object"}), void();
        read(value, pointer, into.children.emplace_back(Element{&table, spot(pointer), {}, {}}));
    }

    void elements(const Table& table, const json& value, const std::string& pointer, Element& into) {
        if (!value.is_array())
            return faults_.push_back({pointer, "\"" + std::string(table.name) + "\" is a list of objects"}), void();
        for (std::size_t i = 0; i < value.size(); ++i) {
            const std::string place = pointer + "/" + std::to_string(i);
            if (!value[i].is_object()) {
                faults_.push_back({place, "\"" + std::string(table.name) + "\" is a list of objects"});
                continue;
            }
            read(value[i], place, into.children.emplace_back(Element{&table, spot(place), {}, {}}));
        }
    }

    RawValue raw(const json& value, const std::string& pointer) {
        RawValue out;
        out.spot = spot(pointer);
        if (value.is_string()) {
            out.type = RawValue::Type::text;
            out.text = value.get<std::string>();
            return out;
        }
        out.text = value.dump(-1, ' ', false, json::error_handler_t::replace);
        if (value.is_number_float()) {
            out.type = RawValue::Type::real;
        } else if (value.is_number()) {
            out.type = RawValue::Type::integer;
            out.integer = value.get<std::int64_t>();
        } else if (value.is_boolean()) {
            out.type = RawValue::Type::boolean;
        } else if (value.is_array()) {
            out.type = RawValue::Type::list;
            for (std::size_t i = 0; i < value.size(); ++i)
                out.items.push_back(raw(value[i], pointer + "/" + std::to_string(i)));
        }
        return out;
    }

    std::vector<Fault>& faults_;
    std::vector<std::string> pointers_;
};

/// A hint that says what to write; those that speak of lines of a file say nothing here.
std::string detail_of(const Mistake& mistake) {
    const bool useful = !mistake.hint.empty() && mistake.hint.find("line ") == std::string::npos &&
                        mistake.hint.find("[[") == std::string::npos;
    return mistake.message + (useful ? "; " + mistake.hint : "");
}

}  // namespace

RealmEntry realm_of(const json& document, const std::string& name, const RealmEntry& defaults,
                    std::vector<Fault>& faults) {
    const std::size_t before = faults.size();
    DocumentReader reader(faults);
    Element realm{&realm_schema(), reader.spot(""), {}, {}};
    json named = document;
    named["name"] = name;
    reader.read(named, "", realm);
    Mistakes mistakes;
    RealmEntry out = build_realm(realm, defaults, {"/", "/"}, mistakes);
    out.store = defaults.store;
    // Rules are held against each other only where each of them is right: one mistake is told once.
    if (mistakes.errors() == 0 && faults.size() == before) validate_realm(realm, out, mistakes, RuleAdvice::skip);
    for (const Mistake& mistake : mistakes.all())
        if (!mistake.warning) faults.push_back({reader.pointer_of(mistake.spot), detail_of(mistake)});
    return out;
}

}  // namespace heddle::config
