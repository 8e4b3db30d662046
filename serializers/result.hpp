#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace heddle {

/// Why input was refused: a sentence for people, and where in the input it went wrong (bytes from the start).
struct Error {
    std::string what;
    std::size_t offset = 0;
};

/// A value or the reason there is none. The message path returns these; exceptions are for startup only.
template <class T>
class [[nodiscard]] Result {
 public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
    explicit operator bool() const { return state_.index() == 0; }
    T& operator*() { return *std::get_if<0>(&state_); }
    const T& operator*() const { return *std::get_if<0>(&state_); }
    T* operator->() { return std::get_if<0>(&state_); }
    const T* operator->() const { return std::get_if<0>(&state_); }
    const Error& error() const { return *std::get_if<1>(&state_); }

 private:
    std::variant<T, Error> state_;
};

}  // namespace heddle
