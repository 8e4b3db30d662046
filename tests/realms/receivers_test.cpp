// Who receives a publication with lists (advanced profile, "Subscriber Black- and Whitelisting").
#include "realms/receivers.hpp"

#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

/// ann publishes with the lists that `make` gives; bob, cat and ann itself are subscribed. Who receives it?
std::vector<std::string> hearers(const std::function<ReceiverLists(Play&)>& make, bool exclude_me = true) {
    Play play(open_realm());
    for (const char* peer : {"ann", "bob", "cat"}) {
        play.connect(peer);
        play.send(peer, hello());
        play.send(peer, subscribe(1, "a.b"));
        play.next(peer);
        play.next(peer);
    }
    PublishOptions options = with_lists(make(play));
    options.exclude_me = exclude_me;
    play.send("ann", publish(2, "a.b", "[1]", options));
    std::vector<std::string> received;
    for (const char* peer : {"ann", "bob", "cat"})
        if (!play.next(peer).empty()) received.push_back(peer);
    return received;
}
using Names = std::vector<std::string>;

/// Authids are made up by the realm, so a test has to keep the text while the lists point at it.
std::string_view keep(std::string text) {
    static std::deque<std::string> kept;
    return kept.emplace_back(std::move(text));
}

TEST(Receivers, NoListMeansAllButThePublisher) {
    EXPECT_EQ(hearers([](Play&) { return ReceiverLists{}; }), (Names{"bob", "cat"}));
    EXPECT_EQ(hearers([](Play&) { return ReceiverLists{}; }, false), (Names{"ann", "bob", "cat"}));
}

TEST(Receivers, ListsBySession) {
    EXPECT_EQ(hearers([](Play& play) {
                  ReceiverLists lists;
                  lists.exclude = {{play.session("bob"), 12345}};
                  return lists;
              }),
              (Names{"cat"}));
    EXPECT_EQ(hearers([](Play& play) {
                  ReceiverLists lists;
                  lists.eligible = {{play.session("bob"), 12345}};
                  return lists;
              }),
              (Names{"bob"}));
}

TEST(Receivers, AnEmptyEligibleMeansNobodyAnEmptyExcludeNothing) {
    EXPECT_EQ(hearers([](Play&) {
                  ReceiverLists lists;
                  lists.eligible.emplace();
                  return lists;
              }),
              (Names{}));
    EXPECT_EQ(hearers([](Play&) {
                  ReceiverLists lists;
                  lists.exclude.emplace();
                  lists.exclude_authid.emplace();
                  lists.exclude_authrole.emplace();
                  return lists;
              }),
              (Names{"bob", "cat"}));
}

TEST(Receivers, BeingEligibleDoesNotDefeatPublisherExclusion) {
    const auto both = [](Play& play) {
        ReceiverLists lists;
        lists.eligible = {{play.session("ann"), play.session("bob")}};
        return lists;
    };
    EXPECT_EQ(hearers(both), (Names{"bob"}));
    EXPECT_EQ(hearers(both, false), (Names{"ann", "bob"}));
}

TEST(Receivers, ListsByAuthidAndAuthrole) {
    EXPECT_EQ(hearers([](Play& play) {
                  ReceiverLists lists;
                  lists.eligible_authid = {{keep(play.authid("cat")), "nobody"}};
                  return lists;
              }),
              (Names{"cat"}));
    EXPECT_EQ(hearers([](Play& play) {
                  ReceiverLists lists;
                  lists.exclude_authid = {{keep(play.authid("cat"))}};
                  return lists;
              }),
              (Names{"bob"}));
    EXPECT_EQ(hearers([](Play&) {
                  ReceiverLists lists;
                  lists.eligible_authrole = {{"admin"}};
                  return lists;
              }),
              (Names{}));
    EXPECT_EQ(hearers([](Play&) {
                  ReceiverLists lists;
                  lists.exclude_authrole = {{"anonymous"}};
                  return lists;
              }),
              (Names{}));
}

TEST(Receivers, AllListsMustAgree) {
    EXPECT_EQ(hearers([](Play& play) {
                  ReceiverLists lists;
                  lists.eligible = {{play.session("bob")}};
                  lists.eligible_authid = {{keep(play.authid("cat"))}};
                  return lists;
              }),
              (Names{}));
    EXPECT_EQ(hearers([](Play& play) {
                  ReceiverLists lists;
                  lists.eligible = {{play.session("bob"), play.session("cat")}};
                  lists.eligible_authrole = {{"anonymous"}};
                  lists.exclude_authid = {{keep(play.authid("cat"))}};
                  return lists;
              }),
              (Names{"bob"}));
}

TEST(Receivers, ListsHoldForPatternSubscriptionsToo) {
    Script s;
    s.join("ann").join("bob").join("cat");
    for (const char* peer : {"bob", "cat"})
        s.send(peer, subscribe(1, "a", subscribed_as(Match::prefix))).expect(peer, subscribed(1, 1));
    s.send("ann", [](Play& play) {
        ReceiverLists lists;
        lists.exclude = {{play.session("bob")}};
        return publish(1, "a.b", "[1]", with_lists(lists));
    });
    s.expect("cat", event(1, 1, "[1]", "a.b")).expect_silence("bob");
}

TEST(OwnedReceiverLists, OutliveTheFrameTheyCameIn) {
    std::unique_ptr<const OwnedReceiverLists> owned;
    {
        std::string frame = "role-one role-two kim";
        ReceiverLists lists;
        lists.eligible = {{7, 8}};
        lists.eligible_authrole = {{std::string_view(frame).substr(0, 8), std::string_view(frame).substr(9, 8)}};
        lists.exclude_authid = {{std::string_view(frame).substr(18)}};
        owned = std::make_unique<const OwnedReceiverLists>(lists);
        frame.assign(frame.size(), '#');
    }
    EXPECT_EQ(*owned->view().eligible, (std::vector<std::uint64_t>{7, 8}));
    EXPECT_EQ(*owned->view().eligible_authrole, (std::vector<std::string_view>{"role-one", "role-two"}));
    EXPECT_EQ(*owned->view().exclude_authid, (std::vector<std::string_view>{"kim"}));
    EXPECT_FALSE(owned->view().exclude || owned->view().eligible_authid || owned->view().exclude_authrole);
    EXPECT_GE(owned->bytes(), 19u);
}

}  // namespace
}  // namespace heddle::test
