#pragma once
#include <string>
#include <string_view>

/// The slow question (realms/questions.hpp): does this secret belong to what is stored of it?
namespace heddle::auth {

/// `stored`: a ticket's hash ("$argon2id$..") or a SCRAM verifier ("scram$.."). False for everything else, also for what
/// cannot be read: fail closed. Takes tens of milliseconds and the memory that the hash names.
bool check_stored(std::string_view stored, std::string_view secret);

/// What is wrong with the text of a hash or verifier; empty: nothing. Quick.
std::string why_not_stored(std::string_view stored);

/// A hash that no ticket fits and that costs as much as a default one: for users who do not exist.
std::string fake_ticket_hash(std::string_view server_secret, std::string_view authid);

}  // namespace heddle::auth
