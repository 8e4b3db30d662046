#pragma once
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "serializers/function_ref.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// Publications that a session leaves behind (advanced profile, "Session Testament"), in the order in which they were
/// added. Without sessions that come back, `detached` ones are published just before `destroyed` ones.
class Testaments {
 public:
    enum class Scope : std::uint8_t { detached, destroyed };
    static constexpr std::string_view scope_names[] = {"detached", "destroyed"};

    /// A copy: nothing of `message` needs to live on.
    void add(Scope scope, const Publish& message);
    void flush(Scope scope);

    std::size_t count() const;
    std::size_t bytes() const { return bytes_[0] + bytes_[1]; }
    /// What `message` would add to `bytes`.
    static std::size_t bytes_of(const Publish& message);

    void each(FunctionRef<void(const Publish&)> visit) const;

 private:
    struct Testament {
        std::string topic;
        OwnedPayload payload;
        PublishOptions options;
    };
    std::array<std::vector<Testament>, 2> scopes_;
    std::array<std::size_t, 2> bytes_{};
};

}  // namespace heddle
