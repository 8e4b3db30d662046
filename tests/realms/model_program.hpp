#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/realms/model.hpp"

namespace heddle::test {

/// One step of a program. What the numbers mean depends on what is going on when it is played, so that every list of
/// steps is a program, also one that somebody took steps out of.
struct Op {
    std::uint64_t what, a, b, c, d;
};
using Tally = std::map<std::string, std::uint64_t>;  // what was received, by kind

/// Plays a program on a realm and on the model, and holds the one against the other after each step.
class ProgramRun {
 public:
    explicit ProgramRun(Tally& tally);
    /// Empty, or what the two disagree about.
    std::string play(const std::vector<Op>& ops);
    /// Who said what, and what everybody received.
    const std::string& transcript() const { return transcript_; }

 private:
    using Name = Model::Name;
    void step(const Op& op);
    void join(const Name& name, const Op& op);
    void pass(std::chrono::milliseconds time);
    void gone(const Name& name);
    void say(const Name& name, const Message& message);
    void subscribe(const Name& name, const Op& op);
    void publish(const Name& name, const Op& op);
    void register_(const Name& name, const Op& op);
    void call(const Name& name, const Op& op);
    void continue_call(const Name& name, const Op& op);
    void cancel(const Name& name, const Op& op);
    void answer(const Name& name, const Op& op);
    void edit(const Op& op);
    std::shared_ptr<const ReceiverLists> lists(const Op& op);

    Model::Received drain();
    void compare(Model::Received real, bool in_order);
    void compare_counts();
    void count(const std::string& line);
    void note(const std::string& line);

    Tally& tally_;
    RealmSettings settings_;
    Play play_;
    Model model_;
    std::map<Name, std::uint64_t> requests_;                        // of the session that the name has now
    std::map<Name, std::map<std::uint64_t, std::string>> streams_;  // calls that it has not said the last piece of
    std::string transcript_, trouble_;
};

}  // namespace heddle::test
