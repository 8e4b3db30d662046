#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "realms/authorizer_answers.hpp"
#include "realms/endpoint.hpp"
#include "realms/questions.hpp"

namespace heddle {

/// What the dynamic authorizer is being asked, each about the first of the messages that a session has waiting.
struct Asking {
    struct Question {
        EndpointId who;
        Action action;
        Match match;
        std::string uri;
        std::uint64_t purge;  // how often everything was forgotten when it was asked
        TimePoint due;
        Deed deed() const { return {action, {match, uri}}; }
    };
    void add(QuestionId id, Question question) {
        deadlines.emplace(question.due, id.value);
        open.emplace(id.value, std::move(question));
    }
    void erase(std::uint64_t id) {
        const auto found = open.find(id);
        if (found == open.end()) return;
        for (auto [at, last] = deadlines.equal_range(found->second.due); at != last; ++at) {
            if (at->second != id) continue;
            deadlines.erase(at);
            break;
        }
        open.erase(found);
    }

    std::unordered_map<std::uint64_t, Question> open;
    std::multimap<TimePoint, std::uint64_t> deadlines;
    std::uint64_t purges = 0;
};

}  // namespace heddle
