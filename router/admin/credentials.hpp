#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "realms/accounts.hpp"
#include "router/config/document.hpp"

/// Credentials go in and never out.
namespace heddle::admin {

/// Puts what a password is kept as into the user, in place of whatever an earlier password left. `method`: scram, ticket,
/// wampcra. Slow on purpose.
void set_password(UserSettings& user, std::string_view method, const std::string& password, std::vector<config::Fault>& faults);

/// The members of user.put, but for its places, put into the user: what is not named of credentials stays, null takes it
/// away. Whatever is wrong stands in `faults`, below `pointer`.
void set_user(UserSettings& user, const nlohmann::json& fields, const std::string& pointer,
              std::vector<config::Fault>& faults);

/// 64 hexadecimal digits of a public key, from one of the forms that people have.
bool read_key(const std::string& text, std::string& hex, std::string& why);

/// Ways to log in that the user has credentials for.
std::vector<std::string> methods_of(const UserSettings& user);
/// What may be seen of a user; no credential is in it.
nlohmann::json view_of(const UserSettings& user);

/// "7kq4-wm2d-p9xe": 60 random bits that are easy to read out and to type.
std::string make_password();
std::string random_bytes(std::size_t count);

}  // namespace heddle::admin
