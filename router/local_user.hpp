#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace heddle {

/// The process at the other end of a Unix socket, as the kernel vouches for it: as of its connect.
struct LocalUser {
    uid_t user = 0;
    std::vector<gid_t> groups;  // its own one first
    std::string name;           // as the machine calls the user; the number where it has no name for it
};

/// Nothing where the socket is no Unix socket.
std::optional<LocalUser> local_user(int descriptor);

/// Whether a listener's `peer_admins` means this one: by name ("root", or a number), by a group ("%heddle"), or because he
/// is who runs the router, who could rewrite its store anyway. An empty list means nobody.
bool trusts(const std::vector<std::string>& peer_admins, const LocalUser& user);

}  // namespace heddle
