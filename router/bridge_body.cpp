#include "router/bridge_body.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "router/config/nearest.hpp"
#include "serializers/any_reader.hpp"
#include "serializers/cbor_writer.hpp"
#include "serializers/codec.hpp"
#include "serializers/extras.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/rules.hpp"

namespace heddle {
namespace {

using Kind = Token::Kind;

constexpr std::string_view call_options[] = {"timeout",        "receive_progress", "disclose_me", "ppt_scheme",
                                             "ppt_serializer", "ppt_cipher",       "ppt_keyid"};
constexpr std::string_view publish_options[] = {
    "acknowledge",      "exclude_me",      "disclose_me",       "retain",     "exclude",        "exclude_authid", "exclude_authrole",
    "eligible",         "eligible_authid", "eligible_authrole", "ppt_scheme", "ppt_serializer", "ppt_cipher",     "ppt_keyid"};

/// The members of a body, as slices of it.
struct Members {
    std::string_view uri, args, kwargs, options;
};

template <class F>
auto with_writer(Encoding encoding, ByteBuffer& out, F&& use) {
    if (encoding == Encoding::msgpack) return use(MsgpackWriter(out));
    if (encoding == Encoding::cbor) return use(CborWriter(out));
    return use(JsonWriter(out));
}

std::string hint(std::string_view written, std::span<const std::string_view> names) {
    const std::string_view near = nearest(written, names);
    if (!near.empty()) return "; did you mean \"" + std::string(near) + "\"?";
    std::string all = "; there are";
    for (const std::string_view name : names) all.append(" ").append(name);
    return all;
}

/// A step of a JSON pointer (RFC 6901).
std::string step(std::string_view name) {
    std::string out = "/";
    for (const char c : name) c == '~' ? out += "~0" : c == '/' ? out += "~1" : out += c;
    return out;
}

Kind kind_of(Encoding encoding, std::string_view value) {
    return with_reader(encoding, value, [](auto&& reader) { return reader.next().kind; });
}

class BodyReader {
 public:
    BodyReader(BridgeKind kind, Encoding encoding) : kind_(kind), encoding_(encoding) {}

    BridgeMessage read(std::string_view body) {
        with_reader(encoding_, body, [&](auto&& reader) { return members(reader); }) && check() && options() && build();
        return std::move(result_);
    }

 private:
    std::string_view uri_name() const { return kind_ == BridgeKind::call ? "procedure" : "topic"; }

    template <class Reader>
    bool malformed(Reader& reader) {
        result_.malformed = true;
        return fail("", "the body is not " + spelled() + ": " + std::string(reader.error().what));
    }
    std::string spelled() const {
        return encoding_ == Encoding::json ? "JSON" : encoding_ == Encoding::cbor ? "CBOR" : "MessagePack";
    }
    bool fail(std::string pointer, std::string what) {
        result_.pointer = std::move(pointer);
        result_.fault = std::move(what);
        return false;
    }

    template <class Reader>
    bool members(Reader&& reader) {
        const Kind first = reader.next().kind;
        if (first == Kind::error) return malformed(reader);
        if (first != Kind::map_begin)
            return fail("", "the body must be a map: {" + std::string(uri_name()) + ", args, kwargs, options}");
        for (;;) {
            const Token key = reader.next();
            if (key.kind == Kind::map_end) break;
            if (key.kind == Kind::error) return malformed(reader);
            const std::string name(key.text);
            std::string_view* place = name == uri_name()  ? &members_.uri
                                      : name == "args"    ? &members_.args
                                      : name == "kwargs"  ? &members_.kwargs
                                      : name == "options" ? &members_.options
                                                          : nullptr;
            const std::array<std::string_view, 4> names{uri_name(), "args", "kwargs", "options"};
            if (!place) return fail(step(name), "unknown member \"" + name + "\"" + hint(name, names));
            if (place->data()) return fail(step(name), "member \"" + name + "\" is there twice");
            const bool null = reader.null_ahead();
            const auto slice = reader.slice_value();
            if (!slice) return malformed(reader);
            if (!null) *place = *slice;
        }
        return reader.next().kind == Kind::end || malformed(reader);
    }

    bool check() {
        const std::string uri(uri_name());
        if (members_.uri.empty()) return fail(step(uri), "member \"" + uri + "\" is missing");
        if (kind_of(encoding_, members_.uri) != Kind::text) return fail(step(uri), uri + " must be a string");
        if (!members_.args.empty() && kind_of(encoding_, members_.args) != Kind::list_begin)
            return fail("/args", "args must be a list");
        if (!members_.kwargs.empty() && kind_of(encoding_, members_.kwargs) != Kind::map_begin)
            return fail("/kwargs", "kwargs must be a map");
        if (!members_.options.empty() && kind_of(encoding_, members_.options) != Kind::map_begin)
            return fail("/options", "options must be a map");
        return true;
    }

    /// decode() steps over options that it does not know; here somebody is told.
    bool options() {
        if (members_.options.empty()) return true;
        const std::span<const std::string_view> known =
            kind_ == BridgeKind::call ? std::span<const std::string_view>(call_options) : publish_options;
        return with_reader(encoding_, members_.options, [&](auto&& reader) {
            reader.next();
            for (Token key = reader.next(); key.kind == Kind::key; key = reader.next()) {
                const std::string name(key.text);
                if (kind_ == BridgeKind::call && name == "progress")
                    return fail("/options/progress", "one request is one call: progressive calls need a session");
                if (std::find(known.begin(), known.end(), name) == known.end() && !detail::is_custom_key(name))
                    return fail("/options" + step(name), "unknown option \"" + name + "\"" + hint(name, known));
                reader.skip_value();
            }
            return true;
        });
    }

    bool build() {
        ByteBuffer bytes(members_.args.size() + members_.kwargs.size() + members_.options.size() + 64);
        with_writer(encoding_, bytes, [&](auto writer) {
            writer.list_begin(members_.kwargs.empty() ? members_.args.empty() ? 4u : 5u : 6u);
            writer.unsigned_integer(kind_ == BridgeKind::call ? rule_for<Call>().code : rule_for<Publish>().code);
            writer.unsigned_integer(1);
            if (members_.options.empty()) {
                writer.map_begin(0);
                writer.map_end();
            } else {
                writer.splice(members_.options);
            }
            writer.splice(members_.uri);
            if (!members_.args.empty()) {
                writer.splice(members_.args);
            } else if (!members_.kwargs.empty()) {
                writer.list_begin(0);
                writer.list_end();
            }
            if (!members_.kwargs.empty()) writer.splice(members_.kwargs);
            writer.list_end();
        });
        result_.message = bytes.freeze();
        const auto message = decode(encoding_, result_.message.view());
        if (!message) return complain(message.error().what);
        if (const auto* call = std::get_if<Call>(&*message)) result_.progressive = call->options.receive_progress;
        return true;
    }

    /// The decoder speaks of the message: "CALL.Options.timeout must be a number".
    bool complain(const std::string& what) {
        const std::size_t end = what.find(' ');
        std::string path = what.substr(0, end);
        const std::size_t dot = path.find('.');
        if (dot == std::string::npos || end == std::string::npos) return fail("", what);
        path = path.substr(dot + 1);
        if (path.starts_with("Options"))
            path.front() = 'o';
        else
            path = uri_name();
        std::string pointer = "/" + path;
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        return fail(std::move(pointer), path + what.substr(end));
    }

    BridgeKind kind_;
    Encoding encoding_;
    Members members_;
    BridgeMessage result_;
};

template <class F>
std::string written(Encoding encoding, F&& use) {
    ByteBuffer out;
    with_writer(encoding, out, [&](auto writer) {
        writer.map_begin();
        use(writer);
        writer.map_end();
    });
    return std::string(out.view());
}

template <class Writer>
void put_text(Writer& writer, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    writer.key(name);
    writer.text(value);
}

}  // namespace

BridgeMessage read_bridge_body(BridgeKind kind, Encoding encoding, std::string_view body) {
    return BodyReader(kind, encoding).read(body);
}

std::string write_bridge_result(Encoding encoding, std::string_view args, std::string_view kwargs, bool progress) {
    return written(encoding, [&](auto& writer) {
        if (progress) {
            writer.key("progress");
            writer.boolean(true);
        }
        writer.key("args");
        if (!args.empty()) {
            writer.splice(args);
        } else {
            writer.list_begin(0);
            writer.list_end();
        }
        if (!kwargs.empty()) {
            writer.key("kwargs");
            writer.splice(kwargs);
        }
    });
}

std::string write_bridge_published(Encoding encoding, std::uint64_t publication) {
    return written(encoding, [&](auto& writer) {
        writer.key("id");
        writer.unsigned_integer(publication);
    });
}

std::string write_bridge_error(Encoding encoding, const BridgeError& error) {
    return written(encoding, [&](auto& writer) {
        put_text(writer, "error", error.error);
        writer.key("args");
        if (!error.args.empty()) {
            writer.splice(error.args);
        } else {
            writer.list_begin();
            if (!error.detail.empty()) writer.text(error.detail);
            writer.list_end();
        }
        writer.key("kwargs");
        if (!error.kwargs.empty()) {
            writer.splice(error.kwargs);
        } else {
            writer.map_begin(0);
            writer.map_end();
        }
        if (error.status == 0) return;
        writer.key("status");
        writer.unsigned_integer(error.status);
        put_text(writer, "title", error.title);
        put_text(writer, "type", error.type);
        put_text(writer, "detail", error.detail);
        if (error.pointer.empty()) return;
        writer.key("errors");
        writer.list_begin();
        writer.map_begin();
        put_text(writer, "pointer", error.pointer);
        put_text(writer, "detail", error.detail);
        writer.map_end();
        writer.list_end();
    });
}

}  // namespace heddle
