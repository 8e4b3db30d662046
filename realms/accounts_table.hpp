#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "realms/accounts.hpp"
#include "realms/text_hash.hpp"
#include "serializers/function_ref.hpp"

namespace heddle {

/// The users of one realm. Whoever logs in is looked up here; edits come by Realm::put_user and remove_user. What `find`
/// and its like answer is good until the next edit.
class Accounts {
 public:
    Accounts() = default;
    explicit Accounts(std::vector<UserSettings> users);

    const UserSettings* find(std::string_view authid) const;  // null: there is none
    /// Whose is this public key, certificate or token (64 hexadecimal digits of either case, as UserSettings has them)?
    /// Null: nobody's, or that of several, among whom nothing chooses.
    const UserSettings* by_key(std::string_view hex) const { return holder(keys_, hex); }
    const UserSettings* by_certificate(std::string_view hex) const { return holder(certificates_, hex); }
    const UserSettings* by_token(std::string_view hex) const { return holder(tokens_, hex); }

    void put(UserSettings user);           // a new one, or instead of the one of this authid
    bool remove(std::string_view authid);  // false: there is none
    /// Of those who expire after this moment (Unix seconds), the first; null: nobody does.
    const UserSettings* next_to_expire(std::int64_t after) const;
    std::size_t size() const { return users_.size(); }
    void each(FunctionRef<void(const UserSettings&)> visit) const;  // in the order of their authids

 private:
    using Holders = std::unordered_multimap<std::string, const UserSettings*, TextHash, std::equal_to<>>;
    static const UserSettings* holder(const Holders& holders, std::string_view hex);
    static void add(Holders& holders, std::string_view hex, const UserSettings* user);
    static void erase(Holders& holders, std::string_view hex, const UserSettings* user);

    std::map<std::string, UserSettings, std::less<>> users_;  // nodes stay where they are: the rest points to them
    Holders keys_, certificates_, tokens_;
    std::set<std::pair<std::int64_t, const UserSettings*>> expiries_;
};

/// May he log in at this time (Unix seconds)?
inline bool may_log_in(const UserSettings& user, std::int64_t now) {
    return !user.disabled && (user.expires == 0 || now < user.expires);
}

}  // namespace heddle
