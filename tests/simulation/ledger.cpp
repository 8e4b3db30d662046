#include "tests/simulation/ledger.hpp"

#include <algorithm>
#include <charconv>

namespace heddle::sim {
namespace {

constexpr std::string_view mark = "evt-";

}  // namespace

std::string short_text(const Token& token) {
    return std::to_string(token.client) + "-" + std::to_string(token.life) + "-" + std::to_string(token.number);
}

std::string text_of(const Token& token, std::size_t padding) {
    return std::string(mark) + short_text(token) + (token.own_too ? "-1-" : "-0-") + std::string(padding, 'x');
}

std::optional<Token> find_token(std::string_view bytes) {
    const std::size_t at = bytes.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const char* next = bytes.data() + at + mark.size();
    const char* const end = bytes.data() + bytes.size();
    std::uint32_t numbers[4] = {};
    for (std::uint32_t& number : numbers) {
        const auto read = std::from_chars(next, end, number);
        if (read.ec != std::errc() || read.ptr == end || *read.ptr != '-') return std::nullopt;
        next = read.ptr + 1;
    }
    return Token{numbers[0], numbers[1], numbers[2], numbers[3] == 1};
}

void Ledger::add(const std::string& topic, const Entry& entry) {
    Entries& entries = entries_[topic];
    if (!entry.removed) places_[{topic, entry.token}] = entries.size();
    entries.push_back(entry);
}

const Ledger::Entries& Ledger::of(const std::string& topic) const {
    static const Entries none;
    const auto found = entries_.find(topic);
    return found == entries_.end() ? none : found->second;
}

std::optional<std::size_t> Ledger::place(const std::string& topic, const Token& token) const {
    const auto found = places_.find({topic, token});
    if (found == places_.end()) return std::nullopt;
    return found->second;
}

/// Whose removals are is not known, and nobody is told of their own.
bool Hearing::owed(const Ledger::Entry& entry) const {
    if (entry.removed) return false;
    const bool mine = entry.token.client == self_ && entry.token.life == life_;
    return !mine || own_ || entry.token.own_too;
}

std::string Hearing::went_to(std::size_t place, bool complete) {
    const Ledger::Entries& entries = ledger_.of(topic_);
    if (retained_ && place <= *retained_)
        return topic_ + ": event " + std::to_string(place) + " came after the retained event " + std::to_string(*retained_);
    if (last_ && place <= *last_)
        return topic_ + ": event " + std::to_string(place) + " came after event " + std::to_string(*last_);
    const std::size_t from = last_ ? *last_ + 1 : std::min(owed_from_, place);
    last_ = place;
    if (!complete) return {};
    for (std::size_t i = from; i < place; ++i)
        if (owed(entries[i]))
            return topic_ + ": event " + std::to_string(i) + " (" + short_text(entries[i].token) + ") was lost, event " +
                   std::to_string(place) + " came";
    return {};
}

std::string Hearing::received(const Token& token, bool complete) {
    const auto place = ledger_.place(topic_, token);
    if (!place) return topic_ + ": event " + short_text(token) + " came, which nobody published there";
    if (!owed(ledger_.of(topic_)[*place])) return topic_ + ": its own event " + short_text(token) + " came back";
    return went_to(*place, complete);
}

/// Removals have no token: it is taken for the first one after what is known to be received, which may be too early a one.
std::string Hearing::received_removal(bool complete) {
    const Ledger::Entries& entries = ledger_.of(topic_);
    if (!last_ && !retained_) return {};
    for (std::size_t i = (last_ ? *last_ : *retained_) + 1; i < entries.size(); ++i)
        if (entries[i].removed) return went_to(i, complete && last_);
    return topic_ + ": a removal came that nobody published";
}

std::string Hearing::received_retained(const Token& token) {
    const auto place = ledger_.place(topic_, token);
    if (!place) return topic_ + ": event " + short_text(token) + " is retained, which nobody published there";
    retained_ = place;
    return last_ ? topic_ + ": a retained event came after event " + std::to_string(*last_) : std::string();
}

std::string Hearing::received_state(const Token& token) {
    const auto place = ledger_.place(topic_, token);
    if (!place) return topic_ + ": state " + short_text(token) + " came, which nobody published there";
    if (last_ && *place < *last_)
        return topic_ + ": state " + std::to_string(*place) + " came after " + std::to_string(*last_);
    last_ = place;
    cleared_ = false;
    return {};
}

std::string Hearing::missing() const {
    const Ledger::Entries& entries = ledger_.of(topic_);
    for (std::size_t i = last_ ? *last_ + 1 : owed_from_; i < entries.size(); ++i)
        if (owed(entries[i])) return topic_ + ": event " + std::to_string(i) + " (" + short_text(entries[i].token) + ") never came";
    return {};
}

std::string Hearing::stale() const {
    const Ledger::Entries& entries = ledger_.of(topic_);
    if (entries.empty()) return {};
    const bool gone = entries.back().removed;
    if (gone ? cleared_ || !last_ : last_ == entries.size() - 1) return {};
    return topic_ + ": the newest state is " + (gone ? "nothing" : short_text(entries.back().token)) + " (event " +
           std::to_string(entries.size() - 1) + "), known is " + (last_ ? std::to_string(*last_) : "nothing");
}

}  // namespace heddle::sim
