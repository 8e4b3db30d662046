#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "realms/authorizer.hpp"
#include "realms/text_hash.hpp"

namespace heddle {

/// Who acts, as far as permissions care.
struct Actor {
    Actor(RoleIndex of_role, std::string_view id = {}) : role(of_role), authid(id) {}  // implicit: many have no id
    RoleIndex role;
    std::string_view authid;
};

/// What is asked for: an action on a URI or a pattern.
struct Deed {
    Action action = Action::call;
    UriSet what;
    bool operator==(const Deed&) const = default;
};

/// What the dynamic authorizer said, for as long as it holds. Bounded: a full half becomes the old one, which is thrown
/// away when the next one is full.
class AuthorizerAnswers {
 public:
    struct Answer {
        bool allowed = false;
        Disclosure disclosure = Disclosure::as_asked;
    };
    enum class For : std::uint8_t { user, role };  // this authid in this role, or everybody in it

    void put(const Actor& actor, const Deed& deed, For whom, Answer answer, TimePoint until, std::size_t most);
    /// Null: nothing that still holds.
    const Answer* find(const Actor& actor, const Deed& deed, TimePoint now) const;
    void clear();
    std::size_t size() const { return young_.size() + old_.size(); }

 private:
    struct Kept {
        Answer answer;
        TimePoint until;
    };
    static void write_key(const Actor& actor, const Deed& deed, For whom, std::string& key);

    TextMap<Kept> young_, old_;
};

}  // namespace heddle
