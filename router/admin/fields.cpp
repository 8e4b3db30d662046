#include "router/admin/fields.hpp"

#include <algorithm>
#include <optional>

#include "router/admin/moments.hpp"
#include "router/admin/operation_rows.hpp"
#include "router/admin/refusal.hpp"
#include "router/config/nearest.hpp"
#include "router/config/schema.hpp"
#include "router/config/units.hpp"
#include "serializers/uris.hpp"

namespace heddle::admin {

using nlohmann::json;

void refuse_faults(const std::vector<config::Fault>& faults) {
    json errors = json::array();
    for (const config::Fault& fault : faults) errors.push_back({{"pointer", fault.pointer}, {"detail", fault.detail}});
    std::string detail = faults.front().pointer.empty() ? "" : faults.front().pointer.substr(1) + ": ";
    detail += faults.front().detail;
    if (faults.size() > 1) detail += " (and " + std::to_string(faults.size() - 1) + " more)";
    throw Refusal{std::string(uri::invalid_argument), detail, {{"errors", errors}}};
}

void refuse_field(std::string pointer, std::string detail) { refuse_faults({{std::move(pointer), std::move(detail)}}); }

namespace {

constexpr std::size_t text_max = 64 << 10;  // bytes of one text; documents are bounded by the message

std::string join(const std::vector<std::string_view>& words) {
    std::string out;
    for (const std::string_view word : words) out += (out.empty() ? "" : ", ") + std::string(word);
    return out;
}

std::string did_you_mean(std::string_view written, const std::vector<std::string_view>& names) {
    const std::string_view near = nearest(written, names);
    return near.empty() ? "" : "; did you mean \"" + std::string(near) + "\"?";
}

std::string_view kind_of(const json& value) {
    return value.is_string()           ? "a text"
           : value.is_number_integer() ? "a whole number"
           : value.is_number()         ? "a number"
           : value.is_boolean()        ? "true or false"
           : value.is_array()          ? "a list"
           : value.is_object()         ? "an object"
                                       : "null";
}

class FieldCheck {
 public:
    FieldCheck(const Field& field, std::vector<config::Fault>& faults)
        : field_(field), pointer_("/" + std::string(field.name)), faults_(faults) {}

    std::optional<json> check(const json& value) {
        switch (field_.type) {
            case Field::Type::text:
                return text(value);
            case Field::Type::integer:
                return integer(value);
            case Field::Type::flag:
                return flag(value);
            case Field::Type::texts:
                return texts(value);
            case Field::Type::choice:
                return value.is_string() && chosen(value, pointer_) ? std::optional(value) : wrong(value, "a text");
            case Field::Type::time:
                return time(value);
            case Field::Type::object:
                return value.is_object() ? std::optional(value) : wrong(value, "an object");
            case Field::Type::objects:
                return objects(value);
        }
        return std::nullopt;
    }

 private:
    void fault(std::string pointer, std::string detail) { faults_.push_back({std::move(pointer), std::move(detail)}); }

    std::optional<json> wrong(const json& value, std::string_view due) {
        const bool told = !faults_.empty() && faults_.back().pointer.starts_with(pointer_);
        if (!told)
            fault(pointer_,
                  "\"" + std::string(field_.name) + "\" is " + std::string(due) + ", not " + std::string(kind_of(value)));
        return std::nullopt;
    }

    std::optional<json> text(const json& value) {
        if (!value.is_string()) return wrong(value, "a text");
        const auto& given = value.get_ref<const std::string&>();
        if (given.empty() && field_.name != "uri" && (field_.in == Field::In::place || field_.required))
            return fault(pointer_, "\"" + std::string(field_.name) + "\" is empty"), std::nullopt;
        if (given.size() > text_max) return fault(pointer_, "longer than 64 KiB"), std::nullopt;
        return value;
    }

    bool from_url() const { return field_.in != Field::In::body; }

    std::optional<json> integer(const json& value) {
        if (value.is_number_unsigned()) return value;
        if (value.is_number_integer()) {
            const auto number = value.get<std::int64_t>();
            if (number >= 0) return json(static_cast<std::uint64_t>(number));
            return fault(pointer_, "\"" + std::string(field_.name) + "\" is not negative"), std::nullopt;
        }
        if (from_url() && value.is_string()) {
            const auto& digits = value.get_ref<const std::string&>();
            if (const auto number = parse_whole(digits)) return json(*number);
            return fault(pointer_, "\"" + digits + "\" is no whole number"), std::nullopt;
        }
        return wrong(value, "a whole number");
    }

    std::optional<json> flag(const json& value) {
        if (value.is_boolean()) return value;
        if (from_url() && (value == "true" || value == "false")) return json(value == "true");
        return wrong(value, "true or false");
    }

    bool chosen(const json& value, const std::string& pointer) {
        const auto choices = config::words(field_.choices);
        const auto& given = value.get_ref<const std::string&>();
        if (std::find(choices.begin(), choices.end(), given) != choices.end()) return true;
        const bool action = field_.choices == rows::action_choices;
        fault(pointer, "\"" + given + "\" is no " + (action ? "action" : std::string(field_.name)) +
                           did_you_mean(given, choices) + (action ? "" : " All: " + join(choices)));
        return false;
    }

    std::optional<json> texts(const json& value) {
        if (!value.is_array()) return wrong(value, "a list of texts");
        bool good = true;
        for (std::size_t i = 0; i < value.size(); ++i) {
            const std::string place = pointer_ + "/" + std::to_string(i);
            if (!value[i].is_string()) {
                fault(place, "\"" + std::string(field_.name) + "\" is a list of texts, and this is " +
                                 std::string(kind_of(value[i])));
                good = false;
            } else if (!field_.choices.empty()) {
                good = chosen(value[i], place) && good;
            }
        }
        return good ? std::optional(value) : std::nullopt;
    }

    std::optional<json> objects(const json& value) {
        if (!value.is_array()) return wrong(value, "a list of objects");
        for (std::size_t i = 0; i < value.size(); ++i)
            if (!value[i].is_object())
                return fault(pointer_ + "/" + std::to_string(i), "this is " + std::string(kind_of(value[i])) +
                                                                     ", and an object is due"),
                       std::nullopt;
        return value;
    }

    std::optional<json> time(const json& value) {
        if (!value.is_string()) return wrong(value, "a time like \"90d\"");
        const auto& given = value.get_ref<const std::string&>();
        const bool moment = field_.name == "since" || field_.name == "expires";
        if (parse_length(given) || (moment && parse_timestamp(given))) return value;
        fault(pointer_, "\"" + given + "\" is no time; like \"10m\", \"12h\" or \"90d\"" +
                            (moment ? ", or a date like \"2026-11-21T10:00:00Z\"" : ""));
        return std::nullopt;
    }

    const Field& field_;
    const std::string pointer_;
    std::vector<config::Fault>& faults_;
};

json default_of(const Field& field) {
    const std::string text(field.default_value);
    if (field.type == Field::Type::integer) return json(parse_whole(text).value_or(0));
    return field.type == Field::Type::flag ? json(text == "true") : json(text);
}

}  // namespace

Checked check_fields(const Operation& operation, const json& arguments) {
    std::vector<const Field*> known;
    std::vector<std::string_view> names;
    for (const Field& field : operation.fields) known.push_back(&field);
    if (operation.pages)
        for (const Field& field : page_fields()) known.push_back(&field);
    for (const Field* field : known) names.push_back(field->name);
    Checked out;
    std::vector<config::Fault> faults;
    for (const auto& [name, value] : arguments.items()) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        if (!operation.document.empty())
            out.document[name] = value;
        else
            faults.push_back({"/" + name, "there is no \"" + name + "\" in heddle." + std::string(operation.noun) + "." +
                                              std::string(operation.verb) + did_you_mean(name, names)});
    }
    for (const Field* field : known) {
        const std::string name(field->name);
        const auto given = arguments.find(name);
        const bool nothing = given == arguments.end() || (given->is_null() && field->in != Field::In::body);
        if (!nothing && given->is_null() && !field->required) {
            out.fields[name] = nullptr;
        } else if (!nothing) {
            if (auto value = FieldCheck(*field, faults).check(*given)) out.fields[name] = std::move(*value);
        } else if (field->required) {
            faults.push_back({"/" + name, "\"" + name + "\" is missing: " + std::string(field->doc)});
        } else if (!field->default_value.empty()) {
            out.fields[name] = default_of(*field);
        }
    }
    if (operation.pages && out.fields.contains("limit")) {
        const auto limit = out.fields["limit"].get<std::uint64_t>();
        if (limit < 1 || limit > 1000) faults.push_back({"/limit", "\"limit\" is 1 to 1000, not " + std::to_string(limit)});
    }
    if (!faults.empty()) refuse_faults(faults);
    return out;
}

json plain_rule(const json& rule) {
    json out = {{"match", rule.value("match", "exact")}, {"uri", rule.value("uri", "")}};
    for (const char* list : {"allow", "deny", "disclose", "conceal"})
        if (const auto found = rule.find(list); found != rule.end() && !found->empty() && !found->is_null())
            out[list] = *found;
    return out;
}

json masked(const Operation& operation, const json& arguments) {
    json out = arguments;
    const auto mask = [](json& object, std::string_view name) {
        if (const auto found = object.find(std::string(name)); found != object.end() && !found->is_null()) *found = "set";
    };
    for (const Field& field : operation.fields)
        if (field.secret) mask(out, field.name);
    for (const Operation& other : operations()) {  // a whole realm may bring users along
        if (operation.document.empty() || other.noun != "user" || other.verb != "put") continue;
        if (!out.contains("users") || !out["users"].is_array()) continue;
        for (json& user : out["users"])
            for (const Field& field : other.fields)
                if (field.secret && user.is_object()) mask(user, field.name);
    }
    return out;
}

}  // namespace heddle::admin
