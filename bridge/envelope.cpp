#include "bridge/envelope.hpp"

#include <cmath>

#include "serializers/recon_chars.hpp"
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

/// Takes the text or word that `left` begins with, where it stands in it as it is.
bool take_plain(std::string_view& left, std::string_view& out) {
    const char *at = left.data(), *end = at + left.size();
    const bool quoted = left.starts_with('"');
    const char* from = quoted ? at + 1 : at;
    const char* to = quoted ? recon::plain_run(from, end, '"') : recon::word_end(from, end);
    if (to == end || (quoted && *to != '"')) return false;
    out = {from, static_cast<std::size_t>(to - from)};
    left.remove_prefix(static_cast<std::size_t>(to - at) + quoted);
    return quoted || recon::is_plain_word(out);
}

bool take(std::string_view& left, std::string_view expected) {
    if (!left.starts_with(expected)) return false;
    left.remove_prefix(expected.size());
    return true;
}

/// The header as all peers write it, `@tag(node:"..",lane:..)`, without the detour over a tape. False: look closer.
bool take_usual_header(std::string_view& left, Envelope& envelope) {
    const std::size_t open = left.substr(0, 16).find('(');
    if (open == std::string_view::npos || left.front() != '@' || !find_kind(left.substr(1, open - 1), envelope.kind))
        return false;
    left.remove_prefix(open + 1);
    return has_lane(envelope.kind) && take(left, "node:") && take_plain(left, envelope.node) && take(left, ",lane:") &&
           take_plain(left, envelope.lane) && take(left, ")");
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
    envelope_ = {};
    what_.clear();
    std::string_view rest = frame;
    if (take_usual_header(rest, envelope_) && parser_.body_at(frame, frame.size() - rest.size())) {
        envelope_.body = items_of(tape_.root());
        return Found::envelope;
    }
    envelope_ = {};
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
