#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "realms/session.hpp"

namespace heddle {

/// Who may hear a publication with lists (advanced profile, "Subscriber Black- and Whitelisting"): every `eligible`
/// that is there must name the session, no `exclude` may. Lists may be long, so they are sorted once per publication;
/// the room is used again.
class ReceiverFilter {
 public:
    /// `lists` must live as long as `admits` is asked.
    void prepare(const ReceiverLists& lists);
    bool admits(const Session& session) const;

 private:
    template <class T>
    struct Sorted {
        bool present = false;
        std::vector<T> values;
        void take(const std::optional<std::vector<T>>& list);
        bool names(const T& value) const;
    };
    Sorted<std::uint64_t> exclude_, eligible_;
    Sorted<std::string_view> exclude_authid_, eligible_authid_, exclude_authrole_, eligible_authrole_;
};

/// Lists that own their texts, for a publication that outlives its frame.
class OwnedReceiverLists {
 public:
    explicit OwnedReceiverLists(const ReceiverLists& lists);
    OwnedReceiverLists(const OwnedReceiverLists&) = delete;
    OwnedReceiverLists& operator=(const OwnedReceiverLists&) = delete;
    const ReceiverLists& view() const { return lists_; }
    std::size_t bytes() const { return bytes_; }

 private:
    std::string text_;  // all texts, end to end; never changes
    ReceiverLists lists_;
    std::size_t bytes_ = 0;
};

}  // namespace heddle
