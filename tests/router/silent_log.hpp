#pragma once
#include "router/log.hpp"

namespace heddle {

/// A log that writes nothing.
class SilentLog final : public Log {
    bool wants(LogLevel) const override { return false; }
    void put(LogLevel, std::string_view, std::span<const LogField>) override {}
};

}  // namespace heddle
