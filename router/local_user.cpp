#include "router/local_user.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace heddle {
namespace {

/// These mean that there is no such entry, beside 0 with no entry (getpwnam_r(3)).
bool is_absent(int error) { return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM; }

std::string name_of_user(uid_t user, std::string& trouble) {
    std::string name = std::to_string(user);
    const int error = look_with_buffer([&](std::vector<char>& text) {
        passwd entry{};
        passwd* found = nullptr;
        const int result = ::getpwuid_r(user, &entry, text.data(), text.size(), &found);
        if (result == 0 && found) name = found->pw_name;
        return result;
    });
    if (!is_absent(error)) trouble = "user " + name + ": " + std::strerror(error);
    return name;
}

std::optional<gid_t> group_of(const std::string& name, std::string& trouble) {
    std::optional<gid_t> group_id;
    const int error = look_with_buffer([&](std::vector<char>& text) {
        group entry{};
        group* found = nullptr;
        const int result = ::getgrnam_r(name.c_str(), &entry, text.data(), text.size(), &found);
        if (result == 0 && found) group_id = found->gr_gid;
        return result;
    });
    if (!is_absent(error)) trouble = "group " + name + ": " + std::strerror(error);
    return group_id;
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
    LocalUser user{peer.uid, {peer.gid}};
    const std::vector<gid_t> more = further_groups(descriptor);
    user.groups.insert(user.groups.end(), more.begin(), more.end());
    return user;
}

LocalTrust trust(const std::vector<std::string>& peer_admins, const LocalUser& user) {
    LocalTrust answer;
    if (peer_admins.empty()) return answer;
    answer.name = name_of_user(user.user, answer.trouble);
    const auto means = [&](const std::string& trusted) {
        if (!trusted.starts_with('%')) return trusted == answer.name || trusted == std::to_string(user.user);
        const auto group = group_of(trusted.substr(1), answer.trouble);
        return group && std::find(user.groups.begin(), user.groups.end(), *group) != user.groups.end();
    };
    answer.trusted = user.user == ::geteuid() || std::any_of(peer_admins.begin(), peer_admins.end(), means);
    return answer;
}

}  // namespace heddle
