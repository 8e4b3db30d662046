#include "router/load/envelopes.hpp"

#include <algorithm>

#include "router/load/messages.hpp"

namespace heddle::load {

EnvelopeHead envelope_of(std::string_view frame) {
    constexpr std::pair<std::string_view, FrameName> names[] = {{"@event", FrameName::event},
                                                                {"@linked", FrameName::linked},
                                                                {"@synced", FrameName::synced},
                                                                {"@unlinked", FrameName::unlinked}};
    auto open = frame.find('('), close = frame.find(')');  // the load's own names have none of these
    if (open == frame.npos || close == frame.npos || close < open) return {};
    EnvelopeHead head{FrameName::other, frame.substr(open, close + 1 - open), frame.substr(close + 1)};
    for (auto& [name, kind] : names)
        if (frame.substr(0, open) == name) head.name = kind;
    if (head.body.starts_with(' ')) head.body.remove_prefix(1);
    return head;
}

std::optional<std::uint64_t> stamp_of_body(std::string_view body) {
    if (body.ends_with('"')) body.remove_suffix(1);
    if (body.size() < Messages::stamp_size) return std::nullopt;
    return read_stamp(body.substr(body.size() - Messages::stamp_size));
}

LaneFrames::LaneFrames(std::string_view topic, std::size_t size) : text_(size, 'x') {
    auto dot = topic.rfind('.');
    std::string node(topic.substr(0, dot));
    std::replace(node.begin(), node.end(), '.', '/');
    header_ = "(node:\"/" + node + "\",lane:" + std::string(topic.substr(dot + 1)) + ")";
}

std::string_view LaneFrames::stamped(std::uint64_t stamp) {
    out_.append(text_);
    write_stamp(stamp, out_.data() + out_.size());
    return out_;
}

std::string_view LaneFrames::command(std::uint64_t stamp) {
    out_.assign("@command").append(header_).push_back(' ');
    return stamped(stamp);
}

std::string_view LaneFrames::update(std::string_view key, std::uint64_t stamp) {
    out_.assign("@command").append(header_).append("@update(key:").append(key).append(") ");
    return stamped(stamp);
}

}  // namespace heddle::load
