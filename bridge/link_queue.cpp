#include "bridge/link_queue.hpp"

namespace heddle {

void LinkQueue::add(Link& link, TimePoint now) {
    Link::Waiting& waiting = *link.waiting;
    if (waiting.turn != 0) return;
    waiting.turn = ++turns_;
    waiting.parked = link.not_before > now;
    if (waiting.parked)
        parked_.insert({link.not_before, waiting.turn, &link});
    else
        ready_.insert({link.prio, waiting.turn, &link});
}

void LinkQueue::remove(Link& link) {
    if (!link.waiting || link.waiting->turn == 0) return;
    if (link.waiting->parked)
        parked_.erase({link.not_before, link.waiting->turn, &link});
    else
        ready_.erase({link.prio, link.waiting->turn, &link});
    link.waiting->turn = 0;
}

void LinkQueue::wake(TimePoint now) {
    while (!parked_.empty() && parked_.begin()->when <= now) {
        Link& link = *parked_.begin()->link;
        remove(link);
        add(link, now);
    }
}

}  // namespace heddle
