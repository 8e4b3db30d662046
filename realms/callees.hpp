#pragma once
#include <cstddef>
#include <span>
#include <vector>

#include "realms/egress.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// Those who share one registration, in the order of their registering, and whose turn it is (advanced profile, "Shared
/// Registration").
class Callees {
 public:
    /// What each of them said when it registered.
    struct Terms {
        bool disclose_caller = false;  // it is told who calls: asked for, or by a rule
        bool forward_timeout = false;
    };
    struct Choice {
        EndpointId endpoint;  // 0: nobody is left
        Terms terms;
    };

    void add(EndpointId endpoint, Terms terms);
    void remove(EndpointId endpoint);  // must be in

    /// Who gets the next call. There must be somebody.
    Choice choose(Invoke policy, Entropy& entropy);
    /// The same as if those who were tried were not there ("Call Re-Routing").
    Choice choose_other(Invoke policy, Entropy& entropy, std::span<const EndpointId> tried);

    bool empty() const { return endpoints_.empty(); }
    std::size_t size() const { return endpoints_.size(); }
    const std::vector<EndpointId>& endpoints() const { return endpoints_; }

 private:
    Choice at(std::size_t place) const { return {endpoints_[place], terms_[place]}; }

    std::vector<EndpointId> endpoints_;
    std::vector<Terms> terms_;  // in step with endpoints_
    std::size_t next_ = 0;      // roundrobin: whose turn it is
};

}  // namespace heddle
