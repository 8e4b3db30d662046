#include "realms/session.hpp"

#include <cassert>

namespace heddle {
namespace {

[[maybe_unused]] bool legal(Stage from, Stage to) {
    switch (to) {
        case Stage::fresh:
            return from != Stage::fresh;
        case Stage::challenged:
            return false;  // no method asks yet
        case Stage::open:
            return from == Stage::fresh;
        case Stage::closing:
            return from == Stage::open;
    }
    return false;
}

}  // namespace

void Session::enter(Stage next) {
    assert(legal(stage_, next));
    stage_ = next;
}

bool Session::take_request(RequestId request, RequestIds rule) {
    if (request.value == 0 || request.value > id_max) return false;
    const bool next = request.value == next_id(last_request_);
    if (rule == RequestIds::strict && !next) return false;
    if (next || request.value > last_request_) last_request_ = request.value;
    return true;
}

}  // namespace heddle
