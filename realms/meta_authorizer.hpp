#pragma once
#include <cstddef>
#include <functional>
#include <string_view>

#include "realms/meta.hpp"

namespace heddle {

/// `heddle.authorizer.purge`: what the dynamic authorizer said counts no more. Answers with how many answers that were.
/// Needs a rule whose own text begins with `heddle.` (guarded_root).
class AuthorizerMeta final : public MetaProvider {
 public:
    static constexpr std::string_view purge = "heddle.authorizer.purge";
    AuthorizerMeta(AuthorizerAnswers& answers, std::function<void()> forget)
        : answers_(answers), forget_(std::move(forget)) {}
    bool has(std::string_view procedure) const override { return procedure == purge; }
    void answer(std::string_view, MetaCall& call) override {
        if (!call.takes_at_most(0)) return;
        call.value().unsigned_integer(answers_.size());
        call.then([this](Egress&) { forget_(); });
    }

 private:
    AuthorizerAnswers& answers_;
    std::function<void()> forget_;
};

}  // namespace heddle
