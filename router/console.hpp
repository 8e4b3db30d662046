#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "router/http_answer.hpp"

namespace heddle {

/// A file of the web console (folder console/), compiled into the executable.
struct ConsoleFile {
    std::string_view name;          // "app.js"
    std::string_view content_type;
    std::string_view etag;          // quoted, of the bytes
    std::string_view bytes;
};

/// All of them, by name. Its source is made by cmake/console_files.cmake.
std::span<const ConsoleFile> console_files();

/// What GET or HEAD of `path` gets from the console: a file, the page for every address inside it (it reads the address
/// itself, so that one survives reload and sharing), 304 where the browser has it already, 404 for a file that is not
/// there; nothing for paths outside of /console. Any thread.
std::optional<HttpAnswer> console_answer(std::string_view path, std::string_view if_none_match);

}  // namespace heddle
