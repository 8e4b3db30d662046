#pragma once
#include <memory>
#include <string>

#include "tests/simulation/ledger.hpp"
#include "tests/simulation/trace.hpp"
#include "tests/simulation/wire.hpp"

namespace heddle::sim {

/// What a client has around it.
class Stage {
 public:
    virtual ~Stage() = default;
    virtual VirtualWorld& world() = 0;
    virtual Trace& trace() = 0;
    virtual const Ledger& ledger() const = 0;
    /// A new connection to the router, from this address.
    virtual std::shared_ptr<Wire> connect(const std::string& address, WireShape shape, Dice dice) = 0;
    /// Something is wrong. The first fault ends the run.
    virtual void fault(std::string what) = 0;
    /// Clients begin nothing new, but answer what they are asked.
    virtual bool quiet() const = 0;
    /// Publishers send much in little time.
    virtual bool flood() const = 0;
    /// The realm has room for every state that clients publish.
    virtual bool keeps_all() const = 0;
    /// The router says goodbye to everybody, so that endings are nobody's fault.
    virtual bool ending() const = 0;
};

}  // namespace heddle::sim
