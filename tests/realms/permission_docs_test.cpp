// The examples of docs/permissions.md.
#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <sstream>

#include "serializers/names.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

constexpr std::string_view action_names[] = {"call", "register", "publish", "subscribe"};

template <class Enum, std::size_t N>
std::optional<Enum> read(const std::string_view (&names)[N], const std::string& word) {
    for (std::size_t at = 0; at < N; ++at)
        if (names[at] == word) return static_cast<Enum>(at);
    return std::nullopt;
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word == "\"\"" ? std::string() : word);
    return words;
}

struct Block {
    std::size_t line = 0;
    RealmSettings settings = open_realm();
    struct Question {
        std::size_t line;
        std::string authid, uri, answer;
        Action action;
        Match match;
    };
    std::vector<Question> questions;
};

/// "allow prefix com. call publish", or "kim publish com.a allowed"; false: neither.
bool read_line(Block& block, const std::vector<std::string>& words, std::size_t line) {
    if (words.size() < 4) return false;
    const auto match = read<Match>(match_names, words[1]);
    if (words[0] == "allow" || words[0] == "deny") {
        if (!match) return false;
        PermissionRule rule{*match, words[2], {}, {}};
        for (std::size_t at = 3; at < words.size(); ++at) {
            const auto action = read<Action>(action_names, words[at]);
            if (!action) return false;
            (words[0] == "allow" ? rule.allow : rule.deny).add(*action);
        }
        block.settings.roles.back().permissions.push_back(rule);
        return true;
    }
    const auto action = read<Action>(action_names, words[1]);
    const bool pattern = words.size() == 5;
    const auto as = pattern ? read<Match>(match_names, words[2]) : std::optional(Match::exact);
    if (!action || !as || words.size() > 5) return false;
    block.questions.push_back({line, words[0], words[pattern ? 3 : 2], words.back(), *action, *as});
    return words.back() == "allowed" || words.back() == "denied";
}

TEST(PermissionDocs, EachExampleIsAnsweredAsItSays) {
    std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/../../docs/permissions.md");
    ASSERT_TRUE(file);
    std::vector<Block> blocks;
    bool inside = false;
    std::size_t number = 0, asked = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.starts_with("```")) {
            inside = !inside;
            if (!inside) continue;
            blocks.emplace_back().line = number;
            blocks.back().settings.roles = {{"role", {}, 0}};
        } else if (inside && !line.empty()) {
            ASSERT_TRUE(read_line(blocks.back(), words_of(line), number)) << number << ": " << line;
        }
    }
    for (const Block& block : blocks) {
        Play play(block.settings);
        for (const Block::Question& question : block.questions) {
            const Explanation said =
                play.realm().explain({question.authid, "role", question.action, question.match, question.uri});
            EXPECT_EQ(said.allowed ? "allowed" : "denied", question.answer) << "docs/permissions.md:" << question.line;
            ++asked;
        }
    }
    EXPECT_GE(blocks.size(), 9u);
    EXPECT_GE(asked, 35u);
}

}  // namespace
}  // namespace heddle::test
