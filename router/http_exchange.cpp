#include "router/http_exchange.hpp"

namespace heddle {

void add_challenges(HttpAnswer& answer, std::string_view realm, bool passwords, bool bearers) {
    std::string quoted = "\"";
    for (const char c : realm)
        if (c >= ' ' && c != 127 && c != '"' && c != '\\') quoted += c;
    quoted += '"';
    std::string challenges;
    if (bearers) challenges = "Bearer realm=" + quoted;
    if (passwords) challenges += (challenges.empty() ? "" : ", ") + ("Basic realm=" + quoted) + ", charset=\"UTF-8\"";
    // A 401 has one; where no login works by HTTP, it says what the API takes.
    if (challenges.empty()) challenges = "Bearer realm=" + quoted;
    answer.fields.push_back({"WWW-Authenticate", challenges});
}

}  // namespace heddle
