#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include "fake_control.hpp"
#include "router/config/load.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle::test {

/// A desk over a store in a folder of its own, with realms of a configuration; `again` is a restart.
class AdminDesk {
 public:
    using json = nlohmann::json;

    static constexpr const char* plant = R"(
[[listener]]
name = "local"
address = "127.0.0.1:0"
[[realm]]
name = "plant"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
permissions = [{ match = "prefix", uri = "com.plant.", allow = ["call", "publish", "subscribe"] }]
)";

    explicit AdminDesk(std::string config = plant, bool in_memory = false) : config_(std::move(config)), memory_(in_memory) {
        open();
    }
    ~AdminDesk() {
        close();
    }

    void open() {
        config::Sources sources;
        sources.file_name = "test.toml";
        sources.text = config_;
        sources.folders = {folder_, folder_};
        config::Loaded loaded = config::load(sources);
        if (loaded.mistakes.errors() > 0) throw std::runtime_error(loaded.mistakes.render("test.toml", config_));
        if (!memory_) loaded.settings.store = store_path();
        control = std::make_unique<FakeControl>(loaded.settings);
        desk = std::make_unique<admin::Desk>(loaded.settings, log_);
        if (receive) desk->tell(receive);
        if (first_password.empty()) first_password = desk->first_password();
        for (RealmEntry& entry : desk->realms()) control->add_realm(std::move(entry), [] {});
        desk->start(*control);
    }
    void close() {
        desk.reset();
        control.reset();
    }
    void again() {
        close();
        open();
    }

    /// `live`: as of a session of heddle.admin, which is not there.
    admin::Answer ask(std::string_view operation, json arguments = json::object(), std::string revision = {},
                      std::string who = "admin", bool live = false) {
        admin::Request request;
        const std::size_t dot = operation.find('.');
        request.operation = admin::find(operation.substr(0, dot), operation.substr(dot + 1));
        request.asker = {std::move(who), role, "ws", "127.0.0.1:1", 7, "scram", live};
        request.arguments = std::move(arguments);
        request.revision = std::move(revision);
        auto promise = std::make_shared<std::promise<admin::Answer>>();
        auto answer = promise->get_future();
        desk->ask(std::move(request), [promise](admin::Answer done) { promise->set_value(std::move(done)); });
        return answer.get();
    }
    std::string store_path() const { return folder_ + "/heddle.db"; }
    const std::string& folder() const { return folder_; }

    std::unique_ptr<FakeControl> control;
    std::unique_ptr<admin::Desk> desk;
    admin::Desk::Hear receive;  // used from the next `again` on
    std::string first_password;
    std::string role = "administrator";  // of who asks

    /// What was logged.
    class TextLog final : public Log {
     public:
        bool wants(LogLevel) const override { return true; }
        void put(LogLevel level, std::string_view event, std::span<const LogField> fields) override {
            text += log_line(LogFormat::text, level, event, fields, 0) + "\n";
        }
        std::string text;
    };
    const std::string& logged() const { return log_.text; }

 private:
    TextLog log_;
    std::string config_;
    const TempFolder temp_;
    const std::string folder_ = temp_.path();
    bool memory_;
};

}  // namespace heddle::test
