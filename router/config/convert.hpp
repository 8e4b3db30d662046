#pragma once
#include "router/config/build.hpp"

namespace heddle::config {

/// Puts one setting into its field, or says why it cannot be there.
void convert(const Setting& setting, const Table& table, const Place& place, const Folders& folders,
             Mistakes& mistakes);

/// "host:port", "[::1]:port", "unix:NAME", "unix:FOLDER/NAME". False where it is none of them.
bool parse_listen_address(std::string_view text, const Folders& folders, ListenerSettings& into);

}  // namespace heddle::config
