#pragma once
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace heddle {

/// The process at the other end of a Unix socket, as the kernel vouches for it: as of its connect.
struct LocalUser {
    uid_t user = 0;
    std::vector<gid_t> groups;  // its own one first
};

/// Nothing where the socket is no Unix socket. Does not wait.
std::optional<LocalUser> local_user(int descriptor);

/// What a listener's `peer_admins` makes of a local user.
struct LocalTrust {
    bool trusted = false;
    std::string name;     // as the machine calls the user; the number where it has no name for them
    std::string trouble;  // what could not be looked up, and why; the answer is "not trusted" then
};

/// Whether a listener's `peer_admins` means this user: by name ("root", or a number), by a group
/// ("%heddle"), or because they run the router and could rewrite its store anyway. An empty list means
/// nobody. Looks up users and groups, which may wait for a directory server: not for event loops.
LocalTrust trust(const std::vector<std::string>& peer_admins, const LocalUser& user);

/// Calls `look`, one of the getpwuid_r family, with a buffer that is made larger until the entry fits
/// (a group may have thousands of members). Returns its error, 0 for none.
template <class F>
int look_with_buffer(F&& look) {
    constexpr std::size_t first = 16 << 10, most = 16 << 20;
    std::vector<char> text(first);
    for (;;) {
        const int error = look(text);
        if (error == EINTR) continue;
        if (error != ERANGE || text.size() >= most) return error;
        text.resize(text.size() * 4);
    }
}

}  // namespace heddle
