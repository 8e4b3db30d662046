#pragma once
#include <cstdint>
#include <set>

#include "bridge/links.hpp"

namespace heddle {

/// The links of one connection for which something waits: the highest prio first, among equals the one that waits
/// longest. A link whose rate does not let it speak yet is parked until its time has come.
class LinkQueue {
 public:
    /// Takes the link in behind all others of its prio, or parks it, if it is not there yet.
    void add(Link& link, TimePoint now);
    void remove(Link& link);
    /// Who is next; nobody: null.
    Link* first() const { return ready_.empty() ? nullptr : ready_.begin()->link; }
    void wake(TimePoint now);
    TimePoint next_wake() const { return parked_.empty() ? TimePoint::max() : parked_.begin()->when; }

 private:
    struct Ready {
        double prio;
        std::uint64_t turn;
        Link* link;
        bool operator<(const Ready& other) const { return prio != other.prio ? prio > other.prio : turn < other.turn; }
    };
    struct Parked {
        TimePoint when;
        std::uint64_t turn;
        Link* link;
        bool operator<(const Parked& other) const { return when != other.when ? when < other.when : turn < other.turn; }
    };

    std::set<Ready> ready_;
    std::set<Parked> parked_;
    std::uint64_t turns_ = 0;
};

}  // namespace heddle
