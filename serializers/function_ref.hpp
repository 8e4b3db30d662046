#pragma once
#include <memory>
#include <type_traits>
#include <utility>

namespace heddle {

/// Something to call while the call that it is an argument of lasts. Owns and allocates nothing.
template <class Signature>
class FunctionRef;

template <class Result, class... Args>
class FunctionRef<Result(Args...)> {
 public:
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef>)
        FunctionRef(F&& function)  // implicit: a lambda is written where it is used
        : object_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
          call_([](void* object, Args... args) -> Result {
              return (*static_cast<std::remove_reference_t<F>*>(object))(std::forward<Args>(args)...);
          }) {}
    Result operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
    void* object_;
    Result (*call_)(void*, Args...);
};

}  // namespace heddle
