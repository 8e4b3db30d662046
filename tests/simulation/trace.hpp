#pragma once
#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <string_view>

#include "realms/settings.hpp"

namespace heddle::sim {

/// What happened, line by line. Two runs of one seed have the same hash, or something in the router or the simulation
/// depends on more than the seed. Holds the last lines only; prints all of them as they come if it is asked to.
class Trace {
 public:
    explicit Trace(bool print) : print_(print) {}

    void line(TimePoint at, std::string_view who, std::string_view what) {
        std::string text = time_text(at);
        text.append(who).append(" ").append(what);
        for (const char c : text) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001B3;
        if (print_) std::printf("%s\n", text.c_str());
        tail_.push_back(std::move(text));
        if (tail_.size() > tail_max) tail_.pop_front();
        ++lines_;
    }
    std::uint64_t hash() const { return hash_; }
    std::uint64_t lines() const { return lines_; }
    const std::deque<std::string>& tail() const { return tail_; }

 private:
    static std::string time_text(TimePoint at) {
        using namespace std::chrono;
        char text[24];
        const auto us = duration_cast<microseconds>(at.time_since_epoch() % hours(24)).count();
        std::snprintf(text, sizeof text, "%10.3f ", static_cast<double>(us) / 1000.0);
        return text;
    }
    static constexpr std::size_t tail_max = 80;
    bool print_;
    std::uint64_t hash_ = 0xCBF29CE484222325, lines_ = 0;
    std::deque<std::string> tail_;
};

}  // namespace heddle::sim
