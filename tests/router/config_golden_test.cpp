// Configuration files with mistakes, and what is said about each: tests/data/config/NAME.toml and NAME.expected.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "router/config/load.hpp"

namespace heddle::config {
namespace {

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(HEDDLE_TEST_DATA "/config")) {
        if (entry.path().extension() == ".toml") out.push_back(entry.path().stem().string());
    }
    return out;
}

class ConfigFile : public testing::TestWithParam<std::string> {};

TEST_P(ConfigFile, IsJudgedAsWritten) {
    const std::filesystem::path base = std::filesystem::path(HEDDLE_TEST_DATA "/config") / GetParam();
    Sources sources;
    sources.file_name = GetParam() + ".toml";
    sources.text = content(base.string() + ".toml");
    sources.folders = {"/etc/heddle-of-the-tests", "/run/heddle"};
    Loaded loaded = load(sources);
    EXPECT_EQ(loaded.mistakes.render(sources.file_name, sources.text), content(base.string() + ".expected"));
}

INSTANTIATE_TEST_SUITE_P(All, ConfigFile, testing::ValuesIn(names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace heddle::config
