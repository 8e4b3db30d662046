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

/// `bench` as the command line knows it, and what runs once all flags are read. `run` throws heddle::Failure.
struct BenchCommand {
    CLI::App* app;
    std::function<int()> run;
};

/// Adds `bench` with its loads. `flags` must outlive `app`.
BenchCommand add_bench_command(CLI::App& app, const BenchFlags& flags);

}  // namespace heddle::load
