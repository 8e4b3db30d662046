#pragma once
#include <set>
#include <span>
#include <string>
#include <vector>

/// Recorded frames (tests/data/warp-captures) as they are to be replayed.
namespace heddle::test {

/// Where ours differs on purpose, and where that is written. Such a frame is not said to our server, and its answers
/// are not compared.
struct Difference {
    const char* server;  // java, rust, or "" for both
    const char* frame;   // a part of it
    const char* why;
    const char* where;         // docs/warp.md for what others get wrong, bridge/README.md for what we decided
    bool itself_only = false;  // leave out the frames of either side that hold it, whatever came before; $ is the end
};
std::span<const Difference> known_differences();

struct Line {
    enum class Kind { said, told, closed };
    int connection;
    Kind kind;
    std::string frame;  // "CLOSED" where the server ended it for a fault
};

/// The frames of a capture of this server ("java", "rust") that are to be replayed, and the answers to be expected:
/// those on lanes whose last frame is replayed. The differences met go to `used`.
std::vector<Line> load_capture(const std::string& name, const std::string& server, std::set<std::string>& used);

/// Node and lane of a frame, as a header; "" where it has none.
std::string lane_of_frame(const std::string& frame);

}  // namespace heddle::test
