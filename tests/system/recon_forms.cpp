// Answers for recon_parity_test.mjs: a JSON line in, a JSON line out.
//   {"recon": text}             -> {"form", "written", "block", "body"} or {"error", "at"}
//   {"args": [..], "kwargs": ..} -> {"frame"}: the payload as the body of an event
#include <iostream>
#include <string>

#include "bridge/payload_body.hpp"
#include "tests/serializers/recon_form.hpp"

namespace {

using heddle::ByteBuffer;
using heddle::recon::Node;
using nlohmann::json;

json answer_recon(const std::string& text) {
    heddle::recon::Tape tape;
    heddle::recon::Parser parser(tape);
    if (!parser.block(text)) return {{"error", parser.error().what}, {"at", parser.error().offset}};
    const auto written = [&](void (*put)(const Node&, ByteBuffer&, heddle::recon::Integers)) {
        ByteBuffer out;
        put(tape.root(), out, heddle::recon::Integers::portable);
        return std::string(out.view());
    };
    return {{"form", heddle::recon::test::form_of(tape.root())},
            {"written", written(heddle::recon::put_value)},
            {"block", written(heddle::recon::put_block)},
            {"body", written(heddle::recon::put_body)}};
}

json answer_payload(const nlohmann::ordered_json& question) {
    const std::string args = question["args"].dump();
    const std::string kwargs = question.contains("kwargs") ? question["kwargs"].dump() : "";
    ByteBuffer out;
    out.append("@event(node:n,lane:l)");
    heddle::put_body({heddle::Encoding::json, args, kwargs}, out);
    return {{"frame", std::string(out.view())}};
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        const auto question = nlohmann::ordered_json::parse(line);  // maps keep their order
        const json answer =
            question.contains("recon") ? answer_recon(question["recon"].get<std::string>()) : answer_payload(question);
        std::cout << answer.dump() << '\n';
    }
    return std::cin.bad() ? 1 : 0;
}
