#include "bridge/offers.hpp"

namespace heddle {

void Offers::add(RegistrationId registration, std::string_view procedure) {
    registrations_.emplace(procedure, registration);
    procedures_.emplace(registration, procedure);
}

void Offers::remove(std::string_view procedure) {
    const auto found = registrations_.find(procedure);
    if (found == registrations_.end()) return;
    procedures_.erase(found->second);
    registrations_.erase(found);
}

RegistrationId Offers::registration(std::string_view procedure) const {
    const auto found = registrations_.find(procedure);
    return found == registrations_.end() ? RegistrationId{} : found->second;
}

const std::string* Offers::procedure(RegistrationId registration) const {
    const auto found = procedures_.find(registration);
    return found == procedures_.end() ? nullptr : &found->second;
}

std::vector<std::string> Offers::procedures() const {
    std::vector<std::string> all;
    for (const auto& [procedure, registration] : registrations_) all.push_back(procedure);
    return all;
}

void Offers::ask(RequestId invocation, const std::string& procedure, std::size_t open_max) {
    if (!asked_.empty() && asked_.size() >= open_max) asked_.erase(asked_.begin());
    asked_.emplace(invocation.value, procedure);
}

std::vector<RequestId> Offers::abandon(std::string_view procedure) {
    std::vector<RequestId> open;
    for (const auto& [invocation, of] : asked_)
        if (of == procedure) open.push_back({invocation});
    for (const RequestId invocation : open) answered(invocation);
    return open;
}

const std::string* Offers::asked(RequestId invocation) const {
    const auto found = asked_.find(invocation.value);
    return found == asked_.end() ? nullptr : &found->second;
}

}  // namespace heddle
