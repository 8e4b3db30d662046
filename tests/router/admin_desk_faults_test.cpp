// The desk where something goes wrong beside it: the router ends, a row of the store is damaged.
#include <gtest/gtest.h>

#include <future>

#include "admin_desk.hpp"
#include "router/sqlite_file.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;
using test::AdminDesk;

/// A committed edit is never told as failed.
TEST(Desk, AnEditThatMeetsTheEndOfTheRouterIsDone) {
    AdminDesk place;
    std::promise<void> reached;
    place.control->reached = &reached;
    place.control->stuck = true;
    auto answer = std::async(std::launch::async, [&] { return place.ask("role.put", {{"realm", "plant"}, {"role", "r"}}, "new"); });
    reached.get_future().wait();
    place.desk->stop();
    EXPECT_EQ(answer.get().error, "");
    place.again();
    EXPECT_EQ(place.ask("role.get", {{"realm", "plant"}, {"role", "r"}}).error, "");
}

TEST(Desk, WhoIsToldThatItStopsMayAskAgain) {
    AdminDesk place;
    place.desk->stop();
    std::string received;
    admin::Request request;
    request.operation = admin::find("realm", "list");
    place.desk->ask(request, [&](Answer first) {
        received = first.error;
        place.desk->ask(request, [&](Answer second) { received += " " + second.error; });
    });
    EXPECT_EQ(received, "heddle.error.shutting_down heddle.error.shutting_down");
}

TEST(Desk, ADamagedRowIsNotTakenForAnEditThatFailed) {
    AdminDesk place;
    ASSERT_EQ(place.ask("role.put", {{"realm", "plant"}, {"role", "r"}}, "new").error, "");
    const auto damage = [&](const char* body) {
        SqliteFile file(place.store_path());
        SqliteStatement(file, "UPDATE admin_role SET body = ? WHERE name = CAST('r' AS BLOB)").put(std::string_view(body)).step();
    };
    for (const char* body : {"{", "[[[[", "7"}) {
        damage(body);
        const Answer edit = place.ask("realm.put", {{"realm", "plant"}, {"auth", {"anonymous"}}}, "*");
        EXPECT_EQ(edit.error, "heddle.error.store_failed") << body;
        EXPECT_EQ(place.ask("role.get", {{"realm", "plant"}, {"role", "r"}}).error, "heddle.error.store_failed") << body;
        EXPECT_FALSE(place.desk->store_works());
    }
}

}  // namespace
}  // namespace heddle::admin
