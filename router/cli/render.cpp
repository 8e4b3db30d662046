#include "router/cli/render.hpp"

#include <chrono>
#include <ctime>

#include "router/cli/table.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/transcode.hpp"
#include "serializers/write_token.hpp"

namespace heddle::cli {
namespace {

constexpr std::size_t line_width = 100;

/// For eyes: JSON escapes most of what a terminal would take for a command, but not all of it.
std::string json_text(std::string_view text) {
    ByteBuffer out;
    JsonWriter(out).text(text);
    return harmless(out.view());
}

std::string human_bytes(std::string_view bytes) {
    constexpr std::size_t bytes_shown = 8;
    constexpr char digits[] = "0123456789abcdef";
    std::string out = "<" + std::to_string(bytes.size()) + (bytes.size() == 1 ? " byte" : " bytes");
    for (std::size_t i = 0; i < std::min(bytes.size(), bytes_shown); ++i) {
        auto byte = static_cast<unsigned char>(bytes[i]);
        out += {' ', digits[byte >> 4], digits[byte & 15]};
    }
    return out + (bytes.size() > bytes_shown ? " ..>" : ">");
}

/// A value for eyes, token by token; with an indent, each element on its own line.
class HumanWriter {
 public:
    explicit HumanWriter(bool lines) : lines_(lines) {}

    std::string write(std::string_view json) {
        JsonReader reader(json);
        while (step(reader.next())) {
        }
        return std::move(out_);
    }

 private:
    using Kind = Token::Kind;

    bool step(const Token& token) {
        switch (token.kind) {
            case Kind::end:
            case Kind::error:
                return false;
            case Kind::list_begin:
                open('[');
                return true;
            case Kind::map_begin:
                open('{');
                return true;
            case Kind::list_end:
                close(']');
                return true;
            case Kind::map_end:
                close('}');
                return true;
            case Kind::key:
                separate();
                out_ += json_text(token.text) + ": ";
                after_key_ = true;
                return true;
            case Kind::bytes:
                separate();
                out_ += human_bytes(token.text);
                return true;
            default:
                scalar(token);
                return true;
        }
    }
    void scalar(const Token& token) {
        separate();
        ByteBuffer text;
        JsonWriter writer(text);
        write_token(writer, token);
        out_ += harmless(text.view());
    }
    void open(char bracket) {
        separate();
        out_ += bracket;
        ++depth_;
        first_ = true;
    }
    void close(char bracket) {
        --depth_;
        if (!first_ && lines_) new_line();
        out_ += bracket;
        first_ = false;
    }
    void separate() {
        if (std::exchange(after_key_, false)) return;
        if (depth_ > 0) {
            if (!first_) out_ += lines_ ? "," : ", ";
            if (lines_) new_line();
        }
        first_ = false;
    }
    void new_line() { out_ += "\n" + std::string(depth_ * 2, ' '); }

    std::string out_;
    std::size_t depth_ = 0;
    bool lines_, first_ = true, after_key_ = false;
};

/// Calls `each(key, json)` for every element of a list (without key) or map.
template <class Each>
void for_elements(std::string_view json, Each each) {
    JsonReader reader(json);
    if (json.empty()) return;
    bool map = reader.next().kind == Token::Kind::map_begin;
    while (reader.more()) {
        std::string key = map ? std::string(reader.next().text) : "";
        auto value = reader.slice_value();
        if (!value) return;
        each(key, *value);
    }
}

std::size_t count_elements(std::string_view json) {
    std::size_t count = 0;
    for_elements(json, [&](const std::string&, std::string_view) { ++count; });
    return count;
}

std::string indented_lines(std::string text) {
    std::string out = "  ";
    for (char c : text) {
        out += c;
        if (c == '\n') out += "  ";
    }
    return out + "\n";
}

std::string human_payload(const Payload& json) {
    std::string out;
    std::size_t args = count_elements(json.args), kwargs = count_elements(json.kwargs);
    bool single = args == 1 && kwargs == 0;
    if (args > 0 && !single) out += "args\n";
    for_elements(json.args, [&](const std::string&, std::string_view value) {
        out += single ? human_pretty(value) + "\n" : indented_lines(human_pretty(value));
    });
    if (kwargs > 0) out += "kwargs\n";
    for_elements(json.kwargs, [&](const std::string& key, std::string_view value) {
        out += indented_lines(harmless(key) + " = " + human_pretty(value));
    });
    return out;
}

std::string json_line(const Payload& json, std::string_view details) {
    std::string out = "{\"args\":";
    out += json.args.empty() ? "[]" : compact(json.args);
    out += ",\"kwargs\":";
    out += json.kwargs.empty() ? "{}" : compact(json.kwargs);
    return out + ",\"details\":" + std::string(details) + "}\n";
}

std::string raw_bytes(const Payload& json) {
    if (count_elements(json.args) == 0) return {};
    JsonReader list(json.args);
    list.next();
    auto value = list.slice_value();
    if (!value) return {};
    JsonReader reader(*value);
    Token token = reader.next();
    bool bytes = token.kind == Token::Kind::text || token.kind == Token::Kind::bytes;
    return bytes ? std::string(token.text) : compact(*value);
}

void disclosed(JsonWriter& json, std::string_view who, SessionId session, std::string_view authid,
               std::string_view authrole) {
    std::string name(who);
    if (session) json.key(name), json.unsigned_integer(session.value);
    if (!authid.empty()) json.key(name + "_authid"), json.text(authid);
    if (!authrole.empty()) json.key(name + "_authrole"), json.text(authrole);
}

}  // namespace

std::string human_value(std::string_view json) { return HumanWriter(false).write(json); }

std::string human_pretty(std::string_view json) {
    std::string line = human_value(json);
    return line.size() <= line_width ? line : HumanWriter(true).write(json);
}

std::string compact(std::string_view json) {
    ByteBuffer out;
    JsonWriter writer(out);
    JsonReader reader(json);
    for (Token token = reader.next(); token.kind != Token::Kind::end && token.kind != Token::Kind::error;
         token = reader.next())
        write_token(writer, token);
    return std::string(out.view());
}

std::string render_payload(Form form, const Payload& payload, std::string_view details) {
    PayloadForms forms(payload);
    Payload json = forms.in(Encoding::json);
    if (form == Form::json) return json_line(json, details);
    return form == Form::raw ? raw_bytes(json) : human_payload(json);
}

std::string render_event(Form form, std::string_view topic, const Event& event, std::string_view clock) {
    if (form != Form::human) return render_payload(form, event.payload, details_of(topic, event));
    PayloadForms forms(event.payload);
    Payload json = forms.in(Encoding::json);
    std::string out = std::string(clock) + "  " + harmless(topic);
    for_elements(json.args, [&](const std::string&, std::string_view value) { out += "  " + human_value(value); });
    for_elements(json.kwargs,
                 [&](const std::string& key, std::string_view value) { out += "  " + harmless(key) + "=" + human_value(value); });
    return out + "\n";
}

std::string details_of(std::string_view topic, const Event& event) {
    ByteBuffer out;
    JsonWriter json(out);
    json.map_begin();
    json.key("topic");
    json.text(topic);
    json.key("publication");
    json.unsigned_integer(event.publication.value);
    if (event.details.retained) json.key("retained"), json.boolean(true);
    disclosed(json, "publisher", event.details.publisher, event.details.publisher_authid,
              event.details.publisher_authrole);
    json.map_end();
    return std::string(out.view());
}

std::string details_of(std::string_view procedure, const Invocation& invocation) {
    ByteBuffer out;
    JsonWriter json(out);
    json.map_begin();
    json.key("procedure");
    json.text(procedure);
    disclosed(json, "caller", invocation.details.caller, invocation.details.caller_authid,
              invocation.details.caller_authrole);
    json.map_end();
    return std::string(out.view());
}

std::string clock_now() {
    auto now = std::chrono::system_clock::now();
    std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    std::tm local{};
    localtime_r(&seconds, &local);
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03d", local.tm_hour, local.tm_min, local.tm_sec,
                  static_cast<int>(millis));
    return text;
}

}  // namespace heddle::cli
