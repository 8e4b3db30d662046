#pragma once
#include <string_view>
#include <vector>

#include "realms/egress.hpp"
#include "realms/gate.hpp"
#include "realms/meta_call.hpp"
#include "realms/session.hpp"

namespace heddle {

/// Procedures that the router answers itself. Implementations have one table from URI to function, which says what
/// there is (`has`) and what it does.
class MetaProvider {
 public:
    virtual ~MetaProvider() = default;
    virtual bool has(std::string_view procedure) const = 0;
    /// Must leave a result or a refusal in `call` (a call without result leaves neither). Changes nothing: what is to be
    /// done is left in `call` too (MetaCall::then).
    virtual void answer(std::string_view procedure, MetaCall& call) = 0;
};

/// The callee inside a realm: no connection, no registration, answers at once. So its calls cannot be canceled or time
/// out, nobody's registration shadows it, and who may call what is the Gate's to say, as for every other CALL.
class MetaCallee {
 public:
    explicit MetaCallee(Gate& gate) : gate_(gate) {}
    void add(MetaProvider& provider) { providers_.push_back(&provider); }

    bool has(std::string_view procedure) const { return find(procedure) != nullptr; }
    void call(const Session& from, const Call& message, TimePoint now, Egress& out);

 private:
    MetaProvider* find(std::string_view procedure) const;

    Gate& gate_;
    std::vector<MetaProvider*> providers_;
};

}  // namespace heddle
