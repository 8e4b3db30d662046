#include "router/cli/values.hpp"

#include <fstream>
#include <iterator>
#include <set>

#include "router/client/failure.hpp"
#include "serializers/base64.hpp"
#include "serializers/escapes.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/utf8.hpp"

namespace heddle::cli {
namespace {

[[noreturn]] void wrong(std::string message, std::string hint = {}) {
    throw Failure(Failure::Kind::usage, std::move(message),
                  hint.empty() ? std::vector<std::string>{} : std::vector<std::string>{std::move(hint)});
}

std::string shown(std::string_view text) {
    return "\"" + std::string(text.substr(0, 40)) + (text.size() > 40 ? "..\"" : "\"");
}

std::string everything(std::istream& in) { return {std::istreambuf_iterator<char>(in), {}}; }

/// The content behind `@FILE` or `@-`.
std::string content_of(std::string_view reference, std::istream& input) {
    std::string name(reference.substr(1));
    if (name == "-") {
        if (!input) wrong("stdin is used twice");
        std::string content = everything(input);
        input.setstate(std::ios::failbit);  // a second use is a mistake, not an empty value
        return content;
    }
    std::ifstream file(name, std::ios::binary);
    std::string content = file ? everything(file) : "";
    if (!file || file.bad()) wrong("cannot read the file " + name);
    return content;
}

std::string strict_json(std::string_view text, std::string_view where) {
    JsonReader reader(text);
    bool whole = reader.slice_value().has_value() && reader.next().kind == Token::Kind::end;
    if (!whole)
        wrong("not JSON: " + std::string(where) + " (" + reader.error().what + " at byte " +
              std::to_string(reader.error().offset) + ")");
    return std::string(text);
}

std::string from_hex(std::string_view text) {
    std::string bytes;
    if (text.size() % 2 != 0) wrong("hex: needs two digits a byte: " + shown(text));
    for (std::size_t i = 0; i < text.size(); i += 2) {
        int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0) wrong("hex: takes digits only: " + shown(text));
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

std::string from_base64(std::string_view text) {
    std::string bytes;
    if (!base64::decode(text, bytes)) wrong("b64: is not base64: " + shown(text));
    return bytes;
}

std::string_view without_newline(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    return text;
}

std::string file_value(std::string_view tag, std::string_view rest, std::istream& input) {
    if (!rest.starts_with('@'))
        wrong(std::string(tag) + ": takes @FILE",
              tag == "text" ? "a text as it stands: str:" : "bytes as they stand: hex: or b64:");
    std::string content = content_of(rest, input);
    return tag == "text" ? text_to_json(content) : bytes_to_json(content);
}

std::string plain_value(std::string_view text) { return is_json(text) ? std::string(text) : text_to_json(text); }

/// `[..]` or `{..}` and nothing else.
std::string whole_json(const std::string& text, char open, std::string_view flag, std::istream& input) {
    std::string json = text.starts_with('@') ? content_of(text, input) : text;
    strict_json(json, flag);
    std::size_t begin = json.find_first_not_of(" \t\r\n");
    if (json[begin] != open)
        wrong(std::string(flag) + " takes a JSON " + (open == '[' ? "list" : "object") + ": " + shown(json));
    return json;
}

}  // namespace

std::string text_to_json(std::string_view text) {
    if (!utf8::valid(text)) wrong("a text that is not UTF-8", "bytes: bin:@FILE, hex: or b64:");
    ByteBuffer out;
    JsonWriter(out).text(text);
    return std::string(out.view());
}

std::string bytes_to_json(std::string_view bytes) {
    ByteBuffer out;
    JsonWriter(out).bytes(bytes);
    return std::string(out.view());
}

bool is_json(std::string_view text) {
    JsonReader reader(text);
    return reader.slice_value().has_value() && reader.next().kind == Token::Kind::end;
}

std::string value_to_json(std::string_view text, std::istream& input) {
    std::size_t colon = text.find(':');
    std::string_view tag = text.substr(0, colon == text.npos ? 0 : colon),
                     rest = text.substr(colon == text.npos ? 0 : colon + 1);
    if (text == "@-") return plain_value(without_newline(content_of(text, input)));
    if (tag == "str") return text_to_json(rest);
    if (tag == "hex") return bytes_to_json(from_hex(rest));
    if (tag == "b64") return bytes_to_json(from_base64(rest));
    if (tag == "text" || tag == "bin") return file_value(tag, rest, input);
    if (tag == "json")
        return rest.starts_with('@') ? strict_json(content_of(rest, input), rest) : strict_json(rest, shown(rest));
    return plain_value(text);
}

Arguments Arguments::with(const std::string& json) const {
    Arguments out = *this;
    std::size_t end = out.args.rfind(']');
    if (end == std::string::npos) {
        out.args = "[" + json + "]";
    } else {
        bool first = out.args.find_last_not_of(" \t\r\n", end - 1) == out.args.find('[');
        out.args.insert(end, (first ? "" : ",") + json);
    }
    return out;
}

Arguments read_arguments(const ArgumentFlags& flags, std::istream& input) {
    Arguments out;
    if (!flags.args.empty() && !flags.values.empty()) wrong("--args is the whole list: no values beside it");
    if (!flags.kwargs.empty() && !flags.named.empty()) wrong("--kwargs is the whole object: no -k beside it");
    if (!flags.args.empty()) out.args = whole_json(flags.args, '[', "--args", input);
    if (!flags.kwargs.empty()) out.kwargs = whole_json(flags.kwargs, '{', "--kwargs", input);
    for (const std::string& value : flags.values) out = out.with(value_to_json(value, input));
    std::set<std::string> seen;
    for (const std::string& named : flags.named) {
        std::size_t equals = named.find('=');
        if (equals == named.npos || equals == 0) wrong("-k takes NAME=VALUE: " + shown(named));
        std::string name = named.substr(0, equals);
        if (!seen.insert(name).second) wrong("-k names \"" + name + "\" twice");
        out.kwargs += (out.kwargs.empty() ? "{" : ",") + text_to_json(name) + ":" +
                      value_to_json(std::string_view(named).substr(equals + 1), input);
    }
    if (!flags.named.empty()) out.kwargs += "}";
    return out;
}

}  // namespace heddle::cli
