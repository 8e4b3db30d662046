#include "router/cli/admin_render.hpp"

#include <algorithm>

#include "router/cli/table.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

constexpr std::string_view first_columns[] = {
    "n",     "ts",     "session", "name", "authid",  "user",      "role",    "id",     "match",     "uri",
    "topic", "node",   "lane",  "kind",   "allow",   "deny",      "disclose", "conceal", "rules",   "users",
    "subscribers", "callees", "sessions", "links", "methods", "transport", "address", "joined"};
constexpr std::string_view last_columns[] = {"ended", "revision", "changed_by", "changed_at"};

/// Names of members, those that matter first and stamps last.
std::vector<std::string> columns_of(const json& items) {
    std::vector<std::string> rest, out;
    for (const json& item : items)
        for (const auto& [name, value] : item.items())
            if (std::find(rest.begin(), rest.end(), name) == rest.end()) rest.push_back(name);
    const auto take = [&](std::string_view name) {
        auto found = std::find(rest.begin(), rest.end(), name);
        if (found == rest.end()) return;
        out.push_back(*found);
        rest.erase(found);
    };
    for (std::string_view name : first_columns) take(name);
    std::vector<std::string> head = std::exchange(out, {});
    for (std::string_view name : last_columns) take(name);
    head.insert(head.end(), rest.begin(), rest.end());
    head.insert(head.end(), out.begin(), out.end());
    return head;
}

bool is_items(const json& value) {
    return value.is_array() && !value.empty() &&
           std::all_of(value.begin(), value.end(), [](const json& one) { return one.is_object(); });
}

std::string indented(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1);
        out += "  " + text.substr(at, end - at + 1);
        at = end + 1;
    }
    return out;
}

std::string counted(std::uint64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::string cell_of(const json& value) {
    if (value.is_null() || (value.is_boolean() && !value.get<bool>())) return {};
    if (value.is_boolean()) return "yes";
    if (value.is_string()) return harmless(value.get<std::string>());
    if (!value.is_array()) return harmless(value.dump());
    std::string out;
    for (const json& one : value) out += (out.empty() ? "" : ", ") + cell_of(one);
    return out;
}

std::string render_items(const json& items) {
    const auto columns = columns_of(items);
    Table table(columns);
    for (const json& item : items) {
        std::vector<std::string> row;
        for (const std::string& column : columns) {
            const bool everything = column == "uri" && item.value("uri", json()) == "";  // a prefix of all URIs
            row.push_back(everything ? "\"\"" : item.contains(column) ? cell_of(item[column]) : "");
        }
        table.add(std::move(row));
    }
    return table.empty() ? "" : table.text();
}

/// Inner objects by their path: {"a": {"b": 1}} is a.b.
static json flattened(const json& object) {
    json out = json::object();
    for (const auto& [name, value] : object.items()) {
        if (!value.is_object() || value.empty()) {
            out[name] = value;
            continue;
        }
        const json inner = flattened(value);
        for (const auto& [below, what] : inner.items()) out[name + "." + below] = what;
    }
    return out;
}

std::string render_object(const json& nested) {
    const json object = flattened(nested);
    const auto names = columns_of(json::array({object}));
    std::size_t width = 0;
    for (const std::string& name : names)
        if (!is_items(object[name])) width = std::max(width, width_of(name));
    std::string out, tables;
    for (const std::string& name : names) {
        const json& value = object[name];
        if (is_items(value))
            tables += name + "\n" + indented(render_items(value));
        else if (const std::string cell = cell_of(value); !cell.empty())
            out += padded(name, width) + "  " + cell + "\n";
    }
    return out + tables;
}

std::string render_ends(const json& ends) {
    if (!ends.is_object()) return {};
    std::string out;
    for (const char* kind : {"session", "subscription", "registration", "link"}) {
        const std::uint64_t count = ends.value(std::string(kind) + "s", std::uint64_t{0});
        if (count > 0) out += (out.empty() ? "" : ", ") + counted(count, kind);
    }
    if (out.empty()) return {};
    std::vector<std::string> who;
    for (const json& one : ends.value("shown", json::array())) {
        const std::string authid = harmless(one.value("authid", ""));
        if (!authid.empty() && std::find(who.begin(), who.end(), authid) == who.end()) who.push_back(authid);
    }
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(who.size(), 5); ++i) names += (i ? ", " : "") + who[i];
    if (who.size() > 5) names += ", ..";
    return names.empty() ? out : out + " (" + names + ")";
}

std::string render_rule(const json& rule) {
    std::string out;
    for (const char* kind : {"allow", "deny", "disclose", "conceal"}) {
        const json list = rule.value(kind, json::array());
        if (list.empty()) continue;
        std::string words;
        for (const json& one : list) words += (words.empty() ? "" : " ") + cell_of(one);
        out += (out.empty() ? "" : "  ") + padded(kind, 5) + " [" + words + "]";
    }
    return padded(rule.value("match", "exact"), 8) + " " + harmless(rule.value("uri", "")) + "  " +
           (out.empty() ? "nothing" : out);
}

std::string render_change(const admin::Operation& operation, const json& subject, const json& answer) {
    std::string out = std::string(operation.noun);
    const auto add = [&](const std::string& name, const json& value, bool named = true) {
        const std::string cell = cell_of(value);
        if (!cell.empty()) out += (named ? "   " + name + " " : " ") + cell;
    };
    const std::string noun(operation.noun);
    const bool rule = noun == "permission" && answer.contains("match");
    if (rule)
        out = "role " + cell_of(subject.value("role", json())) + "   " + render_rule(answer);
    else if (subject.contains(noun))
        add(noun, subject[noun], false);
    else if (subject.contains("name"))
        add("name", subject["name"], false);
    for (const auto& [name, value] : subject.items())
        if (name != noun && name != "name" && !(rule && (name == "role" || name == "match" || name == "uri"))) add(name, value);
    for (const char* name : {"role", "methods", "disabled", "expires"})
        if (answer.contains(name) && !subject.contains(name) && !rule) add(name, answer[name]);
    add("revision", answer.value("revision", json()));
    if (operation.verb == "remove" || operation.verb == "revoke") out += "   gone";
    out += "\n";
    if (const std::string ends = render_ends(answer.value("ends", json())); !ends.empty()) out += "ended " + ends + "\n";
    return out;
}

}  // namespace heddle::cli
