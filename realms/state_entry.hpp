#pragma once
#include <string_view>

#include "realms/event_origin.hpp"
#include "serializers/bytes.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// What one topic keeps, as one session may see it. Good while it is shown.
struct StateEntry {
    std::string_view topic;
    PublicationId publication;
    Payload payload;
    const EventOrigin* origin;  // null: nothing is told of the publisher
    KeptCopy& body;             // its Recon body, once somebody made it (StateNote::body)
};

}  // namespace heddle
