#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "realms/accounts_table.hpp"
#include "realms/auth/cra.hpp"
#include "realms/auth/scram.hpp"

namespace heddle {

/// What users are shown who do not exist, or have no credential of the kind they ask for: it looks like what the realm's
/// own users are shown, costs the same, and stays the same for each authid while the kinds of credentials do.
class Decoys {
 public:
    /// `key`: where AuthSettings::mock_key is empty.
    Decoys(const Accounts& accounts, const AuthSettings& settings, std::string key)
        : accounts_(accounts), settings_(settings), own_key_(std::move(key)) {}

    auth::CraSecret cra(std::string_view authid);
    std::string cra_role(std::string_view authid);  // WAMP-CRA's challenge tells it
    auth::ScramVerifier scram(std::string_view authid);
    std::string ticket(std::string_view authid);  // for Questions::verify

    /// A user came or changed. Kinds that nobody has any more stay until the next start.
    void changed(const UserSettings& user) {
        if (current_) look_at(user);
    }

 private:
    struct CraShape {
        bool salted;
        std::uint32_t iterations, keylen;
        std::string role;
        bool operator==(const CraShape&) const = default;
    };
    static CraShape usual_cra() { return {true, auth::cra_iterations, 32, "user"}; }
    struct ScramShape {
        auth::ScramCost cost;
        bool operator==(const ScramShape& other) const {
            return cost.kdf == other.cost.kdf && cost.iterations == other.cost.iterations &&
                   cost.memory_kib == other.cost.memory_kib;
        }
    };
    struct TicketShape {
        bool scram;  // a verifier serves as the ticket's hash
        ScramShape verifier;
        std::uint32_t memory_kib = 0, passes = 0;  // of Argon2id
        bool operator==(const TicketShape&) const = default;
    };
    template <class Shape>
    Shape choose(const std::vector<Shape>& shapes, Shape none, std::string_view authid) const;
    const std::string& key() const { return settings_.mock_key.empty() ? own_key_ : settings_.mock_key; }
    void look();
    void look_at(const UserSettings& user);

    const Accounts& accounts_;
    const AuthSettings& settings_;
    const std::string own_key_;
    bool current_ = false;
    std::vector<CraShape> cra_;  // each kind once, a few of them
    std::vector<ScramShape> scram_;
    std::vector<TicketShape> ticket_;
};

}  // namespace heddle
