#include "router/http_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace heddle {
namespace {

using Found = HttpReader::Found;

HttpReader make(std::size_t header_max = 512) {
    return {header_max, [](std::string_view target) { return target.starts_with("/lp/") ? 1000u : 10u; }};
}

/// What is found in `bytes` that come in pieces: "POST /a body", or why it was refused.
std::vector<std::string> read(const std::string& bytes, std::size_t piece, std::size_t header_max = 512) {
    HttpReader reader = make(header_max);
    std::vector<std::string> found;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.add(std::string_view(bytes).substr(at, piece));
        for (Found next = reader.next(); next != Found::more; next = reader.next()) {
            if (next == Found::refused) return found.push_back(std::to_string(reader.status())), found;
            if (next == Found::upgrade) return found.push_back("upgrade"), found;
            if (next == Found::body) {
                reader.take_body();
                continue;
            }
            if (next == Found::go_ahead) {
                found.push_back("go ahead");
                continue;
            }
            const HttpRequest request = reader.take();
            found.push_back(std::string(view(request.method_string())) + " " + std::string(view(request.target())) +
                            " " + request.body());
        }
    }
    return found;
}

void expect_however_cut(const std::string& bytes, const std::vector<std::string>& expected) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{5}, bytes.size()})
        EXPECT_EQ(read(bytes, piece), expected) << bytes << " in pieces of " << piece;
}

TEST(HttpReader, PipelinedRequestsAreTheSameHoweverTheyAreCut) {
    expect_however_cut(
        "GET /a HTTP/1.1\r\n\r\nPOST /lp/x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcHEAD / HTTP/1.0\r\n\r\n",
        {"GET /a ", "POST /lp/x abc", "HEAD / "});
}

TEST(HttpReader, BodiesAreLimitedByWhatIsAskedFor) {
    expect_however_cut("POST /a HTTP/1.1\r\nContent-Length: 11\r\n\r\n", {"413"});
    expect_however_cut("POST /lp/a HTTP/1.1\r\nContent-Length: 1001\r\n\r\n", {"413"});
    const std::string body(1000, 'x');
    expect_however_cut("POST /lp/a HTTP/1.1\r\nContent-Length: 1000\r\n\r\n" + body, {"POST /lp/a " + body});
}

TEST(HttpReader, AHeaderAboveTheLimitIsRefusedBeforeItsEndComes) {
    EXPECT_EQ(read("GET / HTTP/1.1\r\nX: " + std::string(600, 'x'), 100), std::vector<std::string>{"431"});
    EXPECT_EQ(read("GET / HTTP/1.1\r\nX: " + std::string(600, 'x') + "\r\n\r\n", 1000),
              std::vector<std::string>{"431"});
}

TEST(HttpReader, ChunkedBodiesAreRefusedWhateverIsInThem) {
    const std::string head = "POST /lp/y HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect_however_cut(head + "2\r\nde\r\n0\r\n\r\n", {"411"});
    expect_however_cut(head + "0\r\nabc\r\n0\r\nozt", {"411"});  // Beast 1.74 would abort
    expect_however_cut("GET / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", {"411"});
    expect_however_cut("GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", {"411"});
}

TEST(HttpReader, GarbageIsRefusedAndNothingIsReadAfterIt) {
    expect_however_cut("hello there\r\n\r\nGET / HTTP/1.1\r\n\r\n", {"400"});
    expect_however_cut("GET / 9\r\n\r\nGET / HTTP/1.1\r\n\r\n", {"400"});
    expect_however_cut("GET / HTTP/1.1\r\nBad Name: x\r\n\r\n", {"400"});
    expect_however_cut("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", {"400"});
}

TEST(HttpReader, AClientThatWaitsForContinueIsToldOnce) {
    HttpReader reader = make();
    reader.add("POST /lp/a HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(reader.next(), Found::body);
    reader.take_body();
    EXPECT_EQ(reader.next(), Found::go_ahead);
    EXPECT_EQ(reader.next(), Found::more);
    reader.add("a");
    EXPECT_EQ(reader.next(), Found::more);
    reader.add("b");
    EXPECT_EQ(reader.next(), Found::request);
    EXPECT_EQ(reader.take().body(), "ab");
}

TEST(HttpReader, ABodyThatIsNotThereYetWaitsUntilItIsTaken) {
    HttpReader reader = make();
    reader.add("POST /lp/a HTTP/1.1\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(reader.next(), Found::body);
    EXPECT_EQ(view(reader.request().target()), "/lp/a");
    EXPECT_EQ(reader.body_size(), 3u);
    reader.take_body();
    EXPECT_EQ(reader.next(), Found::more);
    reader.add("abc");
    EXPECT_EQ(reader.next(), Found::request);
    EXPECT_EQ(reader.take().body(), "abc");
    reader.add("POST /lp/b HTTP/1.1\r\nContent-Length: 2\r\n\r\nd");
    EXPECT_EQ(reader.next(), Found::body) << "what was said of one body says nothing of the next";
}

TEST(HttpReader, ABodyThatCameWithItsHeadIsReadAtOnce) {
    HttpReader reader = make();
    reader.add("POST /lp/a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n");
    EXPECT_EQ(reader.next(), Found::request);
    EXPECT_EQ(reader.take().body(), "abc");
    EXPECT_EQ(reader.next(), Found::request);
}

TEST(HttpReader, AnUpgradeLeavesWhatFollowsTheHead) {
    HttpReader reader = make();
    const std::string head = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n";
    reader.add(head + "\x81\x80");
    EXPECT_EQ(reader.next(), Found::upgrade);
    EXPECT_EQ(reader.head(), head);
    EXPECT_EQ(reader.take_rest(), "\x81\x80");
}

TEST(HttpReader, AnUpgradeWithABodyIsRefused) {
    const std::string head = "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: ";
    HttpReader with = make();
    with.add(head + "2\r\n\r\nab");
    EXPECT_EQ(with.next(), Found::refused);
    EXPECT_EQ(with.status(), 400u);
    HttpReader without = make();
    without.add(head + "0\r\n\r\n");
    EXPECT_EQ(without.next(), Found::upgrade);
}

}  // namespace
}  // namespace heddle
