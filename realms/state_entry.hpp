#pragma once
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// What one topic keeps, as one session may see it. Good while it is shown.
struct StateEntry {
    std::string_view topic;
    PublicationId publication;
    Payload payload;
    SharedBytes& body;  // its Recon body, once somebody made it (StateNote::body)
};

}  // namespace heddle
