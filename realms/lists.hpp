#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "realms/egress.hpp"
#include "realms/kept_publisher.hpp"
#include "realms/kept_shares.hpp"
#include "realms/list_operation.hpp"
#include "realms/room.hpp"
#include "realms/text_hash.hpp"
#include "realms/uri_set.hpp"
#include "serializers/function_ref.hpp"
#include "serializers/ids.hpp"
#include "serializers/kept_copy.hpp"

namespace heddle {

struct ListEntry {
    std::string key;  // MessagePack
    OwnedPayload value;
    PublicationId publication;  // the one that set it last
    mutable KeptCopy body;      // the bridge's: Recon, made when somebody reads it first
    KeptPublisher publisher;    // who set it last
    KeptShare* share = nullptr; // theirs: the store's
};

/// Who sets an entry, and whose share it counts for; empty: nobody's.
struct ListSetter {
    KeptPublisher publisher = {};
    std::string_view user = {};
};

/// The lists of a realm: what topics of kind `list` keep instead of a retained event. Each an order of entries under
/// keys; bounded by entries and bytes, and by the bytes of each user. An entry is found by key in one look, its place by
/// walking the order.
class Lists {
 public:
    explicit Lists(std::size_t bytes_max, std::size_t user_bytes_max = ~std::size_t{0})
        : bytes_max_(bytes_max), user_bytes_max_(user_bytes_max) {}
    /// What is there stays.
    void set_limits(std::size_t bytes_max, std::size_t user_bytes_max) {
        bytes_max_.set_max(bytes_max);
        user_bytes_max_ = user_bytes_max;
    }
    void let_grow(bool yes) { bytes_max_.let_grow(yes, bytes_); }

    enum class Fault : std::uint8_t { none, no_such_key, no_such_index, full, user_full };
    struct Result {
        Fault fault = Fault::none;
        ListChange change;  // views live until the next change of this list
    };
    /// Does it, or nothing. A new list begins with its first entry and ends with its last.
    Result apply(std::string_view topic, const ListOperation& what, std::size_t entries_max, PublicationId publication,
                 Entropy& entropy, const ListSetter& by = {});

    /// Takes out the entries that do not stand any more, and keeps them aside; those that do again come back, to the end
    /// of their lists, unless their key is taken. `tell` hears of each.
    void sift(FunctionRef<bool(std::string_view topic, const ListEntry&)> stands,
              FunctionRef<void(std::string_view topic, const ListChange&)> tell);
    /// What is kept aside of such topics is no more.
    void forget_aside(FunctionRef<bool(std::string_view topic)> which);
    std::size_t aside() const { return aside_.size(); }

    std::size_t size(std::string_view topic) const;
    /// The place of a key; `size` where there is none.
    std::size_t place(std::string_view topic, std::string_view key) const;
    /// The entries from `first` on, in order, until `visit` says false.
    void walk(std::string_view topic, std::size_t first,
              FunctionRef<bool(std::size_t index, const ListEntry&)> visit) const;
    /// The topics in `which` that have a list with something in it, in the order of their texts.
    void topics(UriSet which, FunctionRef<void(std::string_view topic)> visit) const;

    std::size_t lists() const { return lists_.size(); }
    std::size_t entries() const { return entries_; }
    std::size_t bytes() const { return bytes_; }
    /// Of copies of entries in other forms, made by readers; not part of `bytes`.
    std::size_t copy_bytes() const { return copy_bytes_; }

 private:
    struct List {
        std::vector<std::unique_ptr<ListEntry>> order;
        std::unordered_map<std::string_view, ListEntry*, TextHash, std::equal_to<>> by_key;
        std::size_t place(const ListEntry& entry) const;
    };
    using Table = std::map<std::string, List, std::less<>>;
    Result put(List& list, const ListOperation& what, std::size_t entries_max, PublicationId publication,
               Entropy& entropy, const ListSetter& by);
    Result move(List& list, const ListOperation& what);
    Result remove(List& list, const ListOperation& what);
    Result clear(List& list);
    Result update(List& list, ListEntry& entry, const Payload& value, PublicationId publication, const ListSetter& by);
    /// Is there room for an entry of `bytes` that replaces `gone`, if anything?
    Fault fault_of(std::size_t bytes, const KeptShare* share, const ListEntry* gone) const;
    void count_in(const ListEntry& entry);
    void count_out(const ListEntry& entry);
    void take_out(std::string_view topic, List& list, std::size_t index,
                  FunctionRef<void(std::string_view topic, const ListChange&)> tell);

    ByteBound bytes_max_;
    std::size_t user_bytes_max_;
    std::size_t copy_bytes_ = 0;  // before what is counted in it
    KeptShares shares_;
    Table lists_;
    std::vector<std::pair<std::string, std::unique_ptr<ListEntry>>> aside_;  // by topic; their bytes count
    std::unique_ptr<ListEntry> gone_;  // of the newest `removed`, whose event still has to be told
    std::size_t entries_ = 0, bytes_ = 0;
};

}  // namespace heddle
