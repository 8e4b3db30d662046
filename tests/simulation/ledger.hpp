#pragma once
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heddle::sim {

/// What the payload of each event says: who published it, on which of their connections, and the how-manieth it is.
struct Token {
    std::uint32_t client = 0, life = 0, number = 0;
    bool own_too = false;  // published with exclude_me = false
    auto operator<=>(const Token&) const = default;
};
/// As text: "evt-3-1-17-0-" and padding. It looks the same in JSON, MessagePack, CBOR and Recon.
std::string text_of(const Token& token, std::size_t padding);
std::optional<Token> find_token(std::string_view bytes);
std::string short_text(const Token& token);

/// Everything that the realm published, in its own order: an observer without a connection, who cannot miss anything.
/// What clients receive is held against it.
class Ledger {
 public:
    struct Entry {
        Token token;
        bool removed = false;  // a removal: the topic keeps no event any more
    };
    using Entries = std::vector<Entry>;

    void add(const std::string& topic, const Entry& entry);
    const Entries& of(const std::string& topic) const;
    std::size_t size(const std::string& topic) const { return of(topic).size(); }
    /// Where the event stands among those of its topic; nothing where nobody published it.
    std::optional<std::size_t> place(const std::string& topic, const Token& token) const;
    const std::map<std::string, Entries>& all() const { return entries_; }

 private:
    std::map<std::string, Entries> entries_;
    std::map<std::pair<std::string, Token>, std::size_t> places_;
};

/// What one subscription or link has learned of one topic.
class Hearing {
 public:
    /// `self`, `life`: who listens. `own`: it receives its own publications, too.
    Hearing(const Ledger& ledger, std::string topic, std::uint32_t self, std::uint32_t life, bool own)
        : ledger_(ledger), topic_(std::move(topic)), self_(self), life_(life), own_(own), owed_from_(ledger.size(topic_)) {}

    /// An event came. Returns what is wrong about it; empty: nothing. `complete`: it may not have missed any.
    std::string received(const Token& token, bool complete);
    std::string received_removal(bool complete);
    /// An event that was published before the subscription, and retained.
    std::string received_retained(const Token& token);
    /// The state that the topic keeps came, as a value or an entry of a map.
    std::string received_state(const Token& token);
    /// Nothing is under way any more: was everything received?
    std::string missing() const;
    /// The newest event is known (values and map entries, which may skip what is older).
    std::string stale() const;
    void received_no_state() { last_.reset(), cleared_ = true; }

 private:
    bool owed(const Ledger::Entry& entry) const;
    std::string went_to(std::size_t place, bool complete);

    const Ledger& ledger_;
    std::string topic_;
    std::uint32_t self_, life_;
    bool own_;
    bool cleared_ = false;
    std::size_t owed_from_;  // events from this place on were published after the subscription was confirmed
    std::optional<std::size_t> last_, retained_;
};

}  // namespace heddle::sim
