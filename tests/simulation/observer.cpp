#include "tests/simulation/observer.hpp"

#include <utility>

#include "tests/simulation/names.hpp"

namespace heddle::sim {

void Observer::join(RealmHost& host, TimePoint now) {
    host_ = &host;
    HelloDetails hello;
    hello.roles.add(Role::subscriber, Feature::pattern_based_subscription);
    hello.roles.add(Role::publisher, Feature::publisher_exclusion);
    self_ = host.join(*this, "router", hello, {"observer", "router", "router", "router", true}, now, true);
    SubscribeOptions all;
    all.match = Match::prefix;
    host.say(self_, Subscribe{{++requests_}, all, "town."}, now);
}

void Observer::leave(TimePoint now) { std::exchange(host_, nullptr)->leave(self_, now); }

void Observer::on_event(const Event& event) {
    const auto token = find_token(event.payload.args);
    ledger_.add(std::string(event.details.topic), {token.value_or(Token{}), !token});
}

void Observer::publish_to_all_topics(TimePoint now) {
    for (const std::string& topic : all_topics()) {
        PublishOptions options;
        options.retain = is_kept(topic);
        options.exclude_me = false;
        const std::string args = "[\"" + text_of({0, 1, ++published_, true}, 10) + "\"]";
        host_->say(self_, Publish{{++requests_}, options, topic, {Encoding::json, args, {}}}, now);
    }
}

}  // namespace heddle::sim
