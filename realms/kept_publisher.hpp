#pragma once
#include <cstdint>
#include <string>

#include "realms/authorizer.hpp"

namespace heddle {

/// Who published what the realm keeps, as far as it takes to ask later whether he still may (Gate::still_published).
struct KeptPublisher {
    RoleIndex role = 0;
    bool asked = false;               // no rule spoke: the dynamic authorizer let him
    mutable std::uint32_t epoch = 0;  // of the rules that let him last
    std::string authid;               // where his role has rules with {authid}
    std::size_t bytes() const { return authid.size(); }
};

}  // namespace heddle
