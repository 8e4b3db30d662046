#include "tests/simulation/warp_client.hpp"

#include "tests/simulation/names.hpp"

namespace heddle::sim {
namespace {

std::string header(std::string_view node, std::string_view lane) {
    return "(node:\"" + std::string(node) + "\",lane:" + std::string(lane) + ")";
}

std::string key_of(std::string_view frame) {
    const std::size_t at = frame.find("key:");
    return at == std::string_view::npos ? std::string() : std::string(frame.substr(at + 4, 2));
}

}  // namespace

const WarpClient::Lane& WarpClient::any_lane() {
    static constexpr Lane lanes[] = {
        {"/town/event", "a", "town.event.a", Kind::event},    {"/town/event", "b", "town.event.b", Kind::event},
        {"/town/left", "door", "town.left.door", Kind::event}, {"/town/edited", "a", "town.edited.a", Kind::event},
        {"/town/value", "a", "town.value.a", Kind::value},    {"/town/value", "b", "town.value.b", Kind::value},
        {"/town", "map", "town.map.", Kind::map},
    };
    return lanes[dice_.below(std::size(lanes))];
}

void WarpClient::do_something() {
    if (!open_) return;
    const auto what = dice_.below(100);
    if (what < 30) return link();
    if (what < 36) return unlink();
    if (what < 92) return command();
    if (what < 97) return leave(dice_.percent(60) ? Wire::End::closed : Wire::End::reset);
    if (dice_.percent(30)) leave(Wire::End::cut);
}

void WarpClient::on_end() {
    open_ = false;
    published_ = 0;
    links_.clear();
}

std::string WarpClient::check_settled() const {
    if (!reads() || !in_session()) return {};
    for (const auto& [name_of_link, link] : links_) {
        if (link.ending) continue;
        if (!link.linked || !link.synced) return name() + ": link " + name_of_link + " was never answered";
        for (const auto& [topic, record] : link.hearings) {
            if (link.lane->kind != Kind::event && !stage_.keeps_all()) continue;
            const std::string wrong = link.lane->kind == Kind::event ? record.missing() : record.stale();
            if (!wrong.empty()) return name() + ": link " + name_of_link + ": " + wrong;
        }
    }
    return {};
}

void WarpClient::link() {
    const Lane& lane = any_lane();
    const std::string name_of_link = header(lane.node, lane.lane);
    if (links_.contains(name_of_link)) return;
    links_[name_of_link].lane = &lane;
    log("sync " + name_of_link);
    say("@sync" + name_of_link);
}

void WarpClient::unlink() {
    for (auto& [name_of_link, link] : links_) {
        if (link.ending || dice_.percent(50)) continue;
        link.ending = true;
        log("unlink " + name_of_link);
        return say("@unlink" + name_of_link);
    }
}

void WarpClient::command() {
    const Lane& lane = any_lane();
    const auto times = dice_.percent(stage_.flood() ? 60 : 20) ? dice_.between(5, 40) : 1;
    const std::size_t padding = dice_.below(dice_.percent(stage_.flood() ? 80 : 15) ? 1500 : 120);
    for (std::int64_t i = 0; i < times; ++i) {
        std::string body;
        if (lane.kind == Kind::map) {
            const std::string key = "k" + std::to_string(dice_.below(4));
            body = (dice_.percent(10) ? "@remove(key:" : "@update(key:") + key + ")";
        }
        const Token token{id_, life_, ++published_, true};
        if (!body.starts_with("@remove")) body.append("\"").append(text_of(token, padding)).append("\"");
        log("command " + std::string(lane.topic) + " " + short_text(token));
        say("@command" + header(lane.node, lane.lane) + body);
    }
}

Hearing& WarpClient::hearing(Link& link, const std::string& topic) {
    return link.hearings.try_emplace(topic, stage_.ledger(), topic, id_, life_, false).first->second;
}

void WarpClient::on_message(std::string_view frame) {
    if (reader_.read(frame) != EnvelopeReader::Found::envelope) return fault("got what is no envelope: " + std::string(frame));
    const Envelope& envelope = reader_.envelope();
    if (!has_lane(envelope.kind)) return;
    const std::string name_of_link = header(envelope.node, envelope.lane);
    log("< " + std::string(name_of(envelope.kind)) + " " + name_of_link);
    const auto found = links_.find(name_of_link);
    if (found == links_.end()) return fault("learned of link " + name_of_link + ", which it has not");
    Link& link = found->second;
    switch (envelope.kind) {
        case EnvelopeKind::linked:
            link.linked = true;
            if (link.lane->kind != Kind::map) {
                hearing(link, std::string(link.lane->topic));
            } else {
                for (const std::string& topic : all_topics())
                    if (is_map_entry(topic)) hearing(link, topic);
            }
            break;
        case EnvelopeKind::synced:
            link.synced = true;
            break;
        case EnvelopeKind::unlinked:
            if (!link.ending && !is_edited(link.lane->topic) && !stage_.ending())
                return fault("was unlinked: " + std::string(frame));
            links_.erase(found);
            break;
        case EnvelopeKind::event:
            if (!link.linked) return fault("an event came before @linked: " + name_of_link);
            link.lane->kind == Kind::map ? on_map_event(link, frame) : on_event(link, frame);
            break;
        default:
            fault("got what no server sends: " + std::string(frame));
    }
}

void WarpClient::on_event(Link& link, std::string_view frame) {
    Hearing& record = hearing(link, std::string(link.lane->topic));
    const auto token = find_token(frame);
    log("  is " + (token ? short_text(*token) : std::string("empty")));
    if (link.lane->kind == Kind::value && !token) return record.received_no_state();
    std::string wrong = "an empty event";
    if (token) wrong = link.lane->kind == Kind::value ? record.received_state(*token) : record.received(*token, reads());
    // Where the realm has no room for states, their events come one by one beside the states that it keeps (README.md).
    if (link.lane->kind == Kind::value && !stage_.keeps_all()) return;
    if (!wrong.empty()) fault("link to " + wrong);
}

void WarpClient::on_map_event(Link& link, std::string_view frame) {
    const std::string key = key_of(frame);
    const auto token = find_token(frame);
    log("  is " + key + " " + (token ? short_text(*token) : std::string("without a value")));
    if (key.empty()) {  // @clear
        for (auto& [topic, record] : link.hearings) record.received_no_state();
        return;
    }
    Hearing& record = hearing(link, std::string(link.lane->topic) + key);
    if (!token) return record.received_no_state();
    const std::string wrong = record.received_state(*token);
    if (!wrong.empty() && stage_.keeps_all()) fault("link to the map: " + wrong);
}

}  // namespace heddle::sim
