#include "bridge/meta_records.hpp"

#include <cmath>

#include "serializers/recon_writer.hpp"

namespace heddle {
namespace {

/// A record, slot by slot.
class Record {
 public:
    Record() { writer_.map_begin(); }
    Record& slot(std::string_view name, std::string_view text) {
        writer_.key(name);
        writer_.text(text);
        return *this;
    }
    Record& slot(std::string_view name, std::uint64_t number) {
        writer_.key(name);
        writer_.unsigned_integer(number);
        return *this;
    }
    Record& number(std::string_view name, double number) {
        if (std::floor(number) == number && std::abs(number) < 1e15) {
            writer_.key(name);
            writer_.integer(static_cast<std::int64_t>(number));
            return *this;
        }
        writer_.key(name);
        writer_.real(number);
        return *this;
    }
    Record& flag(std::string_view name) {
        writer_.key(name);
        writer_.boolean(true);
        return *this;
    }
    Record& begin(std::string_view name) {
        writer_.key(name);
        writer_.map_begin();
        return *this;
    }
    Record& end() {
        writer_.map_end();
        return *this;
    }
    std::string take() {
        writer_.map_end();
        return std::string(text_.view());
    }

 private:
    ByteBuffer text_;
    ReconWriter writer_{text_, ReconWriter::Place::body};
};

/// Swim's word for what we call an event lane.
std::string_view swim_type(std::string_view kind) { return kind == "event" ? "supply" : kind; }

}  // namespace

Pulse pulse_of(const Facts& facts) {
    Pulse pulse;
    std::string_view node;
    for (const LaneFacts& lane : facts.lanes) {  // sorted by node
        pulse.nodes += lane.node != node;
        node = lane.node;
    }
    pulse.lanes = facts.lanes.size();
    pulse.links = facts.links.size();
    for (const LinkFacts& link : facts.links) pulse.events += link.events;
    return pulse;
}

std::uint64_t rate(std::uint64_t before, std::uint64_t after, double seconds) {
    if (after <= before || seconds <= 0) return 0;
    return static_cast<std::uint64_t>(std::llround(static_cast<double>(after - before) / seconds));
}

std::string node_record(std::string_view uri, std::size_t lanes, std::size_t links) {
    return Record().slot("nodeUri", uri).slot("laneCount", lanes).slot("linkCount", links).take();
}

std::string child_record(std::string_view uri, std::size_t children) {
    return Record().slot("nodeUri", uri).slot("childCount", children).take();
}

std::string lane_record(const LaneFacts& lane) {
    Record record;
    record.slot("laneUri", lane.lane).slot("laneType", swim_type(lane.kind));
    record.slot("linkCount", lane.links).slot("subscriberCount", lane.subscribers);
    return record.take();
}

std::string link_record(const LinkFacts& link) {
    Record record;
    record.slot("linkKey", link.key).flag("connected").flag("remote");
    record.slot("session", link.session.value).slot("nodeUri", link.node).slot("laneUri", link.lane);
    record.slot("laneType", swim_type(link.kind));
    record.number("prio", link.prio).number("rate", link.rate).slot("waiting", link.waiting);
    return record.take();
}

std::string pulse_record(MetaLane::Scope scope, const Pulse& pulse) {
    Record record;
    if (scope == MetaLane::Scope::host) record.slot("nodeCount", pulse.nodes);
    if (scope != MetaLane::Scope::lane) record.slot("laneCount", pulse.lanes);
    record.begin(scope == MetaLane::Scope::lane ? "uplink" : "uplinks");
    record.slot("linkCount", pulse.links).slot("eventRate", pulse.event_rate).slot("eventCount", pulse.events);
    if (scope == MetaLane::Scope::host)
        record.slot("commandRate", pulse.command_rate).slot("commandCount", pulse.commands);
    return record.end().take();
}

}  // namespace heddle
