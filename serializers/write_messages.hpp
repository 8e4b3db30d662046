#pragma once
#include <optional>
#include <string_view>

#include "serializers/messages.hpp"
#include "serializers/names.hpp"
#include "serializers/out.hpp"
#include "serializers/rules.hpp"

/// How each message becomes a list: one `put` a message, the mirror of read_messages.hpp. Options and Details hold only
/// what differs from the default, and empty payload parts are left out.
/// Long because it is a table, too.
namespace heddle::detail {

template <class W>
void put_roles(Out<W>& out, const Roles& roles) {
    out.key("roles");
    out.map_begin();
    for (std::size_t r = 0; r < role_count; ++r) {
        const Role role = static_cast<Role>(r);
        if (!roles.has(role)) continue;
        out.key(name_of(role));
        out.map_begin();
        if (roles.features[r] != 0) {
            out.key("features");
            out.map_begin();
            for (std::size_t f = 0; f < feature_count; ++f)
                out.entry(feature_names[f], roles.has(role, static_cast<Feature>(f)));
            out.map_end();
        }
        out.map_end();
    }
    out.map_end();
}

template <class W>
void put(Out<W>& out, const Hello& m) {
    out.begin(rule_for<Hello>(), 2);
    out.text(m.realm);
    out.map_begin();
    put_roles(out, m.details.roles);
    out.entry("agent", m.details.agent);
    out.entry("authid", m.details.authid);
    if (!m.details.authmethods.empty()) out.entry("authmethods", m.details.authmethods);
    out.entry("authextra", m.details.authextra);
    out.map_end();
    out.end();
}

template <class W>
void put(Out<W>& out, const Welcome& m) {
    out.begin(rule_for<Welcome>(), 2);
    out.id(m.session);
    out.map_begin();
    put_roles(out, m.details.roles);
    out.entry("agent", m.details.agent);
    out.entry("realm", m.details.realm);
    out.entry("authid", m.details.authid);
    out.entry("authrole", m.details.authrole);
    out.entry("authmethod", m.details.authmethod);
    out.entry("authprovider", m.details.authprovider);
    out.entry("authextra", m.details.authextra);
    out.map_end();
    out.end();
}

template <class W>
void put_closing(Out<W>& out, std::string_view message, std::string_view reason) {
    out.map_begin();
    out.entry("message", message);
    out.map_end();
    out.text(reason);
}
template <class W>
void put(Out<W>& out, const Abort& m) {
    out.begin(rule_for<Abort>(), 2, m.payload);
    put_closing(out, m.message, m.reason);
    out.end(m.payload);
}
template <class W>
void put(Out<W>& out, const Goodbye& m) {
    out.begin(rule_for<Goodbye>(), 2);
    put_closing(out, m.message, m.reason);
    out.end();
}

template <class W>
void put(Out<W>& out, const Challenge& m) {
    out.begin(rule_for<Challenge>(), 2);
    out.text(m.method);
    out.carried_map(m.extra);
    out.end();
}
template <class W>
void put(Out<W>& out, const Authenticate& m) {
    out.begin(rule_for<Authenticate>(), 2);
    out.text(m.signature);
    out.carried_map(m.extra);
    out.end();
}

template <class W>
void put(Out<W>& out, const ErrorReply& m) {
    out.begin(rule_for<ErrorReply>(), 4, m.payload);
    out.id(m.request_type);
    out.id(m.request);
    out.map_begin();
    out.entries(m.extras);
    out.map_end();
    out.text(m.error);
    out.end(m.payload);
}

template <class W>
void put(Out<W>& out, const Publish& m) {
    const PublishOptions& o = m.options;
    out.begin(rule_for<Publish>(), 3, m.payload);
    out.id(m.request);
    out.map_begin();
    out.entry("acknowledge", o.acknowledge);
    out.entry("exclude_me", o.exclude_me, true);
    out.entry("disclose_me", o.disclose_me);
    out.entry("retain", o.retain);
    if (o.lists) {
        out.entry("exclude", o.lists->exclude);
        out.entry("eligible", o.lists->eligible);
        out.entry("exclude_authid", o.lists->exclude_authid);
        out.entry("eligible_authid", o.lists->eligible_authid);
        out.entry("exclude_authrole", o.lists->exclude_authrole);
        out.entry("eligible_authrole", o.lists->eligible_authrole);
    }
    out.entries(o.extras);
    out.map_end();
    out.text(m.topic);
    out.end(m.payload);
}

/// The replies and requests that are two ids and nothing else.
template <class W, class First, class Second>
void put_ids(Out<W>& out, const MessageRule& rule, First first, Second second) {
    out.begin(rule, 2);
    out.id(first);
    out.id(second);
    out.end();
}
template <class W>
void put(Out<W>& out, const Published& m) {
    put_ids(out, rule_for<Published>(), m.request, m.publication);
}
template <class W>
void put(Out<W>& out, const Subscribed& m) {
    put_ids(out, rule_for<Subscribed>(), m.request, m.subscription);
}
template <class W>
void put(Out<W>& out, const Unsubscribe& m) {
    put_ids(out, rule_for<Unsubscribe>(), m.request, m.subscription);
}
template <class W>
void put(Out<W>& out, const Registered& m) {
    put_ids(out, rule_for<Registered>(), m.request, m.registration);
}
template <class W>
void put(Out<W>& out, const Unregister& m) {
    put_ids(out, rule_for<Unregister>(), m.request, m.registration);
}

template <class W>
void put(Out<W>& out, const Subscribe& m) {
    out.begin(rule_for<Subscribe>(), 3);
    out.id(m.request);
    out.map_begin();
    if (m.options.match != Match::exact) out.entry("match", name_of(m.options.match));
    out.entry("get_retained", m.options.get_retained);
    out.map_end();
    out.text(m.topic);
    out.end();
}

template <class W, class Tag>
void put_revocable(Out<W>& out, const MessageRule& rule, RequestId request, std::string_view what, Id<Tag> revoked,
                   std::string_view reason) {
    out.begin(rule, request ? 1 : 2);
    out.id(request);
    if (!request) {
        out.map_begin();
        out.entry(what, revoked);
        out.entry("reason", reason);
        out.map_end();
    }
    out.end();
}
template <class W>
void put(Out<W>& out, const Unsubscribed& m) {
    put_revocable(out, rule_for<Unsubscribed>(), m.request, "subscription", m.revoked, m.reason);
}
template <class W>
void put(Out<W>& out, const Unregistered& m) {
    put_revocable(out, rule_for<Unregistered>(), m.request, "registration", m.revoked, m.reason);
}

template <class W>
void put(Out<W>& out, const Event& m) {
    const EventDetails& d = m.details;
    out.begin(rule_for<Event>(), 3, m.payload);
    out.id(m.subscription);
    out.id(m.publication);
    out.map_begin();
    out.entry("topic", d.topic);
    out.entry("publisher", d.publisher);
    out.entry("publisher_authid", d.publisher_authid);
    out.entry("publisher_authrole", d.publisher_authrole);
    out.entry("trustlevel", d.trustlevel);
    out.entry("retained", d.retained);
    out.entries(d.extras);
    out.map_end();
    out.end(m.payload);
}

template <class W>
void put(Out<W>& out, const Call& m) {
    const CallOptions& o = m.options;
    out.begin(rule_for<Call>(), 3, m.payload);
    out.id(m.request);
    out.map_begin();
    if (o.timeout_ms != 0) out.entry("timeout", std::optional(o.timeout_ms));
    out.entry("receive_progress", o.receive_progress);
    out.entry("progress", o.progress);
    out.entry("disclose_me", o.disclose_me);
    out.entries(o.extras);
    out.map_end();
    out.text(m.procedure);
    out.end(m.payload);
}

template <class W>
void put_mode(Out<W>& out, const MessageRule& rule, RequestId request, CancelMode mode) {
    out.begin(rule, 2);
    out.id(request);
    out.map_begin();
    out.entry("mode", name_of(mode));
    out.map_end();
    out.end();
}
template <class W>
void put(Out<W>& out, const Cancel& m) {
    put_mode(out, rule_for<Cancel>(), m.request, m.mode);
}
template <class W>
void put(Out<W>& out, const Interrupt& m) {
    put_mode(out, rule_for<Interrupt>(), m.request, m.mode);
}

template <class W, class Answer>
void put_answer(Out<W>& out, const Answer& m) {
    out.begin(rule_for<Answer>(), 2, m.payload);
    out.id(m.request);
    out.map_begin();
    out.entry("progress", m.progress);
    out.entries(m.extras);
    out.map_end();
    out.end(m.payload);
}
template <class W>
void put(Out<W>& out, const CallResult& m) {
    put_answer(out, m);
}
template <class W>
void put(Out<W>& out, const Yield& m) {
    put_answer(out, m);
}

template <class W>
void put(Out<W>& out, const Register& m) {
    const RegisterOptions& o = m.options;
    out.begin(rule_for<Register>(), 3);
    out.id(m.request);
    out.map_begin();
    if (o.match != Match::exact) out.entry("match", name_of(o.match));
    if (o.invoke != Invoke::single) out.entry("invoke", name_of(o.invoke));
    out.entry("disclose_caller", o.disclose_caller);
    out.entry("forward_timeout", o.forward_timeout);
    out.entry("force_reregister", o.force_reregister);
    out.map_end();
    out.text(m.procedure);
    out.end();
}

template <class W>
void put(Out<W>& out, const Invocation& m) {
    const InvocationDetails& d = m.details;
    out.begin(rule_for<Invocation>(), 3, m.payload);
    out.id(m.request);
    out.id(m.registration);
    out.map_begin();
    out.entry("procedure", d.procedure);
    out.entry("caller", d.caller);
    out.entry("caller_authid", d.caller_authid);
    out.entry("caller_authrole", d.caller_authrole);
    out.entry("trustlevel", d.trustlevel);
    if (d.timeout_ms != 0) out.entry("timeout", std::optional(d.timeout_ms));
    out.entry("receive_progress", d.receive_progress);
    out.entry("progress", d.progress);
    out.entries(d.extras);
    out.map_end();
    out.end(m.payload);
}

}  // namespace heddle::detail
