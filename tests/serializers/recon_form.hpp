#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "serializers/recon_parser.hpp"
#include "serializers/recon_text.hpp"

/// Recon values in the JSON form of tests/data/recon-vectors/README.md.
namespace heddle::recon::test {

inline nlohmann::json form_of(const Node& node);

inline nlohmann::json form_of_record(Items items) {
    auto array = nlohmann::json::array();
    for (; !items.empty(); items = items.rest()) array.push_back(form_of(*items.begin));
    return array;
}

inline nlohmann::json form_of_real(double value) {
    if (value == 0 && std::signbit(value)) return {{"$num", "-0"}};
    if (std::isinf(value)) return {{"$num", value > 0 ? "Infinity" : "-Infinity"}};
    return value;
}

inline nlohmann::json form_of(const Node& node) {
    using Kind = Node::Kind;
    switch (node.kind) {
        case Kind::absent:
            return {{"$absent", true}};
        case Kind::extant:
            return nullptr;
        case Kind::boolean:
            return node.boolean;
        case Kind::integer:
            return node.integer;
        case Kind::big:
            return {{"$int", (node.boolean ? "-" : "") + std::string(node.text)}};
        case Kind::hex32:
            return {{"$uint32", node.unsigned_integer}};
        case Kind::hex64:
            return {{"$uint64", std::to_string(node.unsigned_integer)}};
        case Kind::real:
            return form_of_real(node.real);
        case Kind::text:
            return std::string(node.text);
        case Kind::data:
            return {{"$data", std::string(node.text)}};
        case Kind::attribute:
            return {{"@" + std::string(node.text), form_of(value_of(node))}};
        case Kind::slot: {
            auto parts = nlohmann::json::array();
            parts.push_back(form_of(key_of(node)));
            parts.push_back(form_of(value_of_slot(node)));
            return {{":", std::move(parts)}};
        }
        case Kind::record:
            return form_of_record(items_of(node));
    }
    return {};
}

/// The form of a text, or `{"$error": what, "$at": offset}`.
inline nlohmann::json form_of(std::string_view text) {
    Tape tape;
    Parser parser(tape);
    if (!parser.block(text)) return {{"$error", parser.error().what}, {"$at", parser.error().offset}};
    return form_of(tape.root());
}

inline std::string canonical(std::string_view text, void (*put)(const Node&, ByteBuffer&, Integers) = put_value,
                             Integers integers = Integers::as_they_are) {
    Tape tape;
    Parser parser(tape);
    if (!parser.block(text)) return "error: " + parser.error().what;
    ByteBuffer out;
    put(tape.root(), out, integers);
    return std::string(out.view());
}

}  // namespace heddle::recon::test
