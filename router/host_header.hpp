#pragma once
#include <string_view>

#include "router/settings.hpp"

namespace heddle {

/// Whether a request with this Host header is meant for this listener. A page of evil.example may make its name point to
/// 127.0.0.1 (DNS rebinding); the browser then lets it read what a loopback listener answers, and only the Host header
/// tells. So a listener on loopback takes addresses, names without a dot, names below .localhost, and those in
/// ListenerSettings::hosts: no page of another site has such a name. No Host at all is taken: browsers send one. Listeners
/// that others reach, Unix sockets, and those behind a proxy (client_address) are not checked.
bool host_allowed(std::string_view host, const ListenerSettings& listener);

}  // namespace heddle
