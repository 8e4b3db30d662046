#include "realms/accounts_table.hpp"

#include <iterator>
#include <utility>

namespace heddle {
namespace {

std::string lower(std::string_view hex) {
    std::string text(hex);
    for (char& c : text)
        if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

}  // namespace

Accounts::Accounts(std::vector<UserSettings> users) {
    for (UserSettings& user : users) put(std::move(user));
}

const UserSettings* Accounts::find(std::string_view authid) const {
    const auto found = users_.find(authid);
    return found == users_.end() ? nullptr : &found->second;
}

const UserSettings* Accounts::holder(const Holders& holders, std::string_view hex) {
    const auto [first, last] = holders.equal_range(lower(hex));
    return first != last && std::next(first) == last ? first->second : nullptr;
}

/// Listed twice is listed.
void Accounts::add(Holders& holders, std::string_view hex, const UserSettings* user) {
    erase(holders, hex, user);
    holders.emplace(lower(hex), user);
}

void Accounts::erase(Holders& holders, std::string_view hex, const UserSettings* user) {
    const auto [first, last] = holders.equal_range(lower(hex));
    for (auto at = first; at != last; ++at)
        if (at->second == user) return void(holders.erase(at));
}

void Accounts::put(UserSettings user) {
    remove(user.authid);
    std::string authid = user.authid;
    const UserSettings& kept = users_.emplace(std::move(authid), std::move(user)).first->second;
    for (const std::string& key : kept.keys) add(keys_, key, &kept);
    for (const std::string& certificate : kept.certificates) add(certificates_, certificate, &kept);
    if (!kept.token.empty()) add(tokens_, kept.token, &kept);
    if (kept.expires != 0) expiries_.emplace(kept.expires, &kept);
}

bool Accounts::remove(std::string_view authid) {
    const auto found = users_.find(authid);
    if (found == users_.end()) return false;
    const UserSettings& user = found->second;
    for (const std::string& key : user.keys) erase(keys_, key, &user);
    for (const std::string& certificate : user.certificates) erase(certificates_, certificate, &user);
    if (!user.token.empty()) erase(tokens_, user.token, &user);
    expiries_.erase({user.expires, &user});
    users_.erase(found);
    return true;
}

const UserSettings* Accounts::next_to_expire(std::int64_t after) const {
    const auto next = expiries_.lower_bound({after + 1, nullptr});
    return next == expiries_.end() ? nullptr : next->second;
}

void Accounts::each(FunctionRef<void(const UserSettings&)> visit) const {
    for (const auto& [authid, user] : users_) visit(user);
}

}  // namespace heddle
