#include "bridge/links.hpp"

namespace heddle {

std::string LinkTable::key_of(Match match, std::string_view uri) {
    std::string key(1, static_cast<char>('0' + static_cast<int>(match)));
    return key += uri;
}

Link* LinkTable::find(Match match, std::string_view uri) {
    if (links_.empty()) return nullptr;  // those who only send commands: no key is made up for them
    const auto found = links_.find(key_of(match, uri));
    return found == links_.end() ? nullptr : found->second.get();
}

Link* LinkTable::find(SubscriptionId subscription) {
    const auto found = by_subscription_.find(subscription);
    return found == by_subscription_.end() ? nullptr : found->second;
}

Link& LinkTable::add(Match match, std::string_view uri) {
    auto& link = links_[key_of(match, uri)];
    link = std::make_unique<Link>();
    link->match = match;
    link->uri = uri;
    return *link;
}

void LinkTable::set_subscription(Link& link, SubscriptionId subscription) {
    link.subscription = subscription;
    by_subscription_[subscription] = &link;
}

void LinkTable::clear_subscription(Link& link) {
    if (link.subscription) by_subscription_.erase(link.subscription);
    link.subscription = {};
}

void LinkTable::erase(Link& link) {
    clear_subscription(link);
    links_.erase(key_of(link.match, link.uri));
}

}  // namespace heddle
