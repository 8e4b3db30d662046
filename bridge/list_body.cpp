#include "bridge/list_body.hpp"

#include "bridge/payload_body.hpp"
#include "serializers/msgpack_reader.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/recon_reader.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/recon_writer.hpp"
#include "serializers/transcode.hpp"

namespace heddle {
namespace {

using Change = ListChange::Kind;
using Kind = ListCommand::Kind;
using recon::Node;

void put_index(std::string_view name, std::size_t index, ByteBuffer& out) {
    out.append(name);
    recon::put_integer(static_cast<std::int64_t>(index), out);
}

void put_key(std::string_view key, ByteBuffer& out) {
    out.append(",key:");
    transcode(MsgpackReader(key), ReconWriter(out), out);
    out.push_back(')');
}

std::optional<std::size_t> count_in(const Node& node) {
    if (node.kind != Node::Kind::integer || node.integer < 0) return std::nullopt;
    return static_cast<std::size_t>(node.integer);
}

Kind kind_of(std::string_view tag) {
    if (tag == "update") return Kind::update;
    if (tag == "move") return Kind::move;
    return tag == "remove" ? Kind::remove : Kind::none;
}

void read_slot(std::string_view name, const Node& value, ListCommand& into) {
    if (name == "index" || name == "from") into.index = count_in(value);
    if (name == "to") into.to = count_in(value);
    if (name != "key" || value.kind == Node::Kind::absent || value.kind == Node::Kind::extant) return;
    ByteBuffer key;
    if (transcode(ReconReader(value), MsgpackWriter(key), key)) into.key = key.view();
}

}  // namespace

void put_list_entry(std::size_t index, std::string_view key, ByteBuffer& out) {
    put_index("@update(index:", index, out);
    put_key(key, out);
}

void put_list_change(const ListChange& change, ByteBuffer& out) {
    switch (change.kind) {
        case Change::none:
            return;
        case Change::inserted:
        case Change::updated:
            put_list_entry(change.index, change.key, out);
            return put_body(change.value, out);
        case Change::moved:
            put_index("@move(from:", change.from, out);
            put_index(",to:", change.index, out);
            return put_key(change.key, out);
        case Change::removed:
            put_index("@remove(index:", change.index, out);
            return put_key(change.key, out);
        case Change::cleared:
            return out.append("@clear");
    }
}

ListCommand list_command(recon::Items body) {
    ListCommand command;
    if (body.empty() || body.begin->kind != Node::Kind::attribute) return command;
    const Node& header = value_of(*body.begin);
    command.kind = kind_of(body.begin->text);
    command.value = body.rest();
    if (header.kind != Node::Kind::record) return command;
    for (recon::Items slots = items_of(header); !slots.empty(); slots = slots.rest()) {
        const Node& slot = *slots.begin;
        if (slot.kind == Node::Kind::slot && key_of(slot).kind == Node::Kind::text)
            read_slot(key_of(slot).text, value_of_slot(slot), command);
    }
    return command;
}

}  // namespace heddle
