// A plain model of who hears what, against the realm, over random programs.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "realms/uri_set.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

const std::vector<std::string> names = {"ann", "bob", "cat", "dan"};
const std::vector<std::string> topics = {"a", "b", "a.b", "a.c", "b.c", "ab.c", "a.b.c", "a.c.c"};
const std::vector<std::pair<Match, std::string>> patterns = {
    {Match::exact, "a"},     {Match::exact, "a.b"},   {Match::exact, "a.b.c"},   {Match::prefix, ""},
    {Match::prefix, "a"},    {Match::prefix, "a."},   {Match::prefix, "a.b"},    {Match::wildcard, "."},
    {Match::wildcard, "a."}, {Match::wildcard, ".c"}, {Match::wildcard, "a..c"}, {Match::wildcard, ".b."},
};
const std::vector<std::string> payloads = {"[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]"};

/// Everything by search through plain lists; says nothing of how the realm does it.
struct Model {
    struct Kept {
        std::string args;
        std::uint64_t publication = 0;
        std::optional<std::set<std::string>> eligible;  // names
    };
    std::set<std::string> alive;
    std::map<std::string, std::map<std::size_t, std::uint64_t>> held;  // name -> pattern -> subscription id
    std::map<std::string, std::vector<Kept>> retained;                 // topic -> all that were ever retained
    std::uint64_t publications = 0;

    /// The newest that `name` may see, of the newest for all and the newest with a list.
    const Kept* newest_for(const std::vector<Kept>& all, const std::string& name) const {
        bool list_seen = false;
        for (auto at = all.rbegin(); at != all.rend(); ++at) {
            if (!at->eligible) return &*at;
            if (list_seen) continue;
            list_seen = true;
            if (at->eligible->contains(name)) return &*at;
        }
        return nullptr;
    }
};

class Program {
 public:
    explicit Program(unsigned seed) : random_(seed), play_(open_realm()) {}

    void step() {
        const std::string name = names[pick(names.size())];
        if (!model_.alive.contains(name)) return join(name);
        switch (pick(10)) {
            case 0:
                return lose(name);
            case 1:
                return unsubscribe(name);
            case 2:
            case 3:
            case 4:
                return subscribe(name);
            default:
                return publish(name);
        }
    }
    void end() {
        EXPECT_EQ(play_.counts().subscriptions, subscriptions_in_model());
        for (const std::string& name : names) play_.lose(name);
        EXPECT_EQ(play_.counts().subscriptions, 0u);
        EXPECT_EQ(play_.counts().sessions, 0u);
    }

 private:
    std::size_t pick(std::size_t below) { return random_() % below; }

    void join(const std::string& name) {
        play_.connect(name);
        play_.send(name, hello());
        EXPECT_EQ(play_.next(name), "WELCOME authrole=anonymous");
        request_[name] = 0;
        model_.alive.insert(name);
    }
    void lose(const std::string& name) {
        play_.lose(name);
        model_.alive.erase(name);
        model_.held.erase(name);
        // A later session under this name is another one: lists by session id do not reach it.
        for (auto& [topic, all] : model_.retained)
            for (Model::Kept& kept : all)
                if (kept.eligible) kept.eligible->erase(name);
    }
    void unsubscribe(const std::string& name) {
        auto& held = model_.held[name];
        if (held.empty()) return;
        auto at = held.begin();
        std::advance(at, pick(held.size()));
        play_.send(name, test::unsubscribe(++request_[name], at->second));
        EXPECT_EQ(play_.next(name), Play::expected(unsubscribed(request_[name])));
        held.erase(at);
    }
    void subscribe(const std::string& name) {
        const std::size_t which = pick(patterns.size());
        const auto& [match, text] = patterns[which];
        const bool get_retained = pick(2) == 0;
        play_.send(name, test::subscribe(++request_[name], text, {match, get_retained}));
        const std::string answer = play_.next(name);
        const std::string head = "SUBSCRIBED " + std::to_string(request_[name]) + " subscription=";
        ASSERT_TRUE(answer.starts_with(head)) << answer;
        const std::uint64_t id = std::stoull(answer.substr(head.size()));
        for (const auto& [other, held] : model_.held)
            for (const auto& [pattern, known] : held)
                ASSERT_EQ(pattern == which, known == id) << "one id for one pattern";
        model_.held[name][which] = id;
        if (!get_retained) return;
        for (const auto& [topic, all] : model_.retained) {
            if (!holds({match, text}, topic)) continue;
            const Model::Kept* kept = model_.newest_for(all, name);
            if (!kept) continue;
            const std::string_view named = match == Match::exact ? std::string_view() : topic;
            EXPECT_EQ(play_.next(name), Play::expected(retained_event(id, kept->publication, kept->args, named)));
        }
        EXPECT_EQ(play_.unheard(), "");
    }
    void publish(const std::string& name) {
        const std::string& topic = topics[pick(topics.size())];
        const std::string& args = payloads[pick(payloads.size())];
        PublishOptions options = acknowledge();  // so that every publication shows its number
        options.exclude_me = pick(3) != 0;
        options.retain = pick(2) == 0;
        std::optional<std::set<std::string>> eligible;
        std::set<std::string> excluded;
        if (pick(3) == 0) options.lists = lists(eligible, excluded);
        play_.send(name, test::publish(++request_[name], topic, args, options));

        const std::uint64_t number = ++model_.publications;
        for (const std::string& hearer : model_.alive) {
            std::multiset<std::string> wanted, got;
            const bool hears = (hearer != name || !options.exclude_me) && (!eligible || eligible->contains(hearer)) &&
                               !excluded.contains(hearer);
            if (hears)
                for (const auto& [which, id] : model_.held[hearer])
                    if (holds({patterns[which].first, patterns[which].second}, topic))
                        wanted.insert(Play::expected(
                            event(id, number, args, patterns[which].first == Match::exact ? "" : topic)));
            if (hearer == name) wanted.insert(Play::expected(published(request_[name], number)));
            for (std::string line = play_.next(hearer); !line.empty(); line = play_.next(hearer)) got.insert(line);
            EXPECT_EQ(got, wanted) << hearer << " hears " << name << " on " << topic;
        }
        if (!options.retain) return;
        if (eligible)
            for (const std::string& out : excluded) eligible->erase(out);
        model_.retained[topic].push_back({args, number, eligible});
    }
    /// Lists by session id of those who are there.
    std::shared_ptr<const ReceiverLists> lists(std::optional<std::set<std::string>>& eligible,
                                               std::set<std::string>& excluded) {
        ReceiverLists made;
        made.eligible.emplace();
        eligible.emplace();
        for (const std::string& name : model_.alive)
            if (pick(2) == 0) {
                eligible->insert(name);
                made.eligible->push_back(play_.session(name));
            }
        if (pick(2) == 0) {
            made.exclude.emplace();
            for (const std::string& name : model_.alive)
                if (pick(4) == 0) {
                    excluded.insert(name);
                    made.exclude->push_back(play_.session(name));
                }
        }
        return std::make_shared<const ReceiverLists>(std::move(made));
    }
    std::size_t subscriptions_in_model() const {
        std::set<std::size_t> different;
        for (const auto& [name, held] : model_.held)
            for (const auto& [pattern, id] : held) different.insert(pattern);
        return different.size();
    }

    std::mt19937 random_;
    Play play_;
    Model model_;
    std::map<std::string, std::uint64_t> request_;
};

TEST(WhoHearsProperty, RealmAgreesWithThePlainModel) {
    for (unsigned seed = 0; seed < 2000 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Program program(seed);
        for (int step = 0; step < 60 && !testing::Test::HasFailure(); ++step) program.step();
        program.end();
    }
}

}  // namespace
}  // namespace heddle::test
