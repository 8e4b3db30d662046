#include "router/log.hpp"

#include <gtest/gtest.h>

#include "router/json_text.hpp"

namespace heddle {
namespace {

std::string line(LogFormat format, const std::string& value) {
    const LogField fields[] = {{"authid", value}};
    return log_line(format, LogLevel::info, "session.join", fields, 1'795'256'182'410);
}

std::string shown(const std::string& value) {
    const std::string text = line(LogFormat::text, value);
    return text.substr(text.find("authid=") + 7);
}

TEST(LogLine, ValuesAreQuotedWhereALineWouldNotSplitAtBlanks) {
    EXPECT_EQ(shown("kim"), "kim");
    EXPECT_EQ(shown("gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
    EXPECT_EQ(shown(""), "\"\"");
    EXPECT_EQ(shown("a b"), "\"a b\"");
    EXPECT_EQ(shown("a=b"), "\"a=b\"");
    EXPECT_EQ(shown("a\nb"), "\"a\\nb\"");
}

/// Clients name themselves: a terminal that shows the log must not obey them.
TEST(LogLine, HoldsNoControlCharacter) {
    EXPECT_EQ(shown("\x1b[2J"), "\"\\u001b[2J\"");
    EXPECT_EQ(shown("a\x7f"), "\"a\\u007f\"");
    EXPECT_EQ(shown("\xc2\x9b"), "\"\\u009b\"");
    EXPECT_EQ(shown("\xc2\xa0"), "\xc2\xa0") << "no control character";
    const std::string json = line(LogFormat::json, "\x1b\x7f\xc2\x9b\xc2\xa0");
    EXPECT_NE(json.find("\\u001b\\u007f\\u009b\xc2\xa0"), std::string::npos) << json;
    EXPECT_EQ(json_or_null(json).at("authid"), "\x1b\x7f\xc2\x9b\xc2\xa0");
}

}  // namespace
}  // namespace heddle
