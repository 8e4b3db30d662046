#pragma once
#include <functional>
#include <string>

#include "router/cli/credentials.hpp"
#include "router/cli/feed.hpp"
#include "router/cli/globals.hpp"
#include "router/cli/values.hpp"
#include "router/client/wamp_client.hpp"

namespace heddle::cli {

/// How often a command sends, and how fast.
struct StreamFlags {
    std::string each;          // line, json, nul; empty: not from stdin
    std::uint64_t repeat = 1;  // without --each
    std::string rate;          // "100/s"; empty: as fast as it goes
    bool keep_going = false;
};

/// What came of one sending.
struct Outcome {
    std::string output;  // for stdout, perhaps empty
    std::exception_ptr failure;
    bool last = true;  // false: a progressive result, more will come
};
/// One sending: gives the answer to `done`, or calls it at once where no answer is due.
using Done = std::function<void(Outcome)>;
using SendOne = std::function<void(const Arguments&, Done done)>;

/// Sends one message per item, at most 64 unanswered, and prints the answers in the order of sending, progressive ones
/// as soon as those of all earlier sendings are out. Stops at the first refusal unless told to keep going; then the
/// first failure is what counts in the end. Returns the exit code.
int stream(Loop& loop, WampClient& client, const Globals& globals, const StreamFlags& flags, const Arguments& base,
           const SendOne& send);

}  // namespace heddle::cli
