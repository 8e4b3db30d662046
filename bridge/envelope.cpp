#include "bridge/envelope.hpp"

#include <cmath>

#include "serializers/recon_text.hpp"

namespace heddle {
namespace {

using recon::Items;
using recon::Node;

constexpr std::string_view names[envelope_kind_count] = {"event",  "command",  "link", "linked", "sync",   "synced",
                                                         "unlink", "unlinked", "auth", "authed", "deauth", "deauthed"};

bool find_kind(std::string_view tag, EnvelopeKind& kind) {
    for (std::size_t i = 0; i < envelope_kind_count; ++i)
        if (names[i] == tag) return kind = static_cast<EnvelopeKind>(i), true;
    return false;
}

bool read_number(const Node& node, double& out) {
    if (node.kind != Node::Kind::integer && node.kind != Node::Kind::real) return false;
    out = node.kind == Node::Kind::integer ? static_cast<double>(node.integer) : node.real;
    return true;
}

void put_number(std::string_view name, double value, ByteBuffer& out) {
    if (value == 0) return;
    out.append(name);
    if (std::floor(value) == value && std::fabs(value) < 1e9)
        recon::put_integer(static_cast<std::int64_t>(value), out);
    else
        recon::put_real(value, out);
}

}  // namespace

std::string_view name_of(EnvelopeKind kind) { return names[static_cast<std::size_t>(kind)]; }

bool sent_by_client(EnvelopeKind kind) {
    switch (kind) {
        case EnvelopeKind::command:
        case EnvelopeKind::link:
        case EnvelopeKind::sync:
        case EnvelopeKind::unlink:
        case EnvelopeKind::auth:
        case EnvelopeKind::deauth:
            return true;
        default:
            return false;
    }
}

EnvelopeReader::Found EnvelopeReader::read(std::string_view frame) {
    std::string_view rest;
    envelope_ = {};
    what_.clear();
    const bool tagged = parser_.leading_attribute(frame, rest);
    const bool known = tagged && find_kind(tape_.root().text, envelope_.kind);
    const bool complete = known && (!has_lane(envelope_.kind) || read_header(value_of(tape_.root())));
    if (known && parser_.body(rest)) {
        if (complete) {
            envelope_.body = items_of(tape_.root());
            return Found::envelope;
        }
        what_ = "@" + std::string(name_of(envelope_.kind)) + " needs the texts node and lane";
        return Found::malformed;
    }
    // Not this, or not this alone: it may be well-formed all the same.
    if (!parser_.block(frame)) return Found::malformed;
    if (tape_.root().kind != Node::Kind::absent) return Found::other;
    what_ = "an empty message";
    return Found::malformed;
}

// Named in any order, with more than we know; or positional, as old clients have it: node, lane.
bool EnvelopeReader::read_header(const Node& value) {
    bool node = false, lane = false;
    const Items items = value.kind == Node::Kind::record ? items_of(value) : Items{&value, &value + 1};
    for (Items left = items; !left.empty(); left = left.rest()) {
        const Node& item = *left.begin;
        if (item.kind == Node::Kind::text) {
            if (node && lane) continue;
            (node ? envelope_.lane : envelope_.node) = item.text;
            (node ? lane : node) = true;
        } else if (item.kind == Node::Kind::slot && key_of(item).kind == Node::Kind::text) {
            const std::string_view key = key_of(item).text;
            if (!read_slot(key_of(item), value_of_slot(item))) return false;
            node = node || key == "node";
            lane = lane || key == "lane";
        }
    }
    return node && lane;
}

bool EnvelopeReader::read_slot(const Node& key, const Node& value) {
    if (key.text == "node" || key.text == "lane") {
        if (value.kind != Node::Kind::text) return false;
        (key.text == "node" ? envelope_.node : envelope_.lane) = value.text;
        return true;
    }
    if (key.text == "prio") return read_number(value, envelope_.prio);
    if (key.text == "rate") return read_number(value, envelope_.rate);
    return true;
}

std::string lane_header(std::string_view node, std::string_view lane) { return lane_header(node, lane, 0, 0); }

std::string lane_header(std::string_view node, std::string_view lane, double prio, double rate) {
    ByteBuffer out;
    out.append("(node:");
    recon::put_text(node, out);
    out.append(",lane:");
    recon::put_text(lane, out);
    put_number(",prio:", prio, out);
    put_number(",rate:", rate, out);
    out.push_back(')');
    return std::string(out.view());
}

void put_envelope(EnvelopeKind kind, std::string_view header, ByteBuffer& out) {
    out.push_back('@');
    out.append(name_of(kind));
    out.append(header);
}

}  // namespace heddle
