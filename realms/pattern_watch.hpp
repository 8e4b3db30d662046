#pragma once
#include "realms/pattern_facts.hpp"
#include "realms/session.hpp"

namespace heddle {

/// Hears who comes to hold a subscription (or a registration), and who holds it no more. Called in the middle of
/// things: it may take notes, and must not call broker, dealer or Egress.
class PatternWatch {
 public:
    virtual ~PatternWatch() = default;
    /// `member` is the first of all, or one more.
    virtual void taken(const Session& member, const PatternFacts& pattern, bool first) = 0;
    /// `member` was the last of all, or others are left.
    virtual void given_up(const Session& member, const PatternFacts& pattern, bool last) = 0;
};

}  // namespace heddle
