#include "realms/testaments.hpp"

#include <memory>

#include "realms/receivers.hpp"

namespace heddle {
namespace {

PublishOptions owned(const PublishOptions& options) {
    PublishOptions copy = options;
    copy.acknowledge = false;  // there is nobody to be told
    if (options.lists) {
        const auto lists = std::make_shared<const OwnedReceiverLists>(*options.lists);
        copy.lists = std::shared_ptr<const ReceiverLists>(lists, &lists->view());
    }
    return copy;
}

}  // namespace

void Testaments::add(Scope scope, const Publish& message) {
    const auto at = static_cast<std::size_t>(scope);
    bytes_[at] += bytes_of(message);
    scopes_[at].push_back({std::string(message.topic), OwnedPayload(message.payload), owned(message.options)});
}

void Testaments::flush(Scope scope) {
    const auto at = static_cast<std::size_t>(scope);
    bytes_[at] = 0;
    scopes_[at].clear();
}

std::size_t Testaments::count() const { return scopes_[0].size() + scopes_[1].size(); }

std::size_t Testaments::bytes_of(const Publish& message) {
    std::size_t sum = sizeof(Testament) + message.topic.size() + message.payload.args.size();
    sum += message.payload.kwargs.size();
    if (message.options.lists) sum += OwnedReceiverLists(*message.options.lists).bytes();
    if (message.options.extras)
        for (const Extras::Entry& entry : message.options.extras->entries) sum += entry.key.size() + entry.value.size();
    return sum;
}

void Testaments::each(FunctionRef<void(const Publish&)> visit) const {
    for (const std::vector<Testament>& scope : scopes_)
        for (const Testament& one : scope) visit(Publish{{}, one.options, one.topic, one.payload.view()});
}

}  // namespace heddle
