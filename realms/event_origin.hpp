#pragma once
#include <memory>
#include <string>

#include "serializers/messages.hpp"

namespace heddle {

/// What EVENT.Details tell of a publication beside its topic, for one that outlives its frame.
class EventOrigin {
 public:
    /// Null where there is nothing to tell, as with most publications.
    static std::unique_ptr<const EventOrigin> of(const EventDetails& details) {
        if (!details.publisher && !details.trustlevel && !details.extras) return nullptr;
        return std::make_unique<const EventOrigin>(details);
    }
    explicit EventOrigin(const EventDetails& details)
        : publisher_(details.publisher),
          authid_(details.publisher_authid),
          authrole_(details.publisher_authrole),
          trustlevel_(details.trustlevel),
          extras_(details.extras) {}

    void put(EventDetails& details) const {
        details.publisher = publisher_;
        details.publisher_authid = authid_;
        details.publisher_authrole = authrole_;
        details.trustlevel = trustlevel_;
        details.extras = extras_;
    }
    std::size_t bytes() const {
        std::size_t sum = sizeof *this + authid_.size() + authrole_.size();
        if (extras_)
            for (const Extras::Entry& entry : extras_->entries) sum += entry.key.size() + entry.value.size();
        return sum;
    }

 private:
    SessionId publisher_;
    std::string authid_, authrole_;
    std::optional<std::uint64_t> trustlevel_;
    SharedExtras extras_;
};

}  // namespace heddle
