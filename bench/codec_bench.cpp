#include <benchmark/benchmark.h>

#include <string>

#include "serializers/codec.hpp"

/// What the codec costs per message: the share of a router's time that depends on nothing but bytes.
namespace {

using namespace heddle;

constexpr Encoding encodings[] = {Encoding::json, Encoding::msgpack, Encoding::cbor};

Encoding encoding_of(benchmark::State& state) {
    const Encoding encoding = encodings[state.range(0)];
    state.SetLabel(std::string(name_of(encoding)));
    return encoding;
}

/// `[ "xxx..." ]` of that many characters.
std::string text_payload(Encoding encoding, std::size_t size) {
    const Payload json{Encoding::json, "", ""};
    const std::string text = "[\"" + std::string(size, 'x') + "\"]";
    Payload payload = json;
    payload.args = text;
    PayloadForms forms(payload);
    return std::string(forms.in(encoding).args);
}

std::string frame_of(const Message& message, Encoding encoding) {
    ByteBuffer out;
    encode(message, encoding, out);
    return std::string(out.view());
}

template <class Make>
void decode_bench(benchmark::State& state, Make make) {
    const Encoding encoding = encoding_of(state);
    const std::string args = text_payload(encoding, static_cast<std::size_t>(state.range(1)));
    const std::string frame = frame_of(make(Payload{encoding, args, {}}), encoding);
    for (auto _ : state) {
        auto message = decode(encoding, frame);
        if (!message) state.SkipWithError("not decoded");
        benchmark::DoNotOptimize(message);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size()));
}

template <class M>
void encode_bench(benchmark::State& state, M message) {
    const Encoding encoding = encoding_of(state);
    const std::string args = text_payload(encoding, static_cast<std::size_t>(state.range(1)));
    message.payload = Payload{encoding, args, {}};
    const Message any(message);
    for (auto _ : state) {
        ByteBuffer out;
        if constexpr (std::is_same_v<M, Event>)
            encode(message, encoding, out);
        else
            encode(any, encoding, out);
        SharedBytes frame = out.freeze();
        benchmark::DoNotOptimize(frame);
    }
}

void decode_publish(benchmark::State& state) {
    decode_bench(state, [](Payload payload) {
        Publish m{{4711}, {}, "com.example.vehicle.7.speed", payload};
        m.options.acknowledge = true;
        return Message(m);
    });
}
void decode_call(benchmark::State& state) {
    decode_bench(state, [](Payload payload) { return Message(Call{{4711}, {}, "com.example.add2", payload}); });
}
void decode_yield(benchmark::State& state) {
    decode_bench(state, [](Payload payload) { return Message(Yield{{4711}, false, payload}); });
}
void encode_event(benchmark::State& state) { encode_bench(state, Event{{812345678901}, {6543210987654321}, {}, {}}); }
void encode_invocation(benchmark::State& state) { encode_bench(state, Invocation{{4711}, {812345678901}, {}, {}}); }
void encode_result(benchmark::State& state) { encode_bench(state, CallResult{{4711}, false, {}}); }

/// One publication for a subscriber of another encoding: JSON arguments into each form.
void transcode_json(benchmark::State& state) {
    const Encoding encoding = encoding_of(state);
    const std::string args = R"([{"id":7,"speed":13.25,"position":[47.3769,8.5417],"name":"vehicle 7","moving":true}])";
    for (auto _ : state) {
        PayloadForms forms(Payload{Encoding::json, args, {}});
        benchmark::DoNotOptimize(forms.in(encoding));
    }
}

/// A payload big enough that only the scanner counts.
void check_payload(benchmark::State& state) {
    const Encoding encoding = encoding_of(state);
    std::string json = "[";
    for (int i = 0; i < 2000; ++i) {
        if (i > 0) json += ',';
        json += R"({"id":)" + std::to_string(i * 7919) + R"(,"name":"vehicle number )" + std::to_string(i) +
                R"(","position":[47.3769,8.5417],"moving":true})";
    }
    json += "]";
    PayloadForms forms(Payload{Encoding::json, json, {}});
    const std::string frame = frame_of(Publish{{1}, {}, "a.b", forms.in(encoding)}, encoding);
    for (auto _ : state) {
        auto message = decode(encoding, frame);
        if (!message) state.SkipWithError("not decoded");
        benchmark::DoNotOptimize(message);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(frame.size()));
}

const std::vector<std::vector<std::int64_t>> small_and_large = {{0, 1, 2}, {32, 1024}};
BENCHMARK(decode_publish)->ArgsProduct(small_and_large);
BENCHMARK(decode_call)->ArgsProduct(small_and_large);
BENCHMARK(decode_yield)->ArgsProduct(small_and_large);
BENCHMARK(encode_event)->ArgsProduct(small_and_large);
BENCHMARK(encode_invocation)->ArgsProduct(small_and_large);
BENCHMARK(encode_result)->ArgsProduct(small_and_large);
BENCHMARK(transcode_json)->Arg(1)->Arg(2);
BENCHMARK(check_payload)->Arg(0)->Arg(1)->Arg(2);

}  // namespace

BENCHMARK_MAIN();
