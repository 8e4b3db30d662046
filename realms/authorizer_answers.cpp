#include "realms/authorizer_answers.hpp"

#include <algorithm>
#include <utility>

namespace heddle {

/// Role, action, match, whom, the length of the authid, the authid, the URI: no two of these texts can be confused.
void AuthorizerAnswers::write_key(const Actor& actor, const Deed& deed, For whom, std::string& key) {
    const auto number = [&](std::size_t value) {
        for (int byte = 0; byte < 4; ++byte) key += static_cast<char>(value >> (8 * byte) & 0xFF);
    };
    const std::string_view authid = whom == For::user ? actor.authid : std::string_view();
    key.clear();
    number(actor.role);
    key += static_cast<char>(deed.action);
    key += static_cast<char>(deed.what.match);
    key += static_cast<char>(whom);
    number(authid.size());
    key += authid;
    key += deed.what.uri;
}

void AuthorizerAnswers::put(const Actor& actor, const Deed& deed, For whom, Answer answer, TimePoint until,
                            std::size_t most) {
    if (young_.size() >= std::max<std::size_t>(most / 2, 1)) old_ = std::exchange(young_, {});
    std::string key;
    write_key(actor, deed, whom, key);
    old_.erase(key);
    young_.insert_or_assign(std::move(key), Kept{answer, until});
}

const AuthorizerAnswers::Answer* AuthorizerAnswers::find(const Actor& actor, const Deed& deed, TimePoint now) const {
    if (young_.empty() && old_.empty()) return nullptr;
    std::string key;
    for (const For whom : {For::user, For::role}) {
        write_key(actor, deed, whom, key);
        for (const TextMap<Kept>* half : {&young_, &old_}) {
            const auto found = half->find(key);
            if (found != half->end() && now < found->second.until) return &found->second.answer;
        }
    }
    return nullptr;
}

void AuthorizerAnswers::clear() {
    young_.clear();
    old_.clear();
}

}  // namespace heddle
