#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "realms/egress.hpp"
#include "realms/settings.hpp"
#include "serializers/bytes.hpp"
#include "serializers/ids.hpp"
#include "serializers/msgpack_writer.hpp"
#include "serializers/payload.hpp"

namespace heddle {

/// An argument of a meta procedure. `other` is what none of them takes.
struct MetaValue {
    enum class Kind : std::uint8_t { null, boolean, integer, text, texts, map, other };
    Kind kind = Kind::null;
    std::uint64_t integer = 0;  // of booleans: 0 or 1
    std::string text;
    std::vector<std::string> texts;
    std::vector<std::pair<std::string, std::string>> map;  // entries that are texts; others are passed over
    std::string_view raw;                                  // as it stands in the call, in MessagePack
};

/// Of arguments that are given by name only.
inline constexpr std::size_t no_place = std::numeric_limits<std::size_t>::max();

/// A CALL that the router answers itself (wamp specification, "Meta API"): arguments in, one result or one error out.
/// Arguments may be given by place or by name; null is as good as none.
class MetaCall {
 public:
    MetaCall(SessionId caller, const Payload& payload, TimePoint now);

    SessionId caller() const { return caller_; }
    TimePoint now() const { return now_; }

    /// No more than `count` by place: what is called takes no others. False: refused.
    bool takes_at_most(std::size_t count);
    /// Null where it was not given.
    const MetaValue* argument(std::size_t place, std::string_view name) const;
    /// Must be given, and be an id. False: refused with `wamp.error.invalid_argument`; so with the others.
    bool id(std::size_t place, std::string_view name, std::uint64_t& out);
    bool text(std::size_t place, std::string_view name, std::string_view& out);
    /// May be left out.
    bool optional_texts(std::size_t place, std::string_view name, const std::vector<std::string>*& out);
    bool optional_text(std::size_t place, std::string_view name, std::optional<std::string_view>& out);
    bool optional_flag(std::size_t place, std::string_view name, bool& out);
    bool optional_integer(std::size_t place, std::string_view name, std::uint64_t& out);

    /// The result: one value by place, keywords (keys and values into a map that is open already), or both.
    MsgpackWriter& value();
    MsgpackWriter& keywords();

    /// To be done once the answer is on its way, so that nothing overtakes it: not if that is an error.
    void then(std::function<void(Egress&)> action) { then_ = std::move(action); }

    void refuse(std::string_view error, std::string text);
    bool refuse_argument(std::string_view name, std::string_view must_be);  // false

    // For whoever sends the answer.
    bool refused() const { return !error_.empty(); }
    std::string_view error() const { return error_; }
    Payload answer();
    void act(Egress& out) const {
        if (then_) then_(out);
    }

 private:
    SessionId caller_;
    TimePoint now_;
    PayloadForms forms_;
    std::vector<MetaValue> args_;
    std::vector<std::pair<std::string, MetaValue>> kwargs_;
    struct Part {
        ByteBuffer bytes;
        std::optional<MsgpackWriter> writer;
    };
    Part values_, keywords_;  // of the result
    std::string error_;
    std::function<void(Egress&)> then_;
};

}  // namespace heddle
