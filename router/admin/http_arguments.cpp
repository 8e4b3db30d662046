#include "router/admin/http_arguments.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "router/config/document.hpp"
#include "router/config/nearest.hpp"
#include "router/http_media.hpp"
#include "router/json_text.hpp"
#include "serializers/codec.hpp"
#include "serializers/escapes.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"
#include "serializers/utf8.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;

constexpr std::string_view malformed = "heddle.error.malformed";
constexpr std::string_view no_such_media_type = "heddle.error.no_such_media_type";

class ArgumentReader {
 public:
    ArgumentReader(const Operation& operation, const ArgumentText& given) : operation_(operation), given_(given) {}

    Arguments read() {
        query();
        if (good()) body();
        if (good()) revision();
        if (good()) build();
        return std::move(out_);
    }

 private:
    bool good() const { return out_.faults.empty(); }
    void fault(std::string pointer, std::string detail, std::string_view error = uri::invalid_argument) {
        if (out_.error.empty()) out_.error = error;
        out_.faults.push_back({std::move(pointer), std::move(detail)});
    }

    std::vector<const Field*> fields(Field::In in) const {
        std::vector<const Field*> found;
        for (const Field& field : operation_.fields)
            if (field.in == in) found.push_back(&field);
        if (in == Field::In::query && operation_.pages)
            for (const Field& field : page_fields()) found.push_back(&field);
        return found;
    }

    static const Field* named(const std::vector<const Field*>& fields, std::string_view name) {
        const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field* field) { return field->name == name; });
        return found == fields.end() ? nullptr : *found;
    }

    static std::string hint(std::string_view name, const std::vector<const Field*>& known) {
        std::vector<std::string_view> names;
        for (const Field* field : known) names.push_back(field->name);
        const std::string_view near = nearest(name, names);
        if (!near.empty()) return "; did you mean \"" + std::string(near) + "\"?";
        std::string all = names.empty() ? "; there are none here" : "; there are";
        for (const std::string_view one : names) all.append(" ").append(one);
        return all;
    }

    static std::optional<std::string> decoded(std::string_view text) {
        std::string plain(text), out;
        std::replace(plain.begin(), plain.end(), '+', ' ');
        if (!percent_decode(plain, out) || !utf8::valid(out)) return std::nullopt;
        return out;
    }

    static std::string pointer_to(std::string_view name) {
        std::string out = "/";
        for (const char c : name) c == '~' ? out += "~0" : c == '/' ? out += "~1" : out += c;
        return out;
    }

    void query() {
        const std::vector<const Field*> known = fields(Field::In::query);
        std::string_view rest = given_.query;
        while (!rest.empty()) {
            const std::size_t end = rest.find('&');
            const std::string_view pair = rest.substr(0, end);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            if (pair.empty()) continue;
            const std::size_t equals = pair.find('=');
            const auto name = decoded(pair.substr(0, equals));
            auto value = decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
            if (!name || !value) {
                fault("", "the query has a broken percent escape, or is no UTF-8", malformed);
                return;
            }
            const Field* field = named(known, *name);
            if (!field) {
                fault(pointer_to(*name), "unknown query name \"" + *name + "\"" + hint(*name, known));
            } else if (keywords_.contains(*name)) {
                fault(pointer_to(*name), "\"" + *name + "\" is there twice");
            } else {
                if (field->type == Field::Type::flag && equals == std::string_view::npos) value = "true";
                keywords_[*name] = std::move(*value);
            }
        }
    }

    void body() {
        const std::string& text = given_.body;
        if (text.empty()) return;
        const bool taken = operation_.method == Verb::put || operation_.method == Verb::post;
        if (!taken) return fault("", "there is no body to this method");
        const std::string_view type = given_.content_type;
        if (is_toml(type) && !operation_.document.empty()) return toml(text);
        if (encoding_of_media(type) != Encoding::json)
            return fault("",
                         std::string("Content-Type must be application/json") +
                             (operation_.document.empty() ? "" : " or application/toml"),
                         no_such_media_type);
        const auto value = parse_json(text);
        if (value) return take(*value);
        fault("", "the body is not valid JSON: " + value.error().what + " (byte " + std::to_string(value.error().offset) + ")",
              malformed);
    }

    void toml(const std::string& text) {
        Mistakes mistakes;
        const json given = config::document_of_toml(text, mistakes);
        if (mistakes.errors() == 0) return take(given);
        for (const Mistake& mistake : mistakes.all())
            if (!mistake.warning)
                fault("", "line " + std::to_string(mistake.spot.line) + ": " + mistake.message +
                              (mistake.hint.empty() ? "" : "; " + mistake.hint));
    }

    void take(const json& given) {
        if (!given.is_object()) return fault("", "the body must be an object");
        const std::vector<const Field*> known = fields(Field::In::body);
        for (const auto& [name, value] : given.items()) {
            const bool elsewhere = named(fields(Field::In::place), name) || named(fields(Field::In::query), name);
            if (name == "revision")
                fault("/revision", "the revision stands in the header If-Match, or If-None-Match");
            else if (elsewhere)
                fault(pointer_to(name), "\"" + name + "\" stands in the URL, not in the body");
            else if (!named(known, name) && operation_.document.empty())
                fault(pointer_to(name), "unknown field \"" + name + "\"" + hint(name, known));
            else
                keywords_[name] = value;
        }
    }

    /// If-Match: "41" or *, If-None-Match: * (RFC 9110, 13.1).
    void revision() {
        const std::string_view match = given_.if_match, none = given_.if_none_match;
        if (operation_.method == Verb::get) {
            if (!match.empty()) fault("", "header If-Match is for changes");
            return;
        }
        if (match.empty() && none.empty()) return;
        if (operation_.revised != Revised::writes && operation_.revised != Revised::may)
            return fault("", "this operation knows no revision: leave out If-Match and If-None-Match");
        if (!match.empty() && !none.empty()) return fault("", "If-Match and If-None-Match exclude each other");
        if (!none.empty()) {
            if (none != "*") return fault("", "header If-None-Match must be * here: only create");
            keywords_["revision"] = "new";
            return;
        }
        if (match == "*") {
            keywords_["revision"] = "*";
            return;
        }
        const bool quoted = match.size() > 2 && match.starts_with('"') && match.ends_with('"');
        const std::string_view digits = quoted ? match.substr(1, match.size() - 2) : std::string_view();
        const auto digit = [](char c) { return c >= '0' && c <= '9'; };
        if (digits.empty() || digits.size() > 19 || !std::all_of(digits.begin(), digits.end(), digit))
            return fault("", "header If-Match must be the ETag of the object, like \"41\", or *");
        keywords_["revision"] = digits;
    }

    void build() {
        json call = json::array({rule_for<Call>().code, 1, json::object(),
                                 "heddle." + std::string(operation_.noun) + "." + std::string(operation_.verb), given_.places, keywords_});
        out_.message = SharedBytes(call.dump(-1, ' ', false, json::error_handler_t::replace));
        if (const auto message = decode(Encoding::json, out_.message.view()); !message) fault("", message.error().what, malformed);
    }

    const Operation& operation_;
    const ArgumentText& given_;
    json keywords_ = json::object();
    Arguments out_;
};

}  // namespace

bool is_toml(std::string_view content_type) {
    return content_type.substr(0, content_type.find_first_of("; ")) == "application/toml";
}

Arguments read_arguments(const Operation& operation, const ArgumentText& text) { return ArgumentReader(operation, text).read(); }

}  // namespace heddle::admin
