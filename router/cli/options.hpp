#pragma once
#include <deque>
#include <string>
#include <vector>

#include "serializers/messages.hpp"

/// `-O OPT=VALUE`: WAMP options by their names in the specification, each checked; an unknown one is an error with the
/// nearest name.
namespace heddle::cli {

CallOptions read_call_options(const std::vector<std::string>& flags);
SubscribeOptions read_subscribe_options(const std::vector<std::string>& flags);
RegisterOptions read_register_options(const std::vector<std::string>& flags);

/// Lists of receivers are views: their texts live here.
struct PublishFlags {
    PublishOptions options;
    std::deque<std::string> texts;
};
PublishFlags read_publish_options(const std::vector<std::string>& flags);

/// An option that the router never said it knows would be ignored without a word: Failure instead.
void require_features(const CallOptions& options, const Roles& router);
void require_features(const PublishOptions& options, const Roles& router);
void require_features(const SubscribeOptions& options, const Roles& router);
void require_features(const RegisterOptions& options, const Roles& router);

Match read_match(const std::string& text);  // of --match

}  // namespace heddle::cli
