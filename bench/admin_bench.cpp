// What edits of long roles cost: heddle.role.put from the question to the answer, with the store in
// memory and a realm without sessions. The time must grow as the number of rules does.
#include <benchmark/benchmark.h>

#include <future>
#include <string>

#include "router/config/load.hpp"
#include "tests/router/fake_control.hpp"

namespace heddle {
namespace {

using nlohmann::json;

constexpr const char* plant = R"(
[[listener]]
name = "local"
address = "127.0.0.1:0"
[[realm]]
name = "plant"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
)";

class NoLog final : public Log {
    bool wants(LogLevel) const override { return false; }
    void put(LogLevel, std::string_view, std::span<const LogField>) override {}
};

class Bed {
 public:
    Bed() {
        config::Sources sources;
        sources.file_name = "bench.toml";
        sources.text = plant;
        sources.folders = {"/tmp", "/tmp"};
        const config::Loaded loaded = config::load(sources);
        control_ = std::make_unique<test::FakeControl>(loaded.settings);
        desk_ = std::make_unique<admin::Desk>(loaded.settings, log_);
        for (RealmEntry& entry : desk_->realms()) control_->add_realm(std::move(entry), [] {});
        desk_->start(*control_);
    }

    admin::Answer put(const json& rules) {
        admin::Request request;
        request.operation = admin::find("role", "put");
        request.asker = {"admin", "administrator", "ws", "127.0.0.1:1", 7, "scram", false};
        request.arguments = {{"realm", "plant"}, {"role", "reader"}, {"permissions", rules}};
        request.revision = first_ ? "new" : "*";
        first_ = false;
        std::promise<admin::Answer> promise;
        desk_->ask(std::move(request), [&](admin::Answer answer) { promise.set_value(std::move(answer)); });
        return promise.get_future().get();
    }

 private:
    NoLog log_;
    std::unique_ptr<test::FakeControl> control_;
    std::unique_ptr<admin::Desk> desk_;
    bool first_ = true;
};

json rules_of(std::int64_t count) {
    json rules = json::array();
    for (std::int64_t i = 0; i < count; ++i)
        rules.push_back({{"match", "prefix"}, {"uri", "com.plant.line" + std::to_string(i) + "."}, {"allow", {"call"}}});
    return rules;
}

/// Every edit changes one rule; the others keep their stamps.
void role_put(benchmark::State& state) {
    Bed bed;
    json rules = rules_of(state.range(0));
    std::size_t round = 0;
    for (auto _ : state) {
        rules[0]["allow"] = {round++ % 2 ? "publish" : "subscribe"};
        const admin::Answer answer = bed.put(rules);
        if (!answer.error.empty()) return state.SkipWithError(answer.detail.c_str());
    }
    state.SetComplexityN(state.range(0));
}
BENCHMARK(role_put)->RangeMultiplier(10)->Range(100, 10'000)->Unit(benchmark::kMillisecond)->UseRealTime()->Complexity();

}  // namespace
}  // namespace heddle
