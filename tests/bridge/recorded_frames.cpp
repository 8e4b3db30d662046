#include "tests/bridge/recorded_frames.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "bridge/envelope.hpp"

namespace heddle::test {
namespace {

using nlohmann::json;

constexpr Difference differences[] = {
    {"java", "\"true\"", "Java writes the text true bare, so that it comes back a bool", "warp.md 1.4, 1"},
    {"java", "-0.0", "Java drops the sign of zero", "warp.md 1.4, 4"},
    {"", "1e400", "an infinity becomes a text in Java and Rust", "warp.md 1.4, 4"},
    {"java", "lane:value){{}}", "Java takes an empty list for nothing, ours comes back wrapped", "warp.md 1.4, 5"},
    {"rust", "[", "Rust cannot read markup and says nothing", "warp.md 1.3"},
    {"rust", "`", "Rust cannot read raw strings and says nothing", "warp.md 1.5"},
    {"rust", "lane:value) 1$", "Rust takes the expression 1+2 as 1", "warp.md 1.5", true},
    {"rust", "prio:", "Rust drops prio and rate from its answer", "warp.md 3"},
    {"rust", "@link(\"", "Rust closes on positional headers", "warp.md 2.1"},
    {"rust", "@sync(node:\"/unit/1\",lane:publish)", "Rust's command lane is never synced", "warp.md 2.3"},
    {"rust", "lane:list", "Rust has no list lanes", "warp.md 3"},
    {"java", "@remove(key:%D6J3jg45", "Java repeats the place that the command said, ours tells where the entry stood",
     "README.md, Lists", true},
    {"java", "@remove(index:0,key:%D6J3jg45",
     "Java repeats the place that the command said, ours tells where the entry stood", "README.md, Lists", true},
    {"rust", "neverlinked", "Rust answers an unlink without link", "warp.md 2.2"},
    {"", "swim:meta:", "the recorded servers had no meta nodes, ours has", "README.md, Meta"},
    {"", "1+2", "expressions are refused as malformed", "warp.md 1.5"},
    {"", "@auth", "a login that proves nothing is denied and the connection closed; Java lets anybody, Rust says nothing",
     "README.md, Logins"},
    {"", "@deauth", "Rust says nothing", "README.md, Logins"},
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

/// The recording cut long bodies: "x*65536" stands for so many in what was said, and answers end with their size.
std::string whole(std::string frame) {
    if (const std::size_t said = frame.find("\"x*"); said != std::string::npos) {
        const std::size_t count = std::stoul(frame.substr(said + 3));
        return frame.replace(said, std::string::npos, "\"" + std::string(count, 'x') + "\"");
    }
    if (const std::size_t cut = frame.find("x...("); cut != std::string::npos) {
        const std::size_t size = std::stoul(frame.substr(cut + 5)), body = frame.find("xx");
        return frame.replace(body, std::string::npos, std::string(size - body, 'x'));
    }
    return frame;
}

}  // namespace

std::span<const Difference> known_differences() { return differences; }

std::string lane_of_frame(const std::string& frame) {
    EnvelopeReader reader;
    if (reader.read(frame) != EnvelopeReader::Found::envelope || !has_lane(reader.envelope().kind)) return {};
    return lane_header(reader.envelope().node, reader.envelope().lane);
}

std::vector<Line> load_capture(const std::string& name, const std::string& server, std::set<std::string>& used) {
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
        if (kind == "text") frame = whole(line["data"]);
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

}  // namespace heddle::test
