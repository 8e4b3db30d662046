#pragma once
#include <cstddef>

namespace heddle::admin {

/// How much the audit log holds, or may hold. Bytes are those of the texts in it, and an allowance of
/// 200 for each entry.
struct AuditSize {
    std::size_t entries = 0, bytes = 0;
    bool operator==(const AuditSize&) const = default;
};

}  // namespace heddle::admin
