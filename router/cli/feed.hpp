#pragma once
#include <memory>
#include <optional>
#include <string>

#include "router/client/loop.hpp"

namespace heddle::cli {

enum class Each { none, line, json, nul };

/// Items from stdin, read in a thread of its own so that the connection stays alive while nothing comes
/// (`tail -f log | heddle publish ..`). The thread runs at most a few items ahead.
class StdinFeed {
 public:
    StdinFeed(Loop& loop, Each each);
    ~StdinFeed();

    bool ready() const;                 // an item waits
    bool ended() const;                 // nothing waits and nothing will come
    std::optional<std::string> next();  // as JSON

 private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace heddle::cli
