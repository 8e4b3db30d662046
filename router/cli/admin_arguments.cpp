#include "router/cli/admin_arguments.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>

#include "router/cli/settings.hpp"
#include "router/client/failure.hpp"
#include "router/config/nearest.hpp"
#include "router/json_text.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;
using Type = admin::Field::Type;

[[noreturn]] void refuse(const std::string& named, const std::string& due, const std::string& typed, const std::string& hint = {}) {
    throw Failure(Failure::Kind::usage, named + " is " + due + ", not " + typed,
                  hint.empty() ? std::vector<std::string>{} : std::vector{hint});
}

void check_choice(std::string_view choices, const std::string& typed, const std::string& named) {
    const auto all = config::words(choices);
    if (all.empty() || std::find(all.begin(), all.end(), typed) != all.end()) return;
    const auto near = nearest(typed, all);
    std::string list;
    for (std::string_view word : all) list += (list.empty() ? "" : ", ") + std::string(word);
    throw Failure(Failure::Kind::usage, named + " cannot be \"" + typed + "\"",
                  {(near.empty() ? "" : "did you mean \"" + std::string(near) + "\"? ") + "all: " + list});
}

json integer_of(const std::string& typed, const std::string& named) {
    std::uint64_t value = 0;
    const auto [end, failed] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
    if (failed != std::errc() || end != typed.data() + typed.size()) refuse(named, "a whole number", typed);
    return value;
}

json flag_value(const std::string& typed, const std::string& named) {
    if (typed == "true" || typed == "false") return typed == "true";
    refuse(named, "true or false", typed);
}

json texts_of(std::string_view choices, const std::string& typed, const std::string& named) {
    json out = json::array();
    if (typed.starts_with('[')) {
        out = json_or_null(typed);
        const bool texts = out.is_array() && std::all_of(out.begin(), out.end(), [](const json& one) { return one.is_string(); });
        if (!texts) refuse(named, "a list of texts", typed, "like " + named + " a,b or " + named + " '[\"a\",\"b\"]'");
    } else {
        for (std::size_t at = 0; at <= typed.size() && !typed.empty();) {
            const std::size_t end = std::min(typed.find(',', at), typed.size());
            out.push_back(typed.substr(at, end - at));
            at = end + 1;
        }
    }
    for (const json& one : out) check_choice(choices, one.get<std::string>(), named);
    return out;
}

json parsed(const std::string& typed, const std::string& named, bool list) {
    std::string text = typed;
    if (typed.starts_with('@')) {
        std::ifstream file(typed.substr(1), std::ios::binary);
        text.assign(std::istreambuf_iterator<char>(file), {});
        if (!file.good() && !file.eof()) throw Failure(Failure::Kind::usage, named + ": cannot read " + typed.substr(1));
    }
    json out = json_or_null(text);
    if (list ? !out.is_array() : !out.is_object())
        refuse(named, list ? "a JSON list, or @FILE with one" : "a JSON object, or @FILE with one", typed);
    return out;
}

}  // namespace

std::string flag_of(std::string_view field) {
    std::string out = "--" + std::string(field);
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
}

json argument_of(const admin::Field& field, const std::string& typed, const std::string& named) {
    switch (field.type) {
        case Type::text:
        case Type::time:
            return typed;
        case Type::choice:
            check_choice(field.choices, typed, named);
            return typed;
        case Type::integer:
            return integer_of(typed, named);
        case Type::flag:
            return flag_value(typed, named);
        case Type::texts:
            return texts_of(field.choices, typed, named);
        case Type::object:
            return parsed(typed, named, false);
        case Type::objects:
            return parsed(typed, named, true);
    }
    return typed;
}

json argument_of(const config::Key& key, const std::string& typed, const std::string& named) {
    switch (key.type) {
        case config::Type::count:
            return integer_of(typed, named);
        case config::Type::flag:
            return flag_value(typed, named);
        case config::Type::choices:
        case config::Type::texts:
            return texts_of(key.choices, typed, named);
        case config::Type::choice:
            check_choice(key.choices, typed, named);
            return typed;
        default:
            return typed;  // sizes and times are texts with units; the router says what is wrong with them
    }
}

const config::Table* document_table(std::string_view name) {
    for (const config::Table& table : config::schema().tables)
        if (table.name == name) return &table;
    return nullptr;
}

}  // namespace heddle::cli
