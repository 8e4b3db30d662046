#include "router/cli/lane_bodies.hpp"

#include "bridge/payload_body.hpp"
#include "router/cli/render.hpp"
#include "router/cli/stream.hpp"
#include "router/cli/table.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/recon_reader.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/write_token.hpp"

namespace heddle::cli {
namespace {

using recon::Node;

std::string written(recon::Items items) {
    ByteBuffer out;
    recon::put_rest(items, out);
    std::string_view text = out.view();
    return std::string(text.starts_with(' ') ? text.substr(1) : text);
}

/// Any reader's tokens as JSON.
template <class Reader>
std::string to_json(Reader reader) {
    ByteBuffer out;
    JsonWriter writer(out);
    for (Token token = reader.next(); token.kind != Token::Kind::end; token = reader.next()) {
        if (token.kind == Token::Kind::error) return "null";
        write_token(writer, token);
    }
    return std::string(out.view());
}

/// `@update(key:K)V` of a map, `@update(index:i,key:K)V` of a list, and their kin. All but the value as JSON; empty
/// where it was not said.
struct EntryChange {
    std::string_view name;
    std::string key, index, from, to;
    recon::Items value;
};
std::optional<EntryChange> entry_change(recon::Items body) {
    if (body.empty() || body.begin->kind != Node::Kind::attribute) return std::nullopt;
    const Node& attribute = *body.begin;
    EntryChange change{attribute.text, {}, {}, {}, {}, body.rest()};
    if (change.name == "clear") return change;
    if (change.name != "update" && change.name != "remove" && change.name != "move") return std::nullopt;
    const Node& argument = value_of(attribute);
    if (argument.kind != Node::Kind::record) return std::nullopt;
    for (recon::Items items = items_of(argument); !items.empty(); items = items.rest()) {
        if (items.begin->kind != Node::Kind::slot) continue;
        const std::string_view name = key_of(*items.begin).text;
        const std::string value = to_json(ReconReader(value_of_slot(*items.begin)));
        if (name == "key") change.key = value;
        if (name == "index") change.index = value;
        if (name == "from") change.from = value;
        if (name == "to") change.to = value;
    }
    if (change.key.empty()) return std::nullopt;
    return change;
}

/// `"k"  30`, `0 "k"  30`, `2 -> 0 "k"`: a list's entries with their places.
std::string human_change(const EntryChange& change, const std::string& value) {
    const std::string key = human_value(change.key);
    if (change.name == "move") return human_value(change.from) + " -> " + human_value(change.to) + " " + key + "  moved\n";
    return (change.index.empty() ? "" : human_value(change.index) + " ") + key + "  " +
           (change.name == "remove" ? "removed" : value) + "\n";
}

std::string json_of(recon::Items value) { return value.empty() ? "null" : to_json(ReconReader(value)); }

bool is_recon(std::string_view text) {
    recon::Tape tape;
    return recon::Parser(tape).block(text);
}

/// Recon as a person writes it, as it must stand behind a header.
std::string as_body(const std::string& text) {
    recon::Tape tape;
    recon::Parser parser(tape);
    if (!parser.block(text))
        throw Failure(Failure::Kind::usage, "not Recon: " + text + " (" + parser.error().what + " at byte " +
                                                std::to_string(parser.error().offset) + ")");
    ByteBuffer out;
    recon::put_body(tape.root(), out);
    return std::string(out.view());
}

}  // namespace

WarpOptions warp_options(const Globals& globals) {
    WampOptions options = wamp_options(globals);
    return {options.address, options.realm,   options.tls_ca,     options.timeout,
            options.tls_cert, options.tls_key, options.credentials};
}

std::string read_body(const std::string& text, std::istream& input) {
    constexpr std::string_view tag = "recon:";
    if (text.starts_with(tag)) return as_body(text.substr(tag.size()));
    bool looks = (text.starts_with('@') && text != "@-") || text.starts_with('{');
    if (looks && !is_json(text) && is_recon(text)) return as_body(text);
    Arguments arguments = Arguments{}.with(value_to_json(text, input));
    ByteBuffer out;
    put_body(arguments.payload(), out);
    return std::string(out.view());
}

std::string render_body(Form form, const Envelope& envelope) {
    if (form == Form::raw) return written(envelope.body) + "\n";
    auto change = entry_change(envelope.body);
    if (form == Form::human) {
        if (!change) {
            BodyPayload payload;
            if (!payload.read(envelope.body)) return "(nested too deeply)\n";
            std::string text = render_payload(Form::human, payload.view());
            return text.empty() ? "(no value)\n" : text;
        }
        if (change->name == "clear") return "cleared\n";
        return human_change(*change, human_value(json_of(change->value)));
    }
    std::string out = "{\"node\":" + text_to_json(envelope.node) + ",\"lane\":" + text_to_json(envelope.lane);
    if (!change) return out + ",\"value\":" + json_of(envelope.body) + "}\n";
    out += ",\"change\":" + text_to_json(change->name);
    if (!change->key.empty()) out += ",\"key\":" + change->key;
    if (!change->index.empty()) out += ",\"index\":" + change->index;
    if (!change->from.empty()) out += ",\"from\":" + change->from;
    if (!change->to.empty()) out += ",\"to\":" + change->to;
    if (change->name == "update") out += ",\"value\":" + json_of(change->value);
    return out + "}\n";
}

Failure refused_by(const Envelope& unlinked, const Globals& globals) {
    std::string lane = std::string(unlinked.node) + " " + std::string(unlinked.lane);
    bool named = !unlinked.body.empty() && unlinked.body.begin->kind == Node::Kind::attribute;
    std::string why = named ? std::string(unlinked.body.begin->text) : "";
    if (why == "notAuthorized")
        return {Failure::Kind::not_let_in, "not authorized to link " + lane, {"as " + describe_identity(globals)}};
    if (why == "nodeNotFound")
        return {Failure::Kind::refused, "no such node: " + lane, {"a node is a path: heddle lane of TOPIC names it"}};
    if (why == "laneNotFound") return {Failure::Kind::refused, "no such lane: " + lane};
    return {Failure::Kind::refused, "link ended: " + lane + (why.empty() ? "" : " (" + why + ")")};
}

}  // namespace heddle::cli
