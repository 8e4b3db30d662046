// What a permission costs: remembered, remembered for each authid, and decided anew.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "realms/gate.hpp"

namespace heddle {
namespace {

ActionSet everything() {
    ActionSet set;
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe}) set.add(action);
    return set;
}

/// `count` rules, every third a deny: exact, prefix and wildcard by turns, most of which fit something else.
RealmSettings realm_with(std::size_t count, bool authid) {
    RealmSettings settings;
    settings.name = "realm1";
    RoleSettings role{"operator", {{Match::prefix, "com.plant.", everything(), {}}}, 0};
    if (authid) role.permissions.push_back({Match::prefix, "com.desk.{authid}.", everything(), {}});
    for (std::size_t i = role.permissions.size(); i < count; ++i) {
        const std::string part = "line" + std::to_string(i);
        const auto match = static_cast<Match>(i % 3);
        const std::string uri = match == Match::exact    ? "com.plant." + part + ".state"
                                : match == Match::prefix ? "com.plant." + part + "."
                                                         : "com.plant.." + part + ".set";
        role.permissions.push_back({match, uri, i % 3 ? everything() : ActionSet{}, i % 3 ? ActionSet{} : everything()});
    }
    settings.roles = {role};
    return settings;
}

struct Bed {
    Bed(std::size_t rules, bool authid)
        : settings(realm_with(rules, authid)), authorizer(settings.roles, ""), lanes(settings.lanes) {}
    RealmSettings settings;
    Authorizer authorizer;
    Lanes lanes;
    Gate gate{settings, authorizer, lanes};
};

/// One of `topics` that are known.
void remembered(benchmark::State& state, bool authid) {
    Bed bed(23, authid);
    std::vector<std::string> topics, ids;
    for (int i = 0; i < state.range(0); ++i) {
        ids.push_back("panel-" + std::to_string(i));
        topics.push_back(authid ? "com.desk." + ids.back() + ".lamp" : "com.plant.valve." + std::to_string(i) + ".set");
    }
    std::size_t next = 0;
    for (auto _ : state) {
        const Actor actor{0, ids[next]};
        benchmark::DoNotOptimize(bed.gate.check(actor, Action::publish, topics[next]));
        if (++next == topics.size()) next = 0;
    }
}
void permission_remembered(benchmark::State& state) { remembered(state, false); }
void permission_remembered_by_authid(benchmark::State& state) { remembered(state, true); }

void decide(benchmark::State& state, bool authid) {
    const Bed bed(static_cast<std::size_t>(state.range(0)), authid);
    const UriSet what{Match::exact, "com.plant.valve.3.set"};
    for (auto _ : state) benchmark::DoNotOptimize(bed.authorizer.decide(0, Action::publish, what, "panel-4"));
}
void permission_decided(benchmark::State& state) { decide(state, false); }
void permission_decided_by_authid(benchmark::State& state) { decide(state, true); }

void permission_of_pattern(benchmark::State& state) {
    Bed bed(static_cast<std::size_t>(state.range(0)), false);
    for (auto _ : state) benchmark::DoNotOptimize(bed.gate.answer({0}, Action::subscribe, Match::prefix, "com.plant.a."));
}

BENCHMARK(permission_remembered)->Arg(1)->Arg(1'000)->Arg(10'000);
BENCHMARK(permission_remembered_by_authid)->Arg(1)->Arg(1'000)->Arg(10'000);
BENCHMARK(permission_decided)->Arg(23)->Arg(1'000);
BENCHMARK(permission_decided_by_authid)->Arg(23)->Arg(1'000);
BENCHMARK(permission_of_pattern)->Arg(23)->Arg(1'000);

}  // namespace
}  // namespace heddle
