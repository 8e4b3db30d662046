#pragma once
#include <string>
#include <string_view>

#include "router/cli/globals.hpp"
#include "serializers/messages.hpp"

/// How payloads look on stdout. human: for eyes; json: one object a line, binary in WAMP's JSON form; raw: the bytes of
/// the first argument and nothing else. The form never depends on where stdout goes.
namespace heddle::cli {

/// One value of a payload (JSON) on one line: `21.5`, `"text"`, `<12 bytes 00 ff a3 ..>`, `{"a": 1}`.
std::string human_value(std::string_view json);
/// The same over several lines where it is long.
std::string human_pretty(std::string_view json);
/// The same JSON without spaces or line ends.
std::string compact(std::string_view json);

/// A result or error payload. `details` is JSON for the json form.
std::string render_payload(Form form, const Payload& payload, std::string_view details = "{}");

/// An event: `12:04:31.123  com.plant.a  21.5  unit="C"`. `clock` is the local time of day.
std::string render_event(Form form, std::string_view topic, const Event& event, std::string_view clock);

/// Details of what was received, as JSON.
std::string details_of(std::string_view topic, const Event& event);
std::string details_of(std::string_view procedure, const Invocation& invocation);

/// Now, as events show it.
std::string clock_now();

}  // namespace heddle::cli
