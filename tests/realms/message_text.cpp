#include "tests/realms/message_text.hpp"

#include "serializers/names.hpp"
#include "serializers/rules.hpp"

namespace heddle::test {
namespace {

/// Writes one message. Fields in the order of the wire.
class Line {
 public:
    explicit Line(const Message& message) : text_(rule_of(message).name) {}
    Line& add(std::uint64_t number) { return word(std::to_string(number)); }
    Line& add(const char* name, std::uint64_t number) { return word(name + ("=" + std::to_string(number))); }
    Line& add(std::string_view text) { return word(std::string(text)); }
    Line& add(const char* name, std::string_view text) {
        return text.empty() ? *this : word(std::string(name) + "=" + std::string(text));
    }
    Line& flag(const char* name, bool set) { return set ? word(name) : *this; }
    Line& add(const Payload& payload) {
        if (payload.empty()) return *this;
        if (payload.origin != Encoding::json) {  // what the realm itself answers is MessagePack
            PayloadForms forms(payload);
            return add(forms.in(Encoding::json));
        }
        word(payload.args.empty() ? "[]" : std::string(payload.args));
        return payload.kwargs.empty() ? *this : word(std::string(payload.kwargs));
    }
    Line& add(const SharedExtras& extras) {
        if (extras)
            for (const Extras::Entry& entry : extras->entries) word(entry.key + "=" + entry.value);
        return *this;
    }
    std::string take() { return std::move(text_); }

 private:
    Line& word(const std::string& text) {
        text_ += ' ';
        text_ += text;
        return *this;
    }
    std::string text_;
};

}  // namespace

std::string text_of(const Message& message, const std::function<std::uint64_t(std::uint64_t)>& name_id) {
    Line line(message);
    std::visit(
        Overload{
            [&](const Hello& m) { line.add(m.realm); },
            [&](const Welcome& m) { line.add("authrole", m.details.authrole); },
            [&](const Abort& m) { line.add(m.reason); },
            [&](const Challenge& m) { line.add(m.method); },
            [&](const Authenticate& m) { line.add(m.signature); },
            [&](const Goodbye& m) { line.add(m.reason).add("message", m.message); },
            [&](const ErrorReply& m) {
                line.add(m.request_type).add(m.request.value).add(m.error).add(m.extras);
                // Texts for people may change; what an application said may not.
                if (!m.error.starts_with("wamp.") && !m.error.starts_with("heddle.")) line.add(m.payload);
            },
            [&](const Publish& m) { line.add(m.request.value).add(m.topic).add(m.payload); },
            [&](const Published& m) { line.add(m.request.value).add("publication", name_id(m.publication.value)); },
            [&](const Subscribe& m) { line.add(m.request.value).add(m.topic).add(name_of(m.options.match)); },
            [&](const Subscribed& m) { line.add(m.request.value).add("subscription", m.subscription.value); },
            [&](const Unsubscribe& m) { line.add(m.request.value).add("subscription", m.subscription.value); },
            [&](const Unsubscribed& m) {
                line.add(m.request.value);
                if (m.revoked) line.add("subscription", m.revoked.value).add("reason", m.reason);
            },
            [&](const Event& m) {
                line.add("subscription", m.subscription.value).add("publication", name_id(m.publication.value));
                line.add("topic", m.details.topic).flag("retained", m.details.retained);
                line.flag("publisher", bool(m.details.publisher)).add("of", m.details.publisher_authid);
                if (m.details.trustlevel) line.add("trustlevel", *m.details.trustlevel);
                line.add(m.details.extras).add(m.payload);
            },
            [&](const Call& m) { line.add(m.request.value).add(m.procedure).add(m.payload); },
            [&](const Cancel& m) { line.add(m.request.value).add("mode", name_of(m.mode)); },
            [&](const CallResult& m) {
                line.add(m.request.value).flag("progress", m.progress).add(m.extras).add(m.payload);
            },
            [&](const Register& m) { line.add(m.request.value).add(m.procedure).add(name_of(m.options.match)); },
            [&](const Registered& m) { line.add(m.request.value).add("registration", m.registration.value); },
            [&](const Unregister& m) { line.add(m.request.value).add("registration", m.registration.value); },
            [&](const Unregistered& m) {
                line.add(m.request.value);
                if (m.revoked) line.add("registration", m.revoked.value).add("reason", m.reason);
            },
            [&](const Invocation& m) {
                line.add(m.request.value).add("registration", m.registration.value);
                line.add("procedure", m.details.procedure).flag("receive_progress", m.details.receive_progress);
                line.flag("progress", m.details.progress).flag("caller", bool(m.details.caller));
                if (m.details.trustlevel) line.add("trustlevel", *m.details.trustlevel);
                if (m.details.timeout_ms != 0) line.add("timeout", m.details.timeout_ms);
                line.add(m.details.extras).add(m.payload);
            },
            [&](const Interrupt& m) { line.add(m.request.value).add("mode", name_of(m.mode)); },
            [&](const Yield& m) { line.add(m.request.value).flag("progress", m.progress).add(m.payload); },
        },
        message);
    return line.take();
}

}  // namespace heddle::test
