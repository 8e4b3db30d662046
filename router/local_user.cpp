#include "router/local_user.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace heddle {
namespace {

constexpr std::size_t entry_bytes = 16 << 10;  // of the user and group databases

std::string name_of_user(uid_t user) {
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> text(entry_bytes);
    if (::getpwuid_r(user, &entry, text.data(), text.size(), &found) == 0 && found) return found->pw_name;
    return std::to_string(user);
}

std::optional<gid_t> group_of(const std::string& name) {
    group entry{};
    group* found = nullptr;
    std::vector<char> text(entry_bytes);
    if (::getgrnam_r(name.c_str(), &entry, text.data(), text.size(), &found) == 0 && found) return found->gr_gid;
    return std::nullopt;
}

std::vector<gid_t> further_groups(int descriptor) {
    std::vector<gid_t> groups(64);
    for (;;) {
        socklen_t size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        const int result = ::getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
        const std::size_t count = size / sizeof(gid_t);
        if (result != 0 && errno == ERANGE && count > groups.size()) {
            groups.resize(count);
            continue;
        }
        groups.resize(result == 0 ? count : 0);
        return groups;
    }
}

}  // namespace

std::optional<LocalUser> local_user(int descriptor) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.pid == 0) return std::nullopt;
    LocalUser user{peer.uid, {peer.gid}, name_of_user(peer.uid)};
    const std::vector<gid_t> more = further_groups(descriptor);
    user.groups.insert(user.groups.end(), more.begin(), more.end());
    return user;
}

bool trusts(const std::vector<std::string>& peer_admins, const LocalUser& user) {
    if (peer_admins.empty()) return false;
    if (user.user == ::geteuid()) return true;
    return std::any_of(peer_admins.begin(), peer_admins.end(), [&](const std::string& trusted) {
        if (!trusted.starts_with('%')) return trusted == user.name || trusted == std::to_string(user.user);
        const auto group = group_of(trusted.substr(1));
        return group && std::find(user.groups.begin(), user.groups.end(), *group) != user.groups.end();
    });
}

}  // namespace heddle
