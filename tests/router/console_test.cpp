#include "router/console.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace heddle {
namespace {

std::string field(const HttpAnswer& answer, std::string_view name) {
    for (const auto& [known, value] : answer.fields)
        if (known == name) return value;
    return {};
}

const ConsoleFile& file(std::string_view name) {
    const auto files = console_files();
    return *std::find_if(files.begin(), files.end(), [&](const ConsoleFile& one) { return one.name == name; });
}

TEST(Console, HoldsItsFilesWithin150KiB) {
    std::size_t total = 0;
    for (const ConsoleFile& one : console_files()) {
        EXPECT_FALSE(one.bytes.empty()) << one.name;
        EXPECT_FALSE(one.content_type.empty()) << one.name;
        EXPECT_EQ(one.etag.size(), 18u) << one.name;
        total += one.bytes.size();
    }
    EXPECT_GT(console_files().size(), 10u);
    EXPECT_LE(total, 150u * 1024);
}

TEST(Console, GivesFilesByNameWithTypeAndTag) {
    const auto script = console_answer("/console/app.js", "");
    ASSERT_TRUE(script);
    EXPECT_EQ(script->status, 200u);
    EXPECT_EQ(script->content_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(script->body, file("app.js").bytes);
    EXPECT_EQ(field(*script, "ETag"), file("app.js").etag);
    EXPECT_EQ(console_answer("/console/style.css", "")->content_type, "text/css; charset=utf-8");
}

TEST(Console, GivesThePageAtEveryAddressInside) {
    for (const char* path : {"/console/", "/console/plant", "/console/plant/roles/operator", "/console/app.js/overview",
                             "/console/com.example.realm", "/console/plant/topics/retained/com.app.js"}) {
        const auto found = console_answer(path, "");
        ASSERT_TRUE(found) << path;
        EXPECT_EQ(found->status, 200u) << path;
        EXPECT_EQ(found->body, file("index.html").bytes) << path;
    }
    const auto bare = console_answer("/console", "");
    ASSERT_TRUE(bare);
    EXPECT_EQ(bare->status, 301u);
    EXPECT_EQ(field(*bare, "Location"), "/console/");
}

TEST(Console, HasNothingOutsideAndNoFilesThatAreNotThere) {
    EXPECT_FALSE(console_answer("/", ""));
    EXPECT_FALSE(console_answer("/consoles", ""));
    EXPECT_FALSE(console_answer("/con", ""));
    for (const char* path : {"/console/nothing.js", "/console/favicon.ico", "/console/app.js.map"})
        EXPECT_EQ(console_answer(path, "")->status, 404u) << path;
}

TEST(Console, SaysNotModifiedToWhoHasIt) {
    const std::string etag(file("app.js").etag);
    for (const std::string& given : {etag, "W/" + etag, "\"other\", " + etag, std::string("*")}) {
        const auto found = console_answer("/console/app.js", given);
        EXPECT_EQ(found->status, 304u) << given;
        EXPECT_TRUE(found->body.empty());
        EXPECT_EQ(field(*found, "ETag"), etag);
        const std::string text = http_text(*found, true, true);
        EXPECT_EQ(text.find("Content-Length"), std::string::npos) << text;
        EXPECT_EQ(text.find("\nContent-Type"), std::string::npos) << text;
    }
    EXPECT_EQ(console_answer("/console/app.js", "\"other\"")->status, 200u);
}

TEST(Console, ForbidsWhatIsNotItsOwn) {
    const std::string policy = field(*console_answer("/console/plant/roles", ""), "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
    EXPECT_NE(policy.find("require-trusted-types-for 'script'"), std::string::npos);
    for (const char* loose : {"unsafe", "*", "http", "data:", "blob:"}) EXPECT_EQ(policy.find(loose), std::string::npos) << loose;
}

}  // namespace
}  // namespace heddle
