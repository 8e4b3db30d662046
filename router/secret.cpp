#include "router/secret.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace heddle {

Result<std::string> read_secret(std::string_view reference) {
    if (reference.starts_with("env:")) {
        const std::string name(reference.substr(4));
        const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
        if (!value || !*value) return Error{"the environment has no " + name};
        return std::string(value);
    }
    if (!reference.starts_with("file:")) return Error{"a secret is written as file:PATH or env:NAME"};
    const std::string path(reference.substr(5));
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.good() && !file.eof()) return Error{"cannot read " + path};
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    if (text.empty()) return Error{"there is nothing in " + path};
    return text;
}

}  // namespace heddle
