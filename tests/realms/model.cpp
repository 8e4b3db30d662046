#include "tests/realms/model.hpp"

#include <algorithm>

#include "realms/uri_set.hpp"

namespace heddle::test {

void Model::join(const Name& name, const Roles& roles, std::uint64_t session, const std::string& authid) {
    sessions_[name] = {roles, session, authid, 0, {}};
    received_[name].push_back("WELCOME authrole=" + settings_.anonymous_role);
}

void Model::leave(const Name& name) {
    leave_topics(name);
    leave_procedures(name);
    sessions_.erase(name);
}

void Model::violation(const Name& name) {
    receive(name, abort("wamp.error.protocol_violation"));
    received_[name].push_back("CLOSED protocol_violation");
    leave(name);
}

void Model::say(const Name& name, const Message& message, const Received& realm_received) {
    std::visit(
        Overload{[&](const Subscribe& m) { subscribe(name, m); }, [&](const Unsubscribe& m) { unsubscribe(name, m); },
                 [&](const Publish& m) { publish(name, m); }, [&](const Register& m) { register_(name, m); },
                 [&](const Unregister& m) { unregister(name, m); },
                 [&](const heddle::Call& m) { call(name, m, realm_received); }, [&](const Cancel& m) { cancel(name, m); },
                 [&](const Yield& m) { yield(name, m); }, [&](const ErrorReply& m) { error(name, m, realm_received); },
                 [&](const Goodbye&) {
                     receive(name, goodbye("wamp.close.goodbye_and_out"));
                     received_[name].push_back("DETACHED goodbye");
                     leave(name);
                 },
                 [&](const auto&) { violation(name); }},
        message);
}

// ---- permissions

/// As docs/permissions.md has it, word by word: there is one role, and no rule of it names anybody.
bool Model::may(Action action, Match match, std::string_view uri) const {
    const UriSet what{match, uri};
    std::vector<const PermissionRule*> fitting;
    for (const PermissionRule& rule : settings_.roles.front().permissions) {
        const UriSet set{rule.match, rule.uri};
        const bool denies = rule.deny.has(action), allows = !denies && rule.allow.has(action);
        if ((denies && intersects(set, what)) || (allows && contains(set, what))) fitting.push_back(&rule);
    }
    bool any = false;
    for (const PermissionRule* rule : fitting) {
        bool yields = false;
        for (const PermissionRule* other : fitting)
            yields = yields || (contains({rule->match, rule->uri}, {other->match, other->uri}) &&
                                !contains({other->match, other->uri}, {rule->match, rule->uri}));
        if (yields) continue;
        if (rule->deny.has(action)) return false;
        any = true;
    }
    return any;
}

std::size_t Model::edit(const RealmSettings& next) {
    settings_ = next;
    std::size_t ended = 0;
    for (Subscription& subscription : subscriptions_) {
        if (may(Action::subscribe, subscription.match, subscription.text)) continue;
        ended += subscription.subscribers.size();
        subscription.subscribers.clear();
    }
    std::erase_if(subscriptions_, [](const Subscription& subscription) { return subscription.subscribers.empty(); });
    const auto forbidden = [&](const Registration& registration) {
        return !may(Action::register_, registration.match, registration.text);
    };
    for (const Registration& registration : registrations_)
        if (forbidden(registration)) ended += registration.callees.size();
    std::erase_if(registrations_, forbidden);
    return ended;
}

// ---- topics

void Model::subscribe(const Name& name, const Subscribe& m) {
    const Match match = m.options.match;
    if (!may(Action::subscribe, match, m.topic))
        return receive(name, test::error(32, m.request.value, "wamp.error.not_authorized"));
    auto found = std::find_if(subscriptions_.begin(), subscriptions_.end(),
                              [&](const Subscription& s) { return s.match == match && s.text == m.topic; });
    if (found == subscriptions_.end()) {
        subscriptions_.push_back({match, std::string(m.topic), ++last_subscription_, {}});
        found = subscriptions_.end() - 1;
    }
    found->subscribers.insert(name);
    receive(name, subscribed(m.request.value, found->id));
    if (!m.options.get_retained) return;
    for (const auto& [topic, kept] : kept_) {
        if (!holds({match, found->text}, topic) || !may(Action::publish, Match::exact, topic)) continue;
        if (const Publication* newest = newest_for(name, kept)) tell(name, *found, topic, *newest, true);
    }
}

void Model::unsubscribe(const Name& name, const Unsubscribe& m) {
    for (auto at = subscriptions_.begin(); at != subscriptions_.end(); ++at) {
        if (at->id != m.subscription.value || at->subscribers.erase(name) == 0) continue;
        if (at->subscribers.empty()) subscriptions_.erase(at);
        return receive(name, unsubscribed(m.request.value));
    }
    receive(name, test::error(34, m.request.value, "wamp.error.no_such_subscription"));
}

void Model::publish(const Name& name, const Publish& m) {
    if (!may(Action::publish, Match::exact, m.topic)) {
        if (m.options.acknowledge) receive(name, test::error(16, m.request.value, "wamp.error.not_authorized"));
        return;
    }
    Publication made{std::string(m.payload.args), {}, ++publications_, {}};
    if (m.options.disclose_me) made.publisher = sessions_.at(name).authid;
    if (m.options.lists) {
        const auto copy = [](const auto& from, auto& to) {
            if (from) to.emplace(from->begin(), from->end());
        };
        const ReceiverLists& lists = *m.options.lists;
        made.lists.emplace();
        copy(lists.exclude, made.lists->exclude);
        copy(lists.eligible, made.lists->eligible);
        copy(lists.exclude_authid, made.lists->exclude_authid);
        copy(lists.eligible_authid, made.lists->eligible_authid);
        copy(lists.exclude_authrole, made.lists->exclude_authrole);
        copy(lists.eligible_authrole, made.lists->eligible_authrole);
    }
    for (const Subscription& subscription : subscriptions_) {
        if (!holds({subscription.match, subscription.text}, m.topic)) continue;
        for (const Name& to : subscription.subscribers)
            if ((to != name || !m.options.exclude_me) && may_receive(to, made.lists))
                tell(to, subscription, m.topic, made, false);
    }
    if (m.options.acknowledge) receive(name, published(m.request.value, number(made.token)));
    if (m.options.retain) kept_[std::string(m.topic)].push_back(std::move(made));
}

void Model::tell(const Name& name, const Subscription& subscription, std::string_view topic, const Publication& made,
                 bool retained) {
    Event told;
    told.subscription = {subscription.id};
    told.publication = {number(made.token)};
    told.payload = payload(made.args);
    told.details.retained = retained;
    if (subscription.match != Match::exact) told.details.topic = topic;
    if (!made.publisher.empty()) told.details.publisher = {1};
    told.details.publisher_authid = made.publisher;
    receive(name, told);
}

bool Model::may_receive(const Name& name, const std::optional<Lists>& lists) const {
    if (!lists) return true;
    const Session& session = sessions_.at(name);
    const auto pass = [](const auto& eligible, const auto& exclude, const auto& value) {
        return (!eligible || eligible->contains(value)) && !(exclude && exclude->contains(value));
    };
    return pass(lists->eligible, lists->exclude, session.id) &&
           pass(lists->eligible_authid, lists->exclude_authid, session.authid) &&
           pass(lists->eligible_authrole, lists->exclude_authrole, settings_.anonymous_role);
}

/// Of the newest that everybody may receive and, if there is one after it, the newest with lists.
const Model::Publication* Model::newest_for(const Name& name, const std::vector<Publication>& kept) const {
    bool restricted_seen = false;
    for (auto at = kept.rbegin(); at != kept.rend(); ++at) {
        if (!at->lists) return &*at;
        if (!restricted_seen && may_receive(name, at->lists)) return &*at;
        restricted_seen = true;
    }
    return nullptr;
}

std::uint64_t Model::number(std::uint64_t token) { return numbers_.emplace(token, numbers_.size() + 1).first->second; }

void Model::leave_topics(const Name& name) {
    for (Subscription& subscription : subscriptions_) subscription.subscribers.erase(name);
    std::erase_if(subscriptions_, [](const Subscription& subscription) { return subscription.subscribers.empty(); });
}

}  // namespace heddle::test
