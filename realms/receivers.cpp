#include "realms/receivers.hpp"

#include <algorithm>

namespace heddle {

template <class T>
void ReceiverFilter::Sorted<T>::take(const std::optional<std::vector<T>>& list) {
    present = list.has_value();
    values.clear();
    if (!present) return;
    values.assign(list->begin(), list->end());
    std::sort(values.begin(), values.end());
}

template <class T>
bool ReceiverFilter::Sorted<T>::names(const T& value) const {
    return std::binary_search(values.begin(), values.end(), value);
}

void ReceiverFilter::prepare(const ReceiverLists& lists) {
    exclude_.take(lists.exclude);
    eligible_.take(lists.eligible);
    exclude_authid_.take(lists.exclude_authid);
    eligible_authid_.take(lists.eligible_authid);
    exclude_authrole_.take(lists.exclude_authrole);
    eligible_authrole_.take(lists.eligible_authrole);
}

bool ReceiverFilter::admits(const Session& session) const {
    const std::string_view authid = session.authid;
    if (eligible_.present && !eligible_.names(session.id.value)) return false;
    if (eligible_authid_.present && !eligible_authid_.names(authid)) return false;
    if (eligible_authrole_.present && !eligible_authrole_.names(session.authrole)) return false;
    return !exclude_.names(session.id.value) && !exclude_authid_.names(authid) &&
           !exclude_authrole_.names(session.authrole);
}

namespace {

using Texts = std::optional<std::vector<std::string_view>>;

std::size_t text_bytes(const Texts& texts) {
    std::size_t bytes = 0;
    if (texts)
        for (std::string_view text : *texts) bytes += text.size();
    return bytes;
}

}  // namespace

OwnedReceiverLists::OwnedReceiverLists(const ReceiverLists& lists) : lists_(lists) {
    Texts* all[] = {&lists_.exclude_authid, &lists_.eligible_authid, &lists_.exclude_authrole,
                    &lists_.eligible_authrole};
    std::size_t bytes = 0;
    for (const Texts* texts : all) bytes += text_bytes(*texts);
    text_.reserve(bytes);  // so that the views made below stay good
    bytes_ = bytes + sizeof *this;
    for (Texts* texts : all) {
        if (!*texts) continue;
        for (std::string_view& text : **texts) {
            const std::size_t begin = text_.size();
            text_.append(text);
            text = std::string_view(text_).substr(begin);
        }
        bytes_ += (*texts)->size() * sizeof(std::string_view);
    }
    for (const auto* ids : {&lists_.exclude, &lists_.eligible})
        if (*ids) bytes_ += (*ids)->size() * sizeof(std::uint64_t);
}

}  // namespace heddle
