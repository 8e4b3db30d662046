// The answers that have a form of their own.
#include <algorithm>
#include <cstdio>

#include "router/cli/admin_render.hpp"
#include "router/cli/table.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* name) {
    return object.contains(name) ? cell_of(object[name]) : std::string();
}

/// Rules may stand alone or in a list.
std::vector<json> rules_of(const json& value) {
    if (value.is_array()) return {value.begin(), value.end()};
    if (value.is_object()) return {value};
    return {};
}

/// "deny  wildcard com.plant.valve..set  [publish]": what a rule says of an action.
std::string rule_line(const json& rule, const std::string& action) {
    const auto says = [&](const char* kind) {
        const json list = rule.value(kind, json::array());
        return std::find(list.begin(), list.end(), json(action)) != list.end();
    };
    const char* kind = says("deny") ? "deny" : "allow";
    std::string words;
    for (const json& one : rule.value(kind, json::array())) words += (words.empty() ? "" : " ") + cell_of(one);
    const std::string uri = rule.value("uri", "");
    return padded(kind, 5) + " " + padded(rule.value("match", "exact"), 8) + " " +
           padded(uri.empty() ? "\"\"" : harmless(uri), 24) + " [" + words + "]";
}

/// "/role/operator/permissions/prefix com.a." as people say it.
std::string place_of(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t at = 1; at <= path.size();) {
        const std::size_t end = parts.size() == 3 ? path.size() : std::min(path.find('/', at), path.size());
        parts.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    if (parts.size() == 2 && parts[0] == "role") return "role " + parts[1];
    if (parts.size() == 2 && parts[0] == "users") return "user " + parts[1];
    if (parts.size() >= 4 && parts[2] == "permissions") return "role " + parts[1] + "   rule " + parts[3];
    return path.empty() ? path : path.substr(1);
}

/// One side of a change in few words.
std::string short_value(const std::string& path, const json& value) {
    if (value.is_null()) return {};
    std::string out;
    if (path.find("/permissions/") != path.npos && value.is_object()) {
        for (const char* kind : {"allow", "deny", "disclose", "conceal"}) {
            const json list = value.value(kind, json::array());
            if (!list.empty()) out += (out.empty() ? "" : "  ") + std::string(kind) + " [" + cell_of(list) + "]";
        }
        return out.empty() ? "nothing" : out;
    }
    if (path.starts_with("/users/") && value.is_object()) {
        out = "role " + text_of(value, "role");
        for (const char* name : {"methods", "expires", "realms", "credentials"})
            if (const std::string cell = text_of(value, name); !cell.empty())
                out += ", " + (name == std::string("methods") ? "" : name + std::string(" ")) + cell;
        return value.value("disabled", false) ? out + ", disabled" : out;
    }
    return path.starts_with("/role/") && value.is_object() && value.size() < 2 ? "" : cell_of(value);
}

/// "12", "9.1k", "2.2M".
std::string short_number(double value) {
    char text[32];
    if (value >= 999'500)
        std::snprintf(text, sizeof text, "%.1fM", value / 1e6);
    else if (value >= 9'995)
        std::snprintf(text, sizeof text, "%.0fk", value / 1e3);
    else if (value >= 999.5)
        std::snprintf(text, sizeof text, "%.1fk", value / 1e3);
    else
        std::snprintf(text, sizeof text, value < 10 && value != static_cast<double>(static_cast<int>(value)) ? "%.1f" : "%.0f", value);
    return text;
}

double number(const json& object, const std::string& name) {
    return object.is_object() && object.contains(name) && object[name].is_number() ? object[name].get<double>() : 0;
}

}  // namespace

std::string render_test(const json& question, const json& answer) {
    const bool allowed = answer.value("allowed", false);
    std::string out = allowed ? "allowed  " : "denied   ";
    out += text_of(question, "action") + " " + text_of(question, "uri");
    std::string who = text_of(question, "user");
    if (who.empty() && question.contains("session")) who = "session " + text_of(question, "session");
    const std::string role = text_of(answer, "role").empty() ? text_of(question, "role") : text_of(answer, "role");
    if (who.empty()) who = text_of(answer, "user");
    std::string about = who + (who.empty() || role.empty() ? "" : ", ") + (role.empty() ? "" : "role " + role);
    if (const std::string revision = text_of(answer, "revision"); !revision.empty()) about += ", revision " + revision;
    out += "            " + about + "\n";
    const auto deciding = rules_of(answer.value("deciding", json()));
    const auto beaten = rules_of(answer.value("beaten", json()));
    const std::string action = text_of(question, "action");
    std::size_t width = 0;
    for (const auto* rules : {&deciding, &beaten})
        for (const json& rule : *rules) width = std::max(width, width_of(rule_line(rule, action)));
    for (const json& rule : deciding)
        out += "  rule   " + padded(rule_line(rule, action), width) +
               (beaten.empty() ? "     decides\n" : "     decides: narrower than the next\n");
    for (const json& rule : beaten) out += "  beaten " + rule_line(rule, action) + "\n";
    if (const std::string why = text_of(answer, "reason"); deciding.empty() && !why.empty()) out += "  " + why + "\n";
    return out;
}

std::string render_apply(const std::string& realm, const json& answer, bool done) {
    std::string out = "realm " + harmless(realm) + "   revision " + text_of(answer, "revision") + "\n";
    for (const json& change : answer.value("changes", json::array())) {
        const std::string op = change.value("op", "");
        const char* sign = op == "add" ? "+" : op == "remove" ? "-" : "~";
        const std::string path = change.value("path", "");
        out += std::string("  ") + sign + " " + padded(harmless(place_of(path)), 44);
        const std::string before = short_value(path, change.value("before", json()));
        const std::string after = short_value(path, change.value("after", json()));
        if (op == "add" && !after.empty()) out += "  " + after;
        if (op == "remove" && !before.empty()) out += "  " + before;
        if (op != "add" && op != "remove")
            out += "  " + (before.empty() ? "(default)" : before) + " -> " + (after.empty() ? "(default)" : after);
        out.erase(out.find_last_not_of(' ') + 1);
        out += "\n";
    }
    if (answer.value("changes", json::array()).empty()) out += "  = nothing differs\n";
    const json same = answer.value("unchanged", json::object());
    std::string rest;
    for (const char* kind : {"roles", "rules", "users"})
        if (const double count = number(same, kind); count > 0)
            rest += (rest.empty() ? "" : ", ") + text_of(same, kind) + " " + std::string(kind, count == 1 ? 4 : 5);
    if (!rest.empty()) out += "  = " + rest + " unchanged\n";
    if (const std::string kept = text_of(answer, "only_in_store"); !kept.empty())
        out += "  = only in the store: " + kept + "; kept, --prune users removes\n";
    if (const std::string ends = render_ends(answer.value("ends", json())); !ends.empty())
        out += (done ? "ended " : "ends now: ") + ends + "\n";
    return out;
}

std::string render_reload(const json& answer, bool dry_run) {
    std::string out;
    for (const json& one : answer.value("changes", json::array())) out += "  " + cell_of(one) + "\n";
    if (out.empty())
        out = dry_run ? "nothing would change\n" : "reloaded; nothing differs\n";
    else
        out = (dry_run ? "would change\n" : "changed\n") + out;
    std::string kept;
    for (const json& one : answer.value("kept", json::array())) kept += "  " + cell_of(one) + "\n";
    return kept.empty() ? out : out + "needs a restart\n" + kept;
}

std::string render_audit(const json& entry) {
    constexpr std::size_t told_max = 300;
    std::string out = padded(text_of(entry, "n"), 6) + " " + text_of(entry, "ts") + "  " + padded(text_of(entry, "who"), 12) + " " +
                      padded(text_of(entry, "via"), 11) + " " + padded(text_of(entry, "op"), 24);
    if (const std::string realm = text_of(entry, "realm"); !realm.empty()) out += " " + realm;
    if (const std::string revision = text_of(entry, "revision"); !revision.empty()) out += " #" + revision;
    if (const std::string error = text_of(entry, "error"); !error.empty()) out += "  refused: " + error;
    const auto told = [&](const char* name) {
        std::string text = text_of(entry, name);
        return text.size() > told_max ? text.substr(0, told_max) + " .. (all of it: -o json)" : text;
    };
    const std::string before = told("before"), after = told("after");
    if (!before.empty() && before != "{}") out += "\n         before " + before;
    if (!after.empty() && after != "{}") out += "\n         after  " + after;
    if (const std::string ended = render_ends(entry.value("ended", json())); !ended.empty()) out += "\n         ended  " + ended;
    return out + "\n";
}

std::string render_stats(const json& answer) {
    json items = json::array();
    const json realms = answer.value("realms", json::object());
    for (const auto& [name, numbers] : realms.items()) {
        json item = numbers;
        item["name"] = name;
        item.erase("calls_by_outcome");
        items.push_back(std::move(item));
    }
    json rest = answer;
    rest.erase("realms");
    return render_items(items) + render_object(rest);
}

std::string render_top(const json& now, const json& before, double seconds, std::string_view sort, std::string_view only) {
    struct Row {
        std::string name;
        double sessions, links, subscriptions, registrations, published, delivered, calls, in_flight, denied;
    };
    std::vector<Row> rows;
    const json none = json::object(), realms = now.value("realms", none);
    const json realms_before = before.is_object() ? before.value("realms", none) : none;
    for (const auto& item : realms.items()) {
        const std::string& name = item.key();
        const json& realm = item.value();
        if (!only.empty() && name != only) continue;
        const json old = realms_before.value(name, json());
        const auto rate = [&](const char* counter) {
            return old.is_object() && seconds > 0 ? std::max(0.0, number(realm, counter) - number(old, counter)) / seconds : 0.0;
        };
        rows.push_back({name, number(realm, "sessions"), number(realm, "links"), number(realm, "subscriptions"),
                        number(realm, "registrations"), rate("published"), rate("delivered"), rate("calls"),
                        number(realm, "calls_in_flight"), rate("denied")});
    }
    std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
        if (sort == "sessions") return a.sessions > b.sessions;
        if (sort == "events") return a.delivered > b.delivered;
        if (sort == "calls") return a.calls > b.calls;
        if (sort == "denied") return a.denied > b.denied;
        return a.name < b.name;
    });
    Table table({"realm", "sess", "links", "subs", "regs", "pub/s", "events/s", "calls/s", "in flight", "denied/s"});
    for (const Row& row : rows)
        table.add({row.name, short_number(row.sessions), short_number(row.links), short_number(row.subscriptions),
                   short_number(row.registrations), short_number(row.published), short_number(row.delivered),
                   short_number(row.calls), short_number(row.in_flight), short_number(row.denied)});
    return table.text();
}

}  // namespace heddle::cli
