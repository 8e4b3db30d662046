#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "router/cli/globals.hpp"

/// Where the settings of a command come from: flag, environment, context, default, in this order.
namespace heddle::cli {

struct SettingInfo {
    std::string_view name;  // "private-key": flag --private-key, HEDDLE_PRIVATE_KEY, private_key in a context
    std::string Globals::*value;
    std::string_view help;
    std::string_view choices = {};  // split by spaces; empty: any
    bool in_context = true;
    bool credential = false;  // one of those of which there may be one only
};
std::span<const SettingInfo> settings();

std::string variable_of(std::string_view setting);  // "HEDDLE_PRIVATE_KEY"
std::string key_of(std::string_view setting);       // "private_key"

/// Fills in what was not given as a flag and finds out where everything comes from. `given`: was there a flag of this
/// name? `variable`: the environment, null for nothing. `with_context`: off for commands that need none. Throws Failure.
void resolve_settings(Globals& globals, const std::function<bool(std::string_view name)>& given,
                      const std::function<const char*(const std::string& name)>& variable, bool with_context = true);

/// "--url", "HEDDLE_URL", "context plant", or "default".
std::string origin_of(const Globals& globals, std::string_view setting);

}  // namespace heddle::cli
