#pragma once
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace heddle::load {

/// The global flags that a load uses. The strings are read when the command runs; an empty one means the default
/// (ws://127.0.0.1:8080, realm1, msgpack, human).
struct BenchFlags {
    const std::string& url;
    const std::string& realm;
    const std::string& serializer;  // json, msgpack, cbor
    const std::string& output;      // human, json
    const bool& quiet;              // no progress line
};

/// Adds `bench` with its loads to the command line. The chosen load runs in the command's callback and hands its exit
/// code to `done`: 0 done, 1 refused, 2 wrong usage, 3 no connection, 4 not let in, 5 timeout. `flags` must outlive
/// `app`.
void add_bench_command(CLI::App& app, const BenchFlags& flags, std::function<void(int)> done);

}  // namespace heddle::load
