#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "bridge/envelope.hpp"
#include "bridge/names.hpp"
#include "bridge/payload_body.hpp"
#include "tests/bridge/warp_script.hpp"
#include "tests/serializers/recon_form.hpp"

/// What recorded clients said to real Swim servers (tests/data/warp-captures), said to ours: the answers must mean the
/// same, lane by lane; between lanes no order is promised (docs/warp.md 2.3).
namespace heddle::test {
namespace {

using nlohmann::json;

/// Where ours differs on purpose. Such a frame is not said to our server, and its answers are not compared.
struct Difference {
    const char* server;  // java, rust, or "" for both
    const char* frame;   // a part of it
    const char* why;
    bool itself_only = false;  // leave out the frames of either side that hold it, whatever came before; $ is the end
};
constexpr Difference differences[] = {
    {"java", "\"true\"", "Java writes the text true bare, so that it comes back a bool", "warp.md 1.4, 1"},
    {"java", "-0.0", "Java drops the sign of zero", "warp.md 1.4, 4"},
    {"", "1e400", "an infinity becomes a text in Java and Rust", "warp.md 1.4, 4"},
    {"java", "lane:value){{}}", "Java takes an empty list for nothing, ours comes back wrapped", "warp.md 1.4, 5"},
    {"java", "swim:meta:node/%", "Java rewrites percent escapes in its answer", "warp.md 2.1"},
    {"rust", "[", "Rust cannot read markup and says nothing", "warp.md 1.3"},
    {"rust", "`", "Rust cannot read raw strings and says nothing", "warp.md 1.5"},
    {"rust", "lane:value) 1$", "Rust takes the expression 1+2 as 1", "warp.md 1.5", true},
    {"rust", "prio:", "Rust drops prio and rate from its answer", "warp.md 3"},
    {"rust", "@link(\"", "Rust closes on positional headers", "warp.md 2.1"},
    {"rust", "@sync(node:\"/unit/1\",lane:publish)", "Rust's command lane is never synced", "warp.md 2.3"},
    {"rust", "neverlinked", "Rust answers an unlink without link", "warp.md 2.2"},
    {"", "1+2", "expressions are refused as malformed", "warp.md 1.5"},
    {"", "@drop", "one client does not cut everybody's map", "README.md, Commands"},
    {"", "@take", "one client does not cut everybody's map", "README.md, Commands"},
    {"", ")@clear", "one client does not empty everybody's map", "README.md, Commands"},
    {"", "@auth", "only anonymous clients are let in, for now", "README.md, Bad input"},
    {"", "@deauth", "only anonymous clients are let in, for now", "README.md, Bad input"},
    {"", "lane:list", "list lanes come later", "README.md, To come"},
    {"", "@nosuch", "what is no envelope is ignored, as Swim's clients do", "README.md, Bad input"},
    {"", "?a=1#f", "a query or fragment names no topic", "README.md, Names"},
    {"", "warp://", "a URI with an authority names no topic", "README.md, Names"},
    {"", "%20", "a topic holds no space", "README.md, Names"},
    {"", "lane:nolane", "every name is a topic: there is no unknown lane", "README.md, Names"},
    {"", "/nosuch/", "every name is a topic: there is no unknown node", "README.md, Names"},
    {"", "node:unit,", "every name is a topic: there is no unknown node", "README.md, Names"},
    {"rust", "lane:value){{}}", "an empty list comes back wrapped, since Java takes it for nothing",
     "README.md, Bodies"},
};

struct Line {
    enum class Kind { said, told, closed };
    int connection;
    Kind kind;
    std::string frame;  // "CLOSED" where the server ended it for a fault
};

bool differs(const std::string& server, const std::string& frame, bool itself_only, std::set<std::string>& used) {
    bool any = false;
    for (const Difference& difference : differences) {
        if ((*difference.server && server != difference.server) || difference.itself_only != itself_only) continue;
        if ((frame + "$").find(difference.frame) == std::string::npos) continue;
        used.insert(difference.why);
        any = true;
    }
    return any;
}

std::string lane_of_frame(const std::string& frame) {
    EnvelopeReader reader;
    if (reader.read(frame) != EnvelopeReader::Found::envelope || !has_lane(reader.envelope().kind)) return {};
    return lane_header(reader.envelope().node, reader.envelope().lane);
}

/// The frames to be replayed and the answers to be expected: those on lanes whose last frame is replayed.
std::vector<Line> load(const std::string& name, const std::string& server, std::set<std::string>& used) {
    std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/warp-captures/" + name + ".jsonl");
    EXPECT_TRUE(file) << name;
    std::vector<Line> lines;
    std::map<std::pair<int, std::string>, bool> replayed;
    std::set<int> mute;
    for (std::string text; std::getline(file, text);) {
        const json line = json::parse(text);
        const std::string kind = line.value("kind", "");
        const int connection = line.value("conn", 0);
        const bool from_client = line["dir"] == "c2s";
        std::string frame;
        if (kind == "close") {
            const int code = line.value("code", 0);
            const bool fault = !from_client && (code == 1006 || code == 1002) && replayed[{connection, ""}];
            if (fault) lines.push_back({connection, Line::Kind::told, "CLOSED"});
            lines.push_back({connection, Line::Kind::closed, {}});
        }
        if (kind == "text") frame = line["data"];
        if (kind == "text-fragments")
            for (const auto& part : line["data"]) frame += part.get<std::string>();
        // Rust says nothing more on a map lane after a drop or take (docs/warp.md 3).
        if (from_client && server == "rust" && frame.find("@drop") != std::string::npos) mute.insert(connection);
        if (frame.empty() || mute.contains(connection) || differs(server, frame, true, used)) continue;
        bool& replay = replayed[{connection, lane_of_frame(frame)}];
        if (from_client) replay = replayed[{connection, ""}] = !differs(server, frame, false, used);
        if (replay) lines.push_back({connection, from_client ? Line::Kind::said : Line::Kind::told, frame});
    }
    return lines;
}

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

using Told = std::map<std::pair<int, std::string>, std::vector<std::string>>;  // by connection and header

void tell(Told& told, int connection, const std::string& frame) {
    if (frame.starts_with("CLOSED")) {
        told[{connection, ""}].push_back("CLOSED");
        return;
    }
    json form = meaning(recon::test::form_of(frame));
    ASSERT_TRUE(form.is_array() && form[0].is_object()) << frame;
    const std::string tag = form[0].begin().key(), header = form[0].begin().value().dump();
    if (form.size() == 2 && form[1] == json{{"@clear", nullptr}})
        return;  // ours alone: clients keep state over reconnects
    form.erase(0);
    if (tag == "@unlinked" && form == json{"Link closed."}) form.clear();  // Rust's
    if (form == json::array()) form = nullptr;
    told[{connection, header}].push_back(tag + " " + form.dump());
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
                                         {Match::wildcard, "unit..feed", LaneKind::event},
                                         {Match::wildcard, "unit..publish", LaneKind::event}});
    return settings;
}

std::set<std::string> replay(const std::string& name, const std::string& server) {
    std::set<std::string> used;
    Told theirs, ours;
    WarpPlay play(recorded_lanes());
    play.join("application");
    std::set<int> open;
    const auto peer = [](int connection) { return std::to_string(connection); };
    const auto collect = [&] {
        for (const int connection : open)
            for (std::string frame; !(frame = play.next(peer(connection))).empty();) tell(ours, connection, frame);
    };
    int compared = 0;
    for (const Line& line : load(name, server, used)) {
        const std::string name_of_peer = peer(line.connection);
        if (line.kind == Line::Kind::closed) play.lose(name_of_peer);
        if (line.kind == Line::Kind::told) {
            tell(theirs, line.connection, line.frame);
            ++compared;
        }
        if (line.kind != Line::Kind::said) continue;
        if (open.insert(line.connection).second) play.open(name_of_peer);
        play.frame(name_of_peer, line.frame);
        run_application(play, line.frame);
        collect();
    }
    EXPECT_GT(compared, 5) << name;
    for (const auto& [lane, frames] : theirs)
        EXPECT_EQ(ours[lane], frames) << name << " connection " << lane.first << " " << lane.second;
    for (const auto& [lane, frames] : ours)
        EXPECT_TRUE(frames.empty() || theirs.contains(lane))
            << name << " connection " << lane.first << " " << lane.second << " " << frames[0];
    return used;
}

TEST(Captures, RecordedClientsAreAnsweredAsTheRecordedServersDid) {
    std::set<std::string> used;
    for (const auto& [name, server] :
         std::initializer_list<std::pair<const char*, const char*>>{{"java-server-probe", "java"},
                                                                    {"java-server-payload-forms", "java"},
                                                                    {"js-client-java-server", "java"},
                                                                    {"rust-server-probe", "rust"},
                                                                    {"rust-server-probe2", "rust"},
                                                                    {"rust-server-payload-forms", "rust"}})
        used.merge(replay(name, server));
    for (const Difference& difference : differences)
        EXPECT_TRUE(used.contains(difference.why)) << "no frame differs so: " << difference.why;
}

/// Against a stub only the client's side is evidence: all it says is understood, and all it is told is well-formed.
TEST(Captures, WhatSwimsJavaScriptClientSaysIsUnderstood) {
    int frames = 0;
    for (const char* name : {"js-value-downlink", "js-map-downlink", "js-event-downlink", "js-command-only", "js-auth",
                             "js-reconnect", "js-prio-rate", "js-list-downlink", "js-host-path-query",
                             "js-map-resync-clear", "js-unlinked-error", "js-idle-45s"}) {
        std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/warp-captures/" + name + ".jsonl");
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
                EnvelopeReader reader;
                EXPECT_EQ(reader.read(answer), EnvelopeReader::Found::envelope)
                    << name << ": " << frame << " answered " << answer;
            }
            const bool asks = frame.starts_with("@sync") || frame.starts_with("@link") || frame.starts_with("@auth");
            EXPECT_TRUE(answers > 0 || !asks) << name << ": " << frame;
        }
    }
    EXPECT_GT(frames, 60);
}

}  // namespace
}  // namespace heddle::test
