#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin_desk.hpp"
#include "router/admin/store.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;

class StoreTest : public testing::Test {
 protected:
    std::string path() const { return folder_ + "/heddle.db"; }
    static StoredRealm plant() { return {"plant", {{"auth", {"scram"}}}, 1, {1, "ada", 1000}}; }
    static StoredUser kim() {
        StoredUser out;
        out.user.authid = "kim";
        out.user.role = "operator";
        out.user.scram = "verifier";
        out.user.keys = {"ab"};
        out.user.expires = 77;
        out.stamp = {3, "ada", 2000};
        return out;
    }
    const test::TempFolder temp_;
    const std::string folder_ = temp_.path();
};

TEST_F(StoreTest, KeepsRealmsRolesUsers) {
    {
        Store store(path());
        store.put_realm(plant());
        StoredRole role{"operator", {{"permissions", json::array({{{"match", "prefix"}, {"uri", "com."}}})}}, {}, {2, "bo", 5}};
        role.rules["prefix com."] = {2, "bo", 5};
        store.put_role("plant", role);
        store.put_user("plant", kim());
    }
    Store store(path());
    ASSERT_TRUE(store.realm("plant"));
    EXPECT_EQ(store.realm("plant")->options, plant().options);
    const auto role = store.role("plant", "operator");
    ASSERT_TRUE(role);
    EXPECT_EQ(role->stamp.by, "bo");
    EXPECT_EQ(role->rules.at("prefix com.").revision, 2u);
    const auto user = store.user("plant", "kim");
    ASSERT_TRUE(user);
    EXPECT_EQ(user->user.scram, "verifier");
    EXPECT_EQ(user->user.keys, std::vector<std::string>{"ab"});
    EXPECT_EQ(user->user.expires, 77);
    EXPECT_EQ(user->stamp.revision, 3u);
}

TEST_F(StoreTest, RealmTakesItsRolesAndUsersAlong) {
    Store store(path());
    store.put_realm(plant());
    store.put_role("plant", {"operator", json::object(), {}, {}});
    store.put_user("plant", kim());
    store.remove_realm("plant");
    EXPECT_FALSE(store.role("plant", "operator"));
    EXPECT_FALSE(store.user("plant", "kim"));
    EXPECT_THROW(store.put_user("plant", kim()), std::runtime_error) << "nobody is in a realm that is not there";
}

TEST_F(StoreTest, TransactionIsAllOrNothing) {
    Store store(path());
    store.put_realm(plant());
    {
        Store::Transaction transaction(store);
        store.count_edit("plant");
        store.put_user("plant", kim());
        store.append({});
    }
    EXPECT_FALSE(store.user("plant", "kim"));
    EXPECT_EQ(store.realm("plant")->edits, 1u);
    EXPECT_EQ(store.audit_size().entries, 0u);
    {
        Store::Transaction transaction(store);
        EXPECT_EQ(store.count_edit("plant"), 2u);
        EXPECT_EQ(store.append({}), 1u) << "numbers of what never was are used again";
        transaction.commit();
    }
    EXPECT_EQ(store.realm("plant")->edits, 2u);
}

TEST_F(StoreTest, IsForItsOwnerAlone) {
    ::umask(0);
    Store store(path());
    store.put_realm(plant());
    for (const char* companion : {"", "-wal", "-shm"}) {
        struct stat info {};
        ASSERT_EQ(::stat((path() + companion).c_str(), &info), 0) << companion;
        EXPECT_EQ(info.st_mode & 0777, 0600u) << companion;
    }
    ::umask(022);
}

std::string refusal_to_open(const std::string& path) {
    try {
        Store store(path);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

TEST_F(StoreTest, SecondStoreOnOneFileIsRefusedAndNamesTheProcess) {
    const std::string link = folder_ + "/other-name.db";
    {
        Store store(path());
        std::filesystem::create_symlink(path(), link);
        for (const std::string& name : {path(), link}) {
            const std::string refusal = refusal_to_open(name);
            EXPECT_NE(refusal.find("in use by process " + std::to_string(::getpid())), std::string::npos) << refusal;
            EXPECT_NE(refusal.find("store.path"), std::string::npos) << refusal;
        }
        SqliteFile reader(path());  // as sqlite3 and backups do
        SqliteStatement row(reader, "SELECT COUNT(*) FROM admin_meta");
        EXPECT_TRUE(row.step());
    }
    EXPECT_EQ(refusal_to_open(link), "") << "the lock is released with the store";
}

TEST_F(StoreTest, LockOfAKilledProcessIsFree) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        Store store(path());
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char byte = 0;
    ::close(ready[1]);
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
    const std::string refusal = refusal_to_open(path());
    EXPECT_NE(refusal.find("process " + std::to_string(child)), std::string::npos) << refusal;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(refusal_to_open(path()), "");
}

TEST_F(StoreTest, LockIsForItsOwnerAloneAndEmptyAfterwards) {
    { Store store(path()); }
    struct stat info {};
    ASSERT_EQ(::stat((path() + ".lock").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    EXPECT_EQ(info.st_size, 0);
}

TEST_F(StoreTest, SecretOfTheRouterStays) {
    std::string key;
    {
        Store store(path());
        key = store.mock_key();
        EXPECT_EQ(key.size(), 32u);
        EXPECT_EQ(store.mock_key(), key);
    }
    EXPECT_EQ(Store(path()).mock_key(), key);
    EXPECT_NE(Store(":memory:").mock_key(), key);
}

TEST_F(StoreTest, RefusesAStoreOfALaterVersion) {
    { Store store(path()); }
    {
        SqliteFile file(path());
        file.run("UPDATE admin_meta SET value = CAST('2' AS BLOB) WHERE name = CAST('version' AS BLOB)");
    }
    try {
        Store store(path());
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("newer heddle"), std::string::npos) << error.what();
    }
}

TEST_F(StoreTest, FolderThatIsNotThereIsNamed) {
    try {
        Store store(folder_ + "/no/heddle.db");
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("/no/heddle.db"), std::string::npos) << error.what();
    }
}

TEST_F(StoreTest, AuditHasNumbersWithoutGapsAndFilters) {
    Store store(":memory:");
    for (int i = 0; i < 10; ++i) {
        AuditEntry entry;
        entry.at = i * 1000;
        entry.who = i % 2 ? "ada" : "bo";
        entry.realm = i < 5 ? "plant" : "lab";
        entry.operation = "heddle.role.put";
        EXPECT_EQ(store.append(entry), static_cast<std::uint64_t>(i + 1));
    }
    AuditQuery query;
    query.limit = 3;
    auto page = store.audit(query);
    ASSERT_EQ(page.size(), 3u);
    EXPECT_EQ(page[0].n, 10u);
    query.after = page.back().n;
    EXPECT_EQ(store.audit(query).front().n, 7u);
    query = {};
    query.who = "ada";
    query.realm = "lab";
    query.newest_first = false;
    page = store.audit(query);
    ASSERT_EQ(page.size(), 3u);
    EXPECT_EQ(page[0].n, 6u);
    query = {};
    query.since = 8000;
    EXPECT_EQ(store.audit(query).size(), 2u);
    query = {};
    query.realms = std::vector<std::string>{"lab"};
    EXPECT_EQ(store.audit(query).size(), 5u);
    store.forget_audit(1'000'000);
    EXPECT_EQ(store.audit_size().entries, 1u) << "the last one stays: numbers go on from it";
    EXPECT_EQ(store.append({}), 11u);
}

TEST_F(StoreTest, AuditIsBoundedByCountAndBytes) {
    std::string path = this->path();
    AuditEntry entry;
    entry.detail = std::string(1'000, 'x');
    AuditSize bytes_of_two;
    {
        Store store(path);
        for (int i = 0; i < 10; ++i) store.append(entry);
        const AuditSize all = store.audit_size();
        EXPECT_EQ(all.entries, 10u);
        EXPECT_GT(all.bytes, 10'000u);
        bytes_of_two = {10, all.bytes / 5};
        store.trim_audit({10, all.bytes});
        EXPECT_EQ(store.audit_size(), all) << "exactly full";
        store.append(entry);
        store.trim_audit({10, all.bytes + 10'000});
        EXPECT_EQ(store.audit_size(), all) << "one beyond: the oldest went";
        AuditQuery query;
        query.newest_first = false;
        EXPECT_EQ(store.audit(query).front().n, 2u);
        store.trim_audit(bytes_of_two);
        EXPECT_EQ(store.audit_size(), (AuditSize{2, bytes_of_two.bytes}));
    }
    Store store(path);
    EXPECT_EQ(store.audit_size(), (AuditSize{2, bytes_of_two.bytes})) << "counted as it was kept";
    {
        Store::Transaction undone(store);
        store.append(entry);
        store.trim_audit({2, 1'000'000});
    }
    EXPECT_EQ(store.audit_size(), (AuditSize{2, bytes_of_two.bytes}));
    store.trim_audit({0, 0});
    EXPECT_EQ(store.audit_size().entries, 1u) << "numbers go on from the newest";
    EXPECT_EQ(store.append(entry), 12u);
}

TEST_F(StoreTest, UsersComeInPages) {
    Store store(":memory:");
    store.put_realm(plant());
    for (const char* authid : {"a", "b", "c", "d"}) {
        StoredUser user = kim();
        user.user.authid = authid;
        user.user.role = *authid < 'c' ? "x" : "y";
        store.put_user("plant", user);
    }
    const auto first = store.users("plant", "", 2);
    ASSERT_EQ(first.size(), 2u);
    const auto second = store.users("plant", first.back().user.authid, 2);
    ASSERT_EQ(second.size(), 2u);
    EXPECT_EQ(second[0].user.authid, "c");
    EXPECT_EQ(store.users("plant", "", 10, "y").size(), 2u);
    EXPECT_EQ(store.count_users("plant", "x"), 2u);
}

}  // namespace
}  // namespace heddle::admin
