#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/payload.hpp"

namespace heddle {

/// A question that a realm asked the world; never used twice.
struct QuestionId {
    std::uint64_t value = 0;
    bool operator==(const QuestionId&) const = default;
};

/// How a call of the router's own ended: `error` is empty for a result. Views are good during the call.
struct Outcome {
    std::string_view error;
    Payload payload;
};

/// What a realm cannot find out by itself. Implementations take the question down and come back with
/// Realm::verified or Realm::answered in another call; they never call back from here. Every question has an answer in
/// the end, or the realm's own deadline passes first; late answers are ignored.
class Questions {
 public:
    virtual ~Questions() = default;
    /// Does `secret` belong to this hash or verifier (realms/auth)? Slow on purpose: not for the realm's thread.
    virtual void verify(QuestionId id, std::string hash, std::string secret) = 0;
    /// A CALL by the router itself, whatever the rules say, in this realm.
    virtual void call(QuestionId id, std::string_view procedure, const Payload& arguments) = 0;
    /// Something that administrators should find in the log; `event` is its stable name.
    virtual void note(std::string_view event, std::string_view what) {
        static_cast<void>(event);
        static_cast<void>(what);
    }
};

}  // namespace heddle
