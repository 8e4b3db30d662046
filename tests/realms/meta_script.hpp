#pragma once
#include <gtest/gtest.h>

#include <deque>

#include "tests/realms/script.hpp"

/// Transcripts about the meta API, where ids that only the run knows stand in payloads: "@bob" is the id of bob's
/// session, "@@bob" his authid in quotes.
namespace heddle::test {

/// Good for the whole program: messages hold views.
inline std::string_view with_ids(const Play& play, std::string text, const std::vector<std::string>& peers) {
    static std::deque<std::string> kept;
    const auto put = [&](const std::string& what, const std::string& value) {
        for (std::size_t at; (at = text.find(what)) != std::string::npos;) text.replace(at, what.size(), value);
    };
    for (const std::string& peer : peers) {
        put("@@" + peer, '"' + play.authid(peer) + '"');
        put("@" + peer, std::to_string(play.session(peer)));
    }
    return kept.emplace_back(std::move(text));
}

class MetaScript {
 public:
    explicit MetaScript(RealmSettings settings = powerful_realm()) : script(std::move(settings)) {}

    MetaScript& join(const std::string& peer, Where where = Where::current()) {
        peers_.push_back(peer);
        script.join(peer, all_roles(), where);
        return *this;
    }
    MetaScript& call(const std::string& peer, std::uint64_t request, std::string_view procedure,
                     const std::string& args = {}, const std::string& kwargs = {}, Where where = Where::current()) {
        script.send(
            peer,
            [=, peers = peers_](Play& play) -> Message {
                return Call{
                    {request}, {}, procedure, payload(with_ids(play, args, peers), with_ids(play, kwargs, peers))};
            },
            where);
        return *this;
    }
    /// `peer` gets this line next.
    MetaScript& receives(const std::string& peer, const std::string& line, Where where = Where::current()) {
        script.check([=, peers = peers_](
                         Play& play) { EXPECT_EQ(play.next(peer), with_ids(play, line, peers)) << "got by " << peer; },
                     where);
        return *this;
    }
    /// Subscribes in this order: subscriptions have the ids 1, 2, ...
    MetaScript& listens(const std::string& peer, std::initializer_list<std::string_view> topics,
                        Where where = Where::current()) {
        std::uint64_t request = 0;
        for (const std::string_view topic : topics) {
            ++request;
            script.send(peer, subscribe(request, topic), where).expect(peer, subscribed(request, request), where);
        }
        return *this;
    }
    Script* operator->() { return &script; }

    /// One whose anonymous clients may do everything, killing included.
    static RealmSettings powerful_realm() {
        RealmSettings settings = open_realm();
        const ActionSet all = settings.roles.front().permissions.front().allow;
        settings.roles.front().permissions.push_back({Match::prefix, "wamp.", all, {}});
        return settings;
    }

    Script script;

 private:
    std::vector<std::string> peers_;
};

}  // namespace heddle::test
