#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bridge/credentials.hpp"
#include "bridge/list_body.hpp"
#include "bridge/map_keys.hpp"
#include "bridge/meta_names.hpp"
#include "bridge/payload_body.hpp"
#include "realms/address_block.hpp"
#include "realms/list_operation.hpp"
#include "realms/pattern_index.hpp"
#include "realms/uri_check.hpp"
#include "realms/uri_set.hpp"
#include "realms/wall_clock.hpp"
#include "serializers/base64.hpp"
#include "serializers/codec.hpp"
#include "serializers/escapes.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/utf8.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// The small texts of the core: URIs and patterns, names of lanes, keys of maps, payloads as bodies, list operations,
/// addresses, dates. The first byte says which; the rest is lines. Beside not crashing: what is written of a value reads
/// as that value, what reads is written the same, and two ways to one answer agree.
namespace {

using namespace heddle;
using fuzzing::demand;
using fuzzing::line_of;

constexpr Match matches[] = {Match::exact, Match::prefix, Match::wildcard};
const RealmLimits limits;

std::string whole(LaneName name) { return name.node + " " + name.lane; }

/// A URI that a client may use, and its lane: there and back.
void check_lane(Match match, const std::string& uri) {
    const auto lane = lane_of(match, uri);
    if (!lane) return;
    const TopicName back = topic_of(lane->node, lane->lane);
    demand(bool(back) && back.uri == uri, "a lane names its topic: " + uri + " / " + whole(*lane));
    const bool one_topic = match == Match::wildcard && contains({Match::exact, uri}, {match, uri});  // a pattern without gaps
    demand(back.match == (one_topic ? Match::exact : match), "a lane names its kind of pattern: " + uri);
}

void check_uri(std::string_view text) {
    const std::string uri(text);
    if (!utf8::valid(uri)) return;
    for (const Match match : matches) {
        const bool loose = valid_uri(uri, match, UriCheck::loose, limits);
        demand(loose || !valid_uri(uri, match, UriCheck::strict, limits), "a strict URI is a loose one");
        demand(!loose || uri.size() <= limits.uri_bytes_max, "a URI is bounded");
        if (loose) check_lane(match, uri);
    }
    const bool exact = valid_uri(uri, Match::exact, UriCheck::loose, limits);
    demand(!exact || valid_uri(uri, Match::prefix, UriCheck::loose, limits), "a URI is a prefix");
    demand(!exact || valid_uri(uri, Match::wildcard, UriCheck::loose, limits), "a URI is a wildcard without gaps");
}

void check_patterns(std::string_view rest) {
    const std::string uri = line_of(rest);
    if (!valid_uri(uri, Match::exact, UriCheck::loose, limits)) return;
    PatternIndex index;
    std::vector<std::pair<Match, std::string>> patterns;
    for (std::size_t i = 0; i < 24 && !rest.empty(); ++i) {
        std::string line = line_of(rest);
        const Match match = matches[line.empty() ? 0 : static_cast<unsigned char>(line.back()) % 3];
        if (!valid_uri(line, match, UriCheck::loose, limits) || index.find(match, line) != PatternIndex::none) continue;
        index.insert(match, line, static_cast<PatternIndex::Handle>(patterns.size()));
        patterns.emplace_back(match, std::move(line));
    }
    std::vector<PatternIndex::Handle> found;
    index.match(uri, found);
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        const UriSet set{patterns[i].first, patterns[i].second};
        const bool here = std::find(found.begin(), found.end(), i) != found.end();
        demand(holds(set, uri) == here, "the index finds what holds the URI, and nothing else");
        for (const auto& [match, text] : patterns) {
            const UriSet other{match, text};
            demand(!contains(set, other) || !holds(other, uri) || here, "a set that contains one that holds a URI holds it");
            demand(!here || !holds(other, uri) || intersects(set, other), "sets that hold one URI meet");
            demand(intersects(set, other) == intersects(other, set), "sets meet or do not, whoever asks");
        }
    }
    const auto best = index.best(uri);
    demand(found.empty() == (best == PatternIndex::none), "a best pattern is there if any is");
    for (const auto& [match, text] : patterns) index.erase(match, text);
    demand(index.size() == 0, "an index that lost its patterns is empty");
}

void check_names(std::string_view rest) {
    const std::string node = line_of(rest), lane(rest);
    if (!utf8::valid(node) || !utf8::valid(lane)) return;  // texts of an envelope are
    if (const TopicName topic = topic_of(node, lane)) {
        const auto spelled = lane_of(topic.match, topic.uri);
        demand(spelled.has_value(), "what a lane names has a lane: " + topic.uri);
        const TopicName again = topic_of(spelled->node, spelled->lane);
        demand(again && again.match == topic.match && again.uri == topic.uri, "and that names the same: " + topic.uri);
    }
    if (!is_meta_node(node)) return;
    const MetaLane meta = meta_lane_of(node, lane);
    if (!meta) return;
    demand(meta.permission.starts_with("swim.meta."), "a meta lane has a permission");
    if (meta.node.empty()) return;
    const MetaLane same = meta_lane_of("swim:meta:node/" + [&] {
        std::string segment;
        for (const char c : meta.node) percent_encode(c, segment);
        return segment;
    }(), "pulse");
    demand(bool(same) && same.node == meta.node, "the node of a meta lane names itself");
}

std::optional<std::string> topic_of_text(UriSet map, std::string_view key) {
    recon::Tape tape;
    recon::Parser parser(tape);
    demand(parser.block(key), "a key that is written reads");
    return topic_of_key(map.match, map.uri, tape.root());
}

void check_map_key(std::string_view rest) {
    const std::string pattern = line_of(rest), text(rest);
    const Match match = pattern.empty() || pattern.ends_with('.') ? Match::prefix : Match::wildcard;
    if (!utf8::valid(text) || !utf8::valid(pattern) || !valid_uri(pattern, match, UriCheck::loose, limits)) return;
    const UriSet map{match, pattern};
    if (match == Match::wildcard && pattern.find("..") == pattern.npos && !pattern.starts_with('.')) return;  // no gap
    // A topic of the map, and its key.
    if (valid_uri(text, Match::exact, UriCheck::loose, limits) && holds(map, text) && text != pattern) {
        ByteBuffer key;
        put_map_key(match, pattern, text, key);
        const auto back = topic_of_text(map, key.view());
        demand(back == text, "a key names its topic: " + std::string(key.view()) + " / " + text);
    }
    // A key, and its topic.
    recon::Tape tape;
    recon::Parser parser(tape);
    if (!parser.block(text)) return;
    const auto topic = topic_of_key(match, pattern, tape.root());
    if (!topic) return;
    RealmLimits unbounded;
    unbounded.uri_bytes_max = unbounded.uri_parts_max = ~std::size_t{0};
    demand(valid_uri(*topic, Match::exact, UriCheck::loose, unbounded), "the topic of a key is a URI: " + *topic);
    demand(holds(map, *topic), "no key leaves its map: " + *topic);
    ByteBuffer key;
    put_map_key(match, pattern, *topic, key);
    demand(topic_of_text(map, key.view()) == topic, "no two topics have one key: " + std::string(key.view()));
}

/// `args` and `kwargs` as JSON, each on a line, as the payload of a message that was decoded.
std::optional<Message> published(std::string_view rest, std::string& frame) {
    const std::string args = line_of(rest);
    frame = "[16,1,{},\"a.b\"," + (args.empty() ? "[]" : args) + (rest.empty() ? "]" : "," + std::string(rest) + "]");
    const auto message = decode(Encoding::json, frame);
    if (!message || !std::holds_alternative<Publish>(*message)) return std::nullopt;
    return *message;
}

std::string body_of(const Payload& payload) {
    ByteBuffer out;
    put_body(payload, out);
    return std::string(out.view());
}

void check_body(std::string_view rest) {
    std::string frame;
    const auto message = published(rest, frame);
    if (!message) return;
    const std::string text = body_of(std::get<Publish>(*message).payload);
    recon::Tape tape;
    recon::Parser parser(tape);
    const std::string event = "@event" + text;
    demand(parser.body_at(event, 6), "a body reads: " + text);
    BodyPayload payload;
    if (!payload.read(recon::items_of(tape.root()))) return;  // nested to the limit
    const std::string again = body_of(payload.view());
    demand(again == text, "a body is the payload that it stands for: " + text + " / " + again);
}

void check_list(std::string_view rest) {
    std::string frame;
    const auto message = published(rest, frame);
    if (!message) return;
    ListOperation operation;
    ListChange change;
    if (!read_list_event(std::get<Publish>(*message).payload, operation, change)) return;
    demand(change.key.size() <= ListOperation::key_bytes_max, "a key is bounded");
    ByteBuffer kwargs;
    put_list_kwargs(change, kwargs);
    ListOperation second;
    ListChange again;
    demand(read_list_event({Encoding::msgpack, change.value.args, kwargs.view()}, second, again), "an event reads again");
    const bool one = change.kind != ListChange::Kind::cleared, moved = change.kind == ListChange::Kind::moved;
    demand(again.kind == change.kind && (!moved || again.from == change.from), "and says the same");
    demand(!one || (again.key == change.key && again.index == change.index), "of the same entry");
    demand(again.value.args == change.value.args && again.value.kwargs == change.value.kwargs, "with the same value");
    ByteBuffer body;
    body.append("@event");
    put_list_change(change, body);
    recon::Tape tape;
    recon::Parser parser(tape);
    demand(parser.body_at(body.view(), 6), "a list change reads as Recon: " + std::string(body.view()));
}

void check_commands(std::string_view rest) {
    recon::Tape tape;
    recon::Parser parser(tape);
    const std::string text = "@command" + std::string(rest);
    if (!parser.body_at(text, 8)) return;
    const recon::Items body = recon::items_of(tape.root());
    const auto shown = credentials_of(body);
    demand(!shown || (!shown->method.empty() && (shown->method == "ticket" || shown->authid.empty())),
           "credentials have a method");
    const ListCommand command = list_command(body);
    demand(command.kind == ListCommand::Kind::none || !body.empty(), "a command has a body");
    BodyPayload payload;
    if (!payload.read(body)) return;
    recon::Tape second;
    recon::Parser reader(second);
    const std::string once = body_of(payload.view()), frame = "@command" + once;
    demand(reader.body_at(frame, 8), "a payload is a body: " + once);
    BodyPayload again;
    demand(again.read(recon::items_of(second.root())) && body_of(again.view()) == once, "and a fixed point: " + once);
}

void check_small(std::string_view rest) {
    const std::string text(rest);
    const std::string block = address_block(text);
    demand(address_block(block) == block, "a block is its own");
    if (const auto date = read_date(text); date && *date > -62'135'596'800'000 && *date < 253'402'300'800'000)
        demand(read_date(date_text(*date)) == date, "a date reads as it is written: " + date_text(*date));
    std::string bytes;
    if (base64::decode(text, bytes)) demand(base64::encode(bytes) == text, "base64 has one form");
    demand(base64::decode(base64::encode(text), bytes) && bytes == text, "base64 keeps bytes");
    std::string escaped, plain;
    for (const char c : text) percent_encode(c, escaped);
    demand(percent_decode(escaped, plain) && plain == text, "an escape stands for its byte");
    std::string decoded;
    percent_decode(text, decoded);
    demand(decoded.size() <= text.size(), "an escape is longer than what it stands for");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    constexpr void (*checks[])(std::string_view) = {check_uri,  check_patterns, check_names, check_map_key,
                                                    check_body, check_list,     check_commands, check_small};
    checks[data[0] % std::size(checks)](text);
    return 0;
}
