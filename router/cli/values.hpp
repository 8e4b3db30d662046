#pragma once
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "serializers/payload.hpp"

/// Values as people type them. Text that is valid JSON is that value, anything else is a string: `42 true [1,2]
/// {"a":1}` against `hello 007`. Tags say otherwise: `str:42`, `json:42` (strict), `text:@FILE`, `json:@FILE`,
/// `bin:@FILE`, `hex:00ff`, `b64:AP8=`; the file `-` is stdin, and `@-` alone is a value typed there. Binary becomes a
/// string of U+0000 and base64, which every serializer understands. All of these throw Failure (usage) with a sentence.
namespace heddle::cli {

/// The value as JSON. `input` stands for stdin.
std::string value_to_json(std::string_view text, std::istream& input);

std::string text_to_json(std::string_view text);    // a string, whatever it looks like
std::string bytes_to_json(std::string_view bytes);  // binary

/// Is this one JSON value and nothing else?
bool is_json(std::string_view text);

/// The flags that make a payload.
struct ArgumentFlags {
    std::vector<std::string> values;  // positional
    std::vector<std::string> named;   // of -k: NAME=VALUE
    std::string args, kwargs;         // of --args and --kwargs: whole, as JSON
};

/// A payload in JSON that owns its text.
struct Arguments {
    std::string args, kwargs;  // empty: none
    Payload payload() const { return {Encoding::json, args, kwargs}; }
    /// The same with one more positional argument at the end.
    Arguments with(const std::string& json) const;
};
Arguments read_arguments(const ArgumentFlags& flags, std::istream& input);

}  // namespace heddle::cli
