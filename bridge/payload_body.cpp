#include "bridge/payload_body.hpp"

#include "serializers/any_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/recon_reader.hpp"
#include "serializers/recon_tags.hpp"
#include "serializers/recon_writer.hpp"
#include "serializers/transcode.hpp"

namespace heddle {
namespace {

using recon::Items;
using recon::Node;
using Kind = Token::Kind;

/// The only argument, where it can stand for itself. Otherwise `out` is as it was.
template <class Reader>
bool put_plain(Reader& reader, ByteBuffer& out) {
    const std::size_t before = out.size();
    reader.next();  // the list of arguments
    ReconWriter writer(out, ReconWriter::Place::body);
    Kind first = Kind::null;
    std::size_t depth = 0, elements = 0;  // of a list: those in it
    for (bool started = false;; started = true) {
        const Token token = reader.next();
        const bool opens = token.kind == Kind::list_begin || token.kind == Kind::map_begin;
        const bool closes = token.kind == Kind::list_end || token.kind == Kind::map_end;
        if (!started && (closes || token.kind == Kind::null)) return false;
        if (!started) first = token.kind;
        writer.write(token);
        elements += depth == 1 && !closes;
        depth += opens;
        depth -= closes;
        if (depth == 0) break;
    }
    const bool empty = first == Kind::list_begin ? elements == 0 : out.view().substr(before) == "@dict";
    if (empty || reader.next().kind != Kind::list_end) {
        out.truncate(before);
        return false;
    }
    if (first == Kind::list_begin && elements == 1) {  // {5} would be read as 5
        *out.insert(before, 1) = '{';
        out.push_back('}');
    }
    return true;
}

void put_value(const Payload& payload, std::string_view value, ReconWriter::Place place, ByteBuffer& out) {
    with_reader(payload.origin, value, [&](auto&& reader) { return transcode(reader, ReconWriter(out, place), out); });
}

bool is_list(const Node& node) {
    if (node.kind == Node::Kind::extant) return true;
    if (node.kind != Node::Kind::record) return false;
    for (Items items = items_of(node); !items.empty(); items = items.rest())
        if (!items.begin->bare()) return false;
    return true;
}

bool is_map(const Node& node) {
    if (node.kind == Node::Kind::extant) return true;
    if (node.kind != Node::Kind::record) return false;
    const Items all = items_of(node);
    if (all.single() && all.begin->kind == Node::Kind::attribute)
        return all.begin->text == recon::dict_tag && value_of(*all.begin).kind == Node::Kind::extant;
    for (Items items = all; !items.empty(); items = items.rest())
        if (items.begin->kind != Node::Kind::slot || key_of(*items.begin).kind != Node::Kind::text) return false;
    return true;
}

bool holds_something(const Node* node) { return node && node->kind == Node::Kind::record && !items_of(*node).empty(); }

}  // namespace

void put_body(const Payload& payload, ByteBuffer& out) {
    const bool no_kwargs = is_empty(payload.origin, payload.kwargs);
    const auto plain = [&](auto&& reader) { return put_plain(reader, out); };
    if (no_kwargs && !payload.args.empty() && with_reader(payload.origin, payload.args, plain)) return;
    const bool no_args = is_empty(payload.origin, payload.args);
    if (no_args && no_kwargs) return;
    out.append("@wamp(");
    if (!no_args) {
        out.append("args:");
        put_value(payload, payload.args, ReconWriter::Place::value, out);
    }
    if (!no_kwargs) {
        out.append(no_args ? "kwargs:" : ",kwargs:");
        put_value(payload, payload.kwargs, ReconWriter::Place::names, out);
    }
    out.push_back(')');
}

// ---- back

bool BodyPayload::read(Items body) {
    args_.clear();
    kwargs_.clear();
    if (body.empty()) return true;
    bool wrapped = false;
    if (!read_wrapped(body, wrapped) || wrapped) return wrapped;
    MsgpackWriter writer(args_);
    writer.list_begin(1);
    ReconReader reader(body, depth_max - 1);
    for (;;) {
        const Token token = reader.next();
        if (token.kind == Kind::error) return false;
        if (token.kind == Kind::end) break;
        writer.write(token);
    }
    writer.list_end();
    return true;
}

// @wamp(args:{..},kwargs:{..}) and nothing else; what only looks like it is a value like any other.
bool BodyPayload::read_wrapped(Items body, bool& wrapped) {
    if (!body.single() || body.begin->kind != Node::Kind::attribute || body.begin->text != recon::payload_tag)
        return true;
    const Node& value = value_of(*body.begin);
    const Node *args = nullptr, *kwargs = nullptr;
    if (value.kind == Node::Kind::record) {
        for (Items items = items_of(value); !items.empty(); items = items.rest()) {
            if (items.begin->kind != Node::Kind::slot || key_of(*items.begin).kind != Node::Kind::text) return true;
            const std::string_view key = key_of(*items.begin).text;
            const Node*& place = key == "args" ? args : kwargs;
            if ((key != "args" && key != "kwargs") || place) return true;
            place = &value_of_slot(*items.begin);
        }
    }
    if ((value.kind != Node::Kind::extant && !args && !kwargs) || (args && !is_list(*args)) ||
        (kwargs && !is_map(*kwargs)))
        return true;
    wrapped = true;
    if (holds_something(args) && !transcode(ReconReader(*args), MsgpackWriter(args_), args_)) return wrapped = false;
    if (!holds_something(kwargs) || transcode(ReconReader(*kwargs), MsgpackWriter(kwargs_), kwargs_)) return true;
    return wrapped = false;
}

}  // namespace heddle
