#include "router/secret.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace heddle {

constexpr std::size_t file_max = 1 << 20;

Result<std::string> read_small_file(const std::string& path) {
    std::error_code ignored;
    std::ifstream file;
    if (std::filesystem::exists(path, ignored) && !std::filesystem::is_regular_file(path, ignored))
        return Error{path + " is no file of at most 1 MiB"};
    file.open(path, std::ios::binary);
    if (!file.is_open()) return Error{"cannot read " + path};
    std::string text(file_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return Error{"cannot read " + path};
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > file_max) return Error{path + " is no file of at most 1 MiB"};
    return text;
}

Result<std::string> read_secret(std::string_view reference) {
    if (reference.starts_with("env:")) {
        const std::string name(reference.substr(4));
        const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
        if (!value || !*value) return Error{"the environment has no " + name};
        return std::string(value);
    }
    if (!reference.starts_with("file:")) return Error{"a secret is written as file:PATH or env:NAME"};
    const std::string path(reference.substr(5));
    auto read = read_small_file(path);
    if (!read) return read;
    std::string text = std::move(*read);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.empty()) return Error{"there is nothing in " + path};
    return text;
}

}  // namespace heddle
