#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "bridge/envelope.hpp"
#include "bridge/names.hpp"
#include "bridge/payload_body.hpp"
#include "tests/bridge/recorded_frames.hpp"
#include "tests/bridge/warp_script.hpp"
#include "tests/serializers/recon_form.hpp"

/// What recorded clients said to real Swim servers (tests/data/warp-captures), said to ours: the answers must mean the
/// same, lane by lane; between lanes no order is promised (docs/warp.md 2.3).
namespace heddle::test {
namespace {

using nlohmann::json;

/// What the frame means, however it is written.
json meaning(json form) {
    if (form.is_object() && form.contains("$uint32")) return form["$uint32"];
    if (form.is_object() && form.contains("@int")) return {{"$int", form["@int"]}};
    if (form.is_number_integer() && std::llabs(form.get<std::int64_t>()) > recon::safe_integer_max)
        return {{"$int", std::to_string(form.get<std::int64_t>())}};
    if (form.is_number_float() && std::floor(form.get<double>()) == form.get<double>())
        return static_cast<std::int64_t>(form.get<double>());
    if (form.is_structured())
        for (json& part : form) part = meaning(std::move(part));
    return form;
}

/// What one side told, by connection and header.
class Told {
 public:
    using Key = std::pair<int, std::string>;
    using Lanes = std::map<Key, std::vector<std::string>>;

    explicit Told(bool ours) : ours_(ours) {}
    void frame(int connection, const std::string& frame);
    Lanes& lanes() { return lanes_; }

 private:
    bool spread(const Key& lane, const json& body);
    bool list_change(const Key& lane, json& body);

    bool ours_;
    Lanes lanes_;
    std::map<Key, std::vector<json>> keys_;  // of maps, in their order
};

void Told::frame(int connection, const std::string& frame) {
    if (frame.starts_with("CLOSED")) {
        lanes_[{connection, ""}].push_back("CLOSED");
        return;
    }
    json form = meaning(recon::test::form_of(frame));
    ASSERT_TRUE(form.is_array() && form[0].is_object()) << frame;
    const std::string tag = form[0].begin().key();
    const Key lane{connection, form[0].begin().value().dump()};
    form.erase(0);
    const bool list = lane.second.find("\"list\"") != std::string::npos;
    if (tag == "@event" && (list ? list_change(lane, form) : spread(lane, form))) return;
    if (tag == "@unlinked" && form == json{"Link closed."}) form.clear();  // Rust's
    if (form == json::array()) form = nullptr;
    lanes_[lane].push_back(tag + " " + form.dump());
}

// The recorded servers tell clear, drop and take as such, ours entry by entry (bridge/README.md, Commands). The clear
// that ours says at each sync is ours alone: clients keep entries over reconnects.
bool Told::spread(const Key& lane, const json& body) {
    if (body.empty() || !body[0].is_object()) return false;
    std::vector<json>& keys = keys_[lane];
    const std::string tag = body[0].begin().key();
    const json& value = body[0].begin().value();
    if (tag == "@update" || tag == "@remove") {
        const json key = value[0][":"][1];
        std::erase(keys, key);
        if (tag == "@update") keys.push_back(key);
        return false;
    }
    const bool clear = tag == "@clear", drop = tag == "@drop", take = tag == "@take";
    if (!clear && !drop && !take) return false;
    if (ours_) return clear;
    const std::size_t count = std::min(clear ? 0 : value.get<std::size_t>(), keys.size());
    const auto from = keys.begin() + static_cast<std::ptrdiff_t>(take ? count : 0);
    const auto to = drop ? keys.begin() + static_cast<std::ptrdiff_t>(count) : keys.end();
    for (auto key = from; key != to; ++key)
        lanes_[lane].push_back("@event " + json::array({{{"@remove", {{{":", {"key", *key}}}}}}}).dump());
    keys.erase(from, to);
    return true;
}

// Java forgets the key of what it moves or removes where the command did not say it, ours tells it; the key of an entry
// that came without one is random. True: ours alone, as above.
bool Told::list_change(const Key& lane, json& body) {
    if (body.empty() || !body[0].is_object()) return false;
    const std::string tag = body[0].begin().key();
    std::vector<json>& keys = keys_[lane];
    if (tag == "@clear") return std::exchange(keys, {}).empty();
    for (json& slot : body[0].begin().value()) {
        if (slot[":"][0] != "key") continue;
        json& key = slot[":"][1];
        if (tag == "@update") keys.push_back(key);
        if (tag != "@update" || key != "k1") key = "some key";
    }
    return false;
}

/// The recorded servers' own application: what is sent to `publish` goes to `feed` and becomes the `value` of its node.
void run_application(WarpPlay& play, const std::string& frame) {
    EnvelopeReader reader;
    if (reader.read(frame) != EnvelopeReader::Found::envelope) return;
    const Envelope& envelope = reader.envelope();
    if (envelope.kind != EnvelopeKind::command || envelope.lane != "publish") return;
    BodyPayload body;
    ASSERT_TRUE(body.read(envelope.body));
    for (const char* lane : {"feed", "value"}) {
        const std::string topic = topic_of(envelope.node, lane).uri;
        PublishOptions options;
        options.retain = lane == std::string("value");
        play.message("application", Publish{{}, options, topic, body.view()});
    }
}

RealmSettings recorded_lanes() {
    RealmSettings settings = open_realm({{Match::wildcard, "unit..value", LaneKind::value},
                                         {Match::wildcard, "unit..map", LaneKind::map},
                                         {Match::wildcard, "unit..list", LaneKind::list},
                                         {Match::wildcard, "unit..feed", LaneKind::event},
                                         {Match::wildcard, "unit..publish", LaneKind::event}});
    return settings;
}

std::set<std::string> replay(const std::string& name, const std::string& server, int& compared) {
    std::set<std::string> used;
    Told theirs(false), ours(true);
    WarpPlay play(recorded_lanes());
    play.join("application");
    std::set<int> open;
    const auto peer = [](int connection) { return std::to_string(connection); };
    const auto collect = [&] {
        for (const int connection : open)
            for (std::string frame; !(frame = play.next(peer(connection))).empty();) ours.frame(connection, frame);
    };
    const int before = compared;
    for (const Line& line : load_capture(name, server, used)) {
        const std::string name_of_peer = peer(line.connection);
        if (line.kind == Line::Kind::closed) play.lose(name_of_peer);
        if (line.kind == Line::Kind::told) {
            theirs.frame(line.connection, line.frame);
            ++compared;
        }
        if (line.kind != Line::Kind::said) continue;
        if (open.insert(line.connection).second) play.open(name_of_peer);
        play.frame(name_of_peer, line.frame);
        run_application(play, line.frame);
        collect();
    }
    EXPECT_GT(compared, before) << name;
    for (const auto& [lane, frames] : theirs.lanes())
        EXPECT_EQ(ours.lanes()[lane], frames) << name << " connection " << lane.first << " " << lane.second;
    for (const auto& [lane, frames] : ours.lanes())
        EXPECT_TRUE(frames.empty() || theirs.lanes().contains(lane))
            << name << " connection " << lane.first << " " << lane.second << " " << frames[0];
    return used;
}

struct Capture {
    const char *name, *server;  // java, rust, or js: a stub, where only the client's side is evidence
};
constexpr Capture captures[] = {
    {"java-server-probe", "java"},
    {"java-server-payload-forms", "java"},
    {"java-server-idle", "java"},
    {"js-client-java-server", "java"},
    {"rust-server-probe", "rust"},
    {"rust-server-probe2", "rust"},
    {"rust-server-payload-forms", "rust"},
    {"rust-server-idle", "rust"},
    {"js-value-downlink", "js"},
    {"js-map-downlink", "js"},
    {"js-event-downlink", "js"},
    {"js-list-downlink", "js"},
    {"js-command-only", "js"},
    {"js-auth", "js"},
    {"js-reconnect", "js"},
    {"js-prio-rate", "js"},
    {"js-host-path-query", "js"},
    {"js-map-resync-clear", "js"},
    {"js-unlinked-error", "js"},
    {"js-idle-45s", "js"},
    {"js-malformed-from-server", "js"},
};
constexpr const char* counts = "conflation";  // what readers got that had stopped: numbers, no frames

TEST(Captures, NoneIsLeftOut) {
    std::set<std::string> known{counts}, there;
    for (const Capture& capture : captures) known.insert(capture.name);
    for (const auto& entry : std::filesystem::directory_iterator(std::string(HEDDLE_TEST_DATA) + "/warp-captures"))
        if (entry.path().extension() == ".jsonl") there.insert(entry.path().stem());
    EXPECT_EQ(known, there);
}

TEST(Captures, RecordedClientsAreAnsweredAsTheRecordedServersDid) {
    std::set<std::string> used;
    int compared = 0;
    for (const Capture& capture : captures)
        if (capture.server != std::string("js")) used.merge(replay(capture.name, capture.server, compared));
    EXPECT_GT(compared, 150);
    for (const Difference& difference : known_differences())
        EXPECT_TRUE(used.contains(difference.why))
            << "no frame differs so: " << difference.why << " (" << difference.where << ")";
}

/// Against a stub only the client's side is evidence: all it says is understood, and all it is told is well-formed.
TEST(Captures, WhatSwimsJavaScriptClientSaysIsUnderstood) {
    int frames = 0;
    for (const Capture& capture : captures) {
        if (capture.server != std::string("js")) continue;
        std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/warp-captures/" + capture.name + ".jsonl");
        WarpPlay play(recorded_lanes());
        play.open("js");
        for (std::string text; std::getline(file, text);) {
            const json line = json::parse(text);
            if (line["dir"] != "c2s" || line["kind"] != "text") continue;
            const std::string frame = line["data"];
            play.frame("js", frame);
            ++frames;
            int answers = 0;
            for (std::string answer; !(answer = play.next("js")).empty(); ++answers) {
                if (answer == "CLOSED refused" && frame.starts_with("@auth")) continue;
                EnvelopeReader reader;
                EXPECT_EQ(reader.read(answer), EnvelopeReader::Found::envelope)
                    << capture.name << ": " << frame << " answered " << answer;
            }
            const bool asks = frame.starts_with("@sync") || frame.starts_with("@link") || frame.starts_with("@auth");
            EXPECT_TRUE(answers > 0 || !asks) << capture.name << ": " << frame;
            if (frame.starts_with("@auth")) break;  // denied, and the connection closed: its tokens were for anybody's server
        }
    }
    EXPECT_GT(frames, 60);
}

/// Readers that stopped reading through 20,000 commands: they end on what the recorded ones ended on, with no more
/// events. A lossless lane is bounded here, where the recorded servers queued 20 MB (bridge/README.md, Flow).
TEST(Captures, ReadersThatStoppedEndOnWhatTheRecordedOnesEndedOn) {
    std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/warp-captures/" + counts + ".jsonl");
    int servers = 0;
    for (std::string text; std::getline(file, text); ++servers) {
        const json recorded = json::parse(text);
        const int sent = recorded["sent_per_lane"];
        const std::string payload(recorded["payload_bytes"].get<std::size_t>(), 'x');
        for (const char* lane : {"value", "map", "feed"}) {
            const json& theirs = recorded["received_by_paused_readers"][lane];
            const std::string header = lane_header("/unit/1", lane);
            WarpPlay play(recorded_lanes());
            play.open("reader");
            play.open("writer");
            play.frame("reader", "@sync" + header);
            while (!play.next("reader").starts_with("@synced")) continue;
            play.stall("reader", true);
            for (int n = 0; n < sent; ++n) {
                const std::string key =
                    lane == std::string("map") ? "@update(key:k" + std::to_string(n % 10) + ")" : "";
                play.frame("writer", "@command" + header + key + "{n:" + std::to_string(n) + ",x:" + payload + "}");
                while (!play.next("writer").empty()) continue;
            }
            play.stall("reader", false);
            std::vector<int> events;
            std::string end;
            for (std::string frame; !(frame = play.next("reader")).empty();) {
                const std::size_t number = frame.find("{n:");
                if (number == std::string::npos) end = frame;
                if (number != std::string::npos) events.push_back(std::stoi(frame.substr(number + 3)));
            }
            if (lane == std::string("feed")) {
                EXPECT_EQ(end, "CLOSED slow_consumer");
                continue;
            }
            ASSERT_EQ(end, "") << lane;
            ASSERT_FALSE(events.empty()) << lane;
            EXPECT_LE(events.size(), theirs["events"].get<std::size_t>()) << lane;
            const std::size_t keys = lane == std::string("map") ? 10 : 1;
            std::set<int> ours(events.end() - static_cast<std::ptrdiff_t>(keys), events.end());
            std::vector<int> last = theirs["lastTen"];
            EXPECT_EQ(ours, std::set<int>(last.end() - static_cast<std::ptrdiff_t>(keys), last.end())) << lane;
        }
    }
    EXPECT_EQ(servers, 2);
}

}  // namespace
}  // namespace heddle::test
