#include "bridge/body_cache.hpp"

#include "bridge/envelope.hpp"
#include "bridge/list_body.hpp"
#include "bridge/map_keys.hpp"
#include "bridge/names.hpp"
#include "bridge/payload_body.hpp"
#include "serializers/removal.hpp"

namespace heddle {
namespace {

/// Links mostly spell a node alike. Whoever does not gets a frame of its own, rather than make everybody search long.
constexpr std::size_t spellings_max = 16;
constexpr std::string_view event_tag = "@event";

SharedBytes encode_body(const Payload& payload) {
    ByteBuffer body;
    put_body(payload, body);
    return body.freeze();
}

}  // namespace

const SharedBytes& kept_body(const Payload& payload, KeptCopy& place) {
    if (!place) place.set(encode_body(payload));
    return place.bytes();
}

void put_entry_head(bool removed, Match match, std::string_view pattern, std::string_view topic, ByteBuffer& out) {
    out.append(removed ? "@remove(key:" : "@update(key:");
    put_map_key(match, pattern, topic, out);
    out.push_back(')');
}

/// Is it a publication that was not seen yet?
bool BodyCache::begin(const Event& event) {
    if (event.publication && event.publication == publication_) return false;
    publication_ = event.publication;
    frames_.clear();
    body_ = {};
    return true;
}

void BodyCache::prepare(const Event& event) {
    if (!begin(event)) return;
    removal_ = is_removal(event.payload);
    if (removal_) return;
    const bool there = event.state.kept() && *event.state.body;
    body_ = event.state.kept() ? kept_body(event.payload, *event.state.body) : encode_body(event.payload);
    encoded_ += !there;
}

// A header ends where its parentheses close, so a frame begins with it if and only if it is the frame's.
const SharedBytes* BodyCache::find(SubscriptionId subscription, std::string_view header) const {
    for (const Shared& shared : frames_)
        if (shared.subscription == subscription && shared.frame.view().substr(event_tag.size()).starts_with(header))
            return &shared.frame;
    return nullptr;
}

SharedBytes BodyCache::keep(const Event& event, ByteBuffer frame) {
    SharedBytes shared = frame.freeze();
    if (frames_.size() < spellings_max) frames_.push_back({event.subscription, shared});
    return shared;
}

SharedBytes BodyCache::event_frame(const Event& event, std::string_view header) {
    prepare(event);
    if (const SharedBytes* found = find(event.subscription, header)) return *found;
    ByteBuffer frame(event_tag.size() + header.size() + body_.size());
    put_envelope(EnvelopeKind::event, header, frame);
    frame.append(body_.view());
    return keep(event, std::move(frame));
}

void BodyCache::put_event(const Event& event, std::string_view header, ByteBuffer& out) {
    put_envelope(EnvelopeKind::event, header, out);
    if (is_removal(event.payload)) return;
    put_body(event.payload, out);
    ++encoded_;
}

SharedBytes BodyCache::list_frame(const Event& event, std::string_view header) {
    begin(event);
    if (const SharedBytes* found = find(event.subscription, header)) return *found;
    ListOperation operation;
    ListChange change;
    ByteBuffer frame(event_tag.size() + header.size() + event.payload.args.size() + event.payload.kwargs.size() + 32);
    put_envelope(EnvelopeKind::event, header, frame);
    if (read_list_event(event.payload, operation, change)) put_list_change(change, frame);
    ++encoded_;
    return keep(event, std::move(frame));
}

SharedBytes BodyCache::entry_frame(const Event& event, std::string_view header, Match match, std::string_view pattern) {
    prepare(event);
    if (const SharedBytes* found = find(event.subscription, header)) return *found;
    ByteBuffer frame(event_tag.size() + header.size() + event.details.topic.size() + 24 + body_.size());
    put_envelope(EnvelopeKind::event, header, frame);
    put_entry_head(removal_, match, pattern, event.details.topic, frame);
    frame.append(body_.view());
    return keep(event, std::move(frame));
}

}  // namespace heddle
