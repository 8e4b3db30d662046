#pragma once
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "serializers/fields.hpp"
#include "serializers/messages.hpp"

/// What each message's list holds, in order: one `read` a message (WAMP specification, "Messages").
/// Long because it is a table: all messages in one place, beside its mirror write_messages.hpp.
namespace heddle::detail {

/// A key that the router does not know itself: what is meant for the other side is kept, all else is stepped over.
template <class In>
bool read_extra(In& in, std::string_view key, std::shared_ptr<Extras>& extras) {
    const std::string_view passthru = passthru_key(key);
    if (passthru.empty() && !is_custom_key(key)) return in.skip();
    std::string name(key);  // the reader's own text is gone after the next token
    in.about(passthru.empty() ? "custom attributes" : passthru);
    std::string_view value;
    if (!(passthru.empty() ? in.as_carried(value) : in.as_carried_text(value))) return false;
    if (!extras) extras = std::make_shared<Extras>();
    extras->origin = in.encoding();
    extras->passthru |= passthru == "ppt_scheme";
    const auto same = std::find_if(extras->entries.begin(), extras->entries.end(),
                                   [&](const Extras::Entry& entry) { return entry.key == name; });
    if (same != extras->entries.end()) return same->value = value, true;  // the last one counts, as with other keys
    if (extras->entries.size() >= extras_max) return in.refuse("at most 64");
    extras->entries.push_back({std::move(name), std::string(value)});
    return true;
}

template <class In>
bool read_features(In& in, Roles& roles, Role role) {
    return in.as_map([&](std::string_view name) {
        // Some sections of the specification spell it with two l.
        const auto feature = named<Feature>(feature_names, name == "call_cancelling" ? "call_canceling" : name);
        if (!feature) return in.skip();
        in.about(name_of(*feature));
        bool on = false;
        if (!in.as_bool(on)) return false;
        if (on) roles.add(role, *feature);
        return true;
    });
}

template <class In>
bool read_roles(In& in, Roles& roles) {
    return in.as_map([&](std::string_view name) {
        const auto role = named<Role>(role_names, name);
        if (!role) return in.skip();
        in.about(name_of(*role));
        roles.add(*role);
        return in.as_map(
            [&](std::string_view key) { return in.is(key, "features") ? read_features(in, roles, *role) : in.skip(); });
    });
}

template <class In>
bool read(In& in, Hello& m) {
    const auto detail = [&, &d = m.details](std::string_view key) {
        if (in.is(key, "roles")) return read_roles(in, d.roles);
        if (in.is(key, "agent")) return in.as_text(d.agent);
        if (in.is(key, "authid")) return in.as_text(d.authid);
        if (in.is(key, "authmethods")) return d.authmethods.clear(), in.as_texts(d.authmethods);
        if (in.is(key, "authextra")) return in.as_carried_map(d.authextra);
        return in.skip();
    };
    return in.text("Realm", m.realm) && in.map("Details", detail);
}

template <class In>
bool read(In& in, Welcome& m) {
    const auto detail = [&, &d = m.details](std::string_view key) {
        if (in.is(key, "roles")) return read_roles(in, d.roles);
        if (in.is(key, "agent")) return in.as_text(d.agent);
        if (in.is(key, "realm")) return in.as_text(d.realm);
        if (in.is(key, "authid")) return in.as_text(d.authid);
        if (in.is(key, "authrole")) return in.as_text(d.authrole);
        if (in.is(key, "authmethod")) return in.as_text(d.authmethod);
        if (in.is(key, "authprovider")) return in.as_text(d.authprovider);
        if (in.is(key, "authextra")) return in.as_carried_map(d.authextra);
        return in.skip();
    };
    return in.id("Session", m.session) && in.map("Details", detail);
}

template <class In>
bool read_closing(In& in, std::string_view& message, std::string_view& reason) {
    const auto detail = [&](std::string_view key) { return in.is(key, "message") ? in.as_text(message) : in.skip(); };
    return in.map("Details", detail) && in.text("Reason", reason);
}
template <class In>
bool read(In& in, Abort& m) {
    return read_closing(in, m.message, m.reason) && in.payload(m.payload);
}
template <class In>
bool read(In& in, Goodbye& m) {
    return read_closing(in, m.message, m.reason);
}

template <class In>
bool read(In& in, Challenge& m) {
    return in.text("AuthMethod", m.method) && in.carried_map("Extra", m.extra);
}
template <class In>
bool read(In& in, Authenticate& m) {
    return in.text("Signature", m.signature) && in.carried_map("Extra", m.extra);
}

template <class In>
bool read(In& in, ErrorReply& m) {
    std::shared_ptr<Extras> extras;
    const auto detail = [&](std::string_view key) { return read_extra(in, key, extras); };
    const bool good = in.natural("REQUEST.Type", m.request_type) && in.id("REQUEST.Request", m.request) &&
                      in.map("Details", detail) && in.text("Error", m.error) && in.payload(m.payload);
    m.extras = std::move(extras);
    return good;
}

template <class In>
bool read_options(In& in, PublishOptions& o) {
    std::shared_ptr<ReceiverLists> lists;  // made when the first of them comes
    std::shared_ptr<Extras> extras;
    const auto ids = [&](auto member) {
        if (!lists) lists = std::make_shared<ReceiverLists>();
        return in.as_ids(((*lists).*member).emplace());
    };
    const auto texts = [&](auto member) {
        if (!lists) lists = std::make_shared<ReceiverLists>();
        return in.as_texts(((*lists).*member).emplace());
    };
    const auto option = [&](std::string_view key) {
        if (in.is(key, "acknowledge")) return in.as_bool(o.acknowledge);
        if (in.is(key, "exclude_me")) return in.as_bool(o.exclude_me);
        if (in.is(key, "disclose_me")) return in.as_bool(o.disclose_me);
        if (in.is(key, "retain")) return in.as_bool(o.retain);
        if (in.is(key, "exclude")) return ids(&ReceiverLists::exclude);
        if (in.is(key, "eligible")) return ids(&ReceiverLists::eligible);
        if (in.is(key, "exclude_authid")) return texts(&ReceiverLists::exclude_authid);
        if (in.is(key, "eligible_authid")) return texts(&ReceiverLists::eligible_authid);
        if (in.is(key, "exclude_authrole")) return texts(&ReceiverLists::exclude_authrole);
        if (in.is(key, "eligible_authrole")) return texts(&ReceiverLists::eligible_authrole);
        return read_extra(in, key, extras);
    };
    const bool good = in.map("Options", option);
    o.lists = std::move(lists);
    o.extras = std::move(extras);
    return good;
}
template <class In>
bool read(In& in, Publish& m) {
    return in.id("Request", m.request) && read_options(in, m.options) && in.text("Topic", m.topic) &&
           in.payload(m.payload);
}
template <class In>
bool read(In& in, Published& m) {
    return in.id("PUBLISH.Request", m.request) && in.id("Publication", m.publication);
}

template <class In>
bool read(In& in, Subscribe& m) {
    const auto option = [&](std::string_view key) {
        if (in.is(key, "match")) return in.as_choice(m.options.match, match_names);
        if (in.is(key, "get_retained")) return in.as_bool(m.options.get_retained);
        return in.skip();
    };
    return in.id("Request", m.request) && in.map("Options", option) && in.text("Topic", m.topic);
}
template <class In>
bool read(In& in, Subscribed& m) {
    return in.id("SUBSCRIBE.Request", m.request) && in.id("Subscription", m.subscription);
}
template <class In>
bool read(In& in, Unsubscribe& m) {
    return in.id("Request", m.request) && in.id("SUBSCRIBED.Subscription", m.subscription);
}

/// `[request]`, or `[0, {what: id, reason?}]` where the router took it away itself.
template <class In, class Tag>
bool read_revocable(In& in, const char* request_name, std::string_view what, RequestId& request, Id<Tag>& revoked,
                    std::string_view& reason) {
    const auto detail = [&](std::string_view key) {
        if (in.is(key, what)) return in.as_id(revoked.value);
        if (in.is(key, "reason")) return in.as_text(reason);
        return in.skip();
    };
    if (!in.id_or_zero(request_name, request.value)) return false;
    if (request) return !in.more() || in.say_field("Details", "is for revocations, where the request is 0");
    return in.map("Details", detail) && (revoked ? true : in.refuse("a map that names what was revoked"));
}
template <class In>
bool read(In& in, Unsubscribed& m) {
    return read_revocable(in, "UNSUBSCRIBE.Request", "subscription", m.request, m.revoked, m.reason);
}
template <class In>
bool read(In& in, Unregistered& m) {
    return read_revocable(in, "UNREGISTER.Request", "registration", m.request, m.revoked, m.reason);
}

template <class In>
bool read(In& in, Event& m) {
    std::shared_ptr<Extras> extras;
    const auto detail = [&, &d = m.details](std::string_view key) {
        if (in.is(key, "topic")) return in.as_text(d.topic);
        if (in.is(key, "publisher")) return in.as_id(d.publisher.value);
        if (in.is(key, "publisher_authid")) return in.as_text(d.publisher_authid);
        if (in.is(key, "publisher_authrole")) return in.as_text(d.publisher_authrole);
        if (in.is(key, "trustlevel")) return in.as_natural(d.trustlevel.emplace());
        if (in.is(key, "retained")) return in.as_bool(d.retained);
        return read_extra(in, key, extras);
    };
    const bool good = in.id("SUBSCRIBED.Subscription", m.subscription) &&
                      in.id("PUBLISHED.Publication", m.publication) && in.map("Details", detail) &&
                      in.payload(m.payload);
    m.details.extras = std::move(extras);
    return good;
}

template <class In>
bool read(In& in, Call& m) {
    std::shared_ptr<Extras> extras;
    const auto option = [&, &o = m.options](std::string_view key) {
        if (in.is(key, "timeout")) return in.as_natural(o.timeout_ms);
        if (in.is(key, "receive_progress")) return in.as_bool(o.receive_progress);
        if (in.is(key, "progress")) return in.as_bool(o.progress);
        if (in.is(key, "disclose_me")) return in.as_bool(o.disclose_me);
        return read_extra(in, key, extras);
    };
    const bool good = in.id("Request", m.request) && in.map("Options", option) && in.text("Procedure", m.procedure) &&
                      in.payload(m.payload);
    m.options.extras = std::move(extras);
    return good;
}

template <class In>
bool read_mode(In& in, CancelMode& mode) {
    const auto option = [&](std::string_view key) {
        return in.is(key, "mode") ? in.as_choice(mode, cancel_mode_names) : in.skip();
    };
    return in.map("Options", option);
}
template <class In>
bool read(In& in, Cancel& m) {
    return in.id("CALL.Request", m.request) && read_mode(in, m.mode);
}
template <class In>
bool read(In& in, Interrupt& m) {
    return in.id("INVOCATION.Request", m.request) && read_mode(in, m.mode);
}

template <class In, class Answer>
bool read_answer(In& in, const char* request_name, const char* map_name, Answer& m) {
    std::shared_ptr<Extras> extras;
    const auto entry = [&](std::string_view key) {
        return in.is(key, "progress") ? in.as_bool(m.progress) : read_extra(in, key, extras);
    };
    const bool good = in.id(request_name, m.request) && in.map(map_name, entry) && in.payload(m.payload);
    m.extras = std::move(extras);
    return good;
}
template <class In>
bool read(In& in, CallResult& m) {
    return read_answer(in, "CALL.Request", "Details", m);
}
template <class In>
bool read(In& in, Yield& m) {
    return read_answer(in, "INVOCATION.Request", "Options", m);
}

template <class In>
bool read(In& in, Register& m) {
    const auto option = [&, &o = m.options](std::string_view key) {
        if (in.is(key, "match")) return in.as_choice(o.match, match_names);
        if (in.is(key, "invoke")) return in.as_choice(o.invoke, invoke_names);
        if (in.is(key, "disclose_caller")) return in.as_bool(o.disclose_caller);
        if (in.is(key, "forward_timeout")) return in.as_bool(o.forward_timeout);
        if (in.is(key, "force_reregister")) return in.as_bool(o.force_reregister);
        return in.skip();
    };
    return in.id("Request", m.request) && in.map("Options", option) && in.text("Procedure", m.procedure);
}
template <class In>
bool read(In& in, Registered& m) {
    return in.id("REGISTER.Request", m.request) && in.id("Registration", m.registration);
}
template <class In>
bool read(In& in, Unregister& m) {
    return in.id("Request", m.request) && in.id("REGISTERED.Registration", m.registration);
}

template <class In>
bool read(In& in, Invocation& m) {
    std::shared_ptr<Extras> extras;
    const auto detail = [&, &d = m.details](std::string_view key) {
        if (in.is(key, "procedure")) return in.as_text(d.procedure);
        if (in.is(key, "caller")) return in.as_id(d.caller.value);
        if (in.is(key, "caller_authid")) return in.as_text(d.caller_authid);
        if (in.is(key, "caller_authrole")) return in.as_text(d.caller_authrole);
        if (in.is(key, "trustlevel")) return in.as_natural(d.trustlevel.emplace());
        if (in.is(key, "timeout")) return in.as_natural(d.timeout_ms);
        if (in.is(key, "receive_progress")) return in.as_bool(d.receive_progress);
        if (in.is(key, "progress")) return in.as_bool(d.progress);
        return read_extra(in, key, extras);
    };
    const bool good = in.id("Request", m.request) && in.id("REGISTERED.Registration", m.registration) &&
                      in.map("Details", detail) && in.payload(m.payload);
    m.details.extras = std::move(extras);
    return good;
}

}  // namespace heddle::detail
