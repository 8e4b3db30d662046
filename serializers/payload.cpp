#include "serializers/payload.hpp"

#include <cassert>

#include "serializers/transcode.hpp"

namespace heddle {
namespace {

SharedBytes transcoded(Encoding from, std::string_view value, Encoding to) {
    if (value.empty()) return {};
    ByteBuffer out(value.size() + value.size() / 2);
    const bool good = transcode(from, value, to, out);
    assert(good && "a payload that no decoder has checked");
    (void)good;
    return out.freeze();
}

}  // namespace

OwnedPayload::OwnedPayload(const Payload& payload) : args_size_(payload.args.size()), origin_(payload.origin) {
    if (payload.empty()) return;
    ByteBuffer bytes(payload.args.size() + payload.kwargs.size());
    bytes.append(payload.args);
    bytes.append(payload.kwargs);
    bytes_ = bytes.freeze();
}

Payload OwnedPayload::view() const {
    const std::string_view bytes = bytes_.view();
    return {origin_, bytes.substr(0, args_size_), bytes.substr(args_size_)};
}

Payload PayloadForms::in(Encoding encoding) {
    if (encoding == origin_.origin || origin_.empty()) return {encoding, origin_.args, origin_.kwargs};
    auto& form = forms_[static_cast<std::size_t>(encoding)];
    if (!form) {
        form = {transcoded(origin_.origin, origin_.args, encoding),
                transcoded(origin_.origin, origin_.kwargs, encoding)};
        ++transcodings_;
    }
    return {encoding, form->args.view(), form->kwargs.view()};
}

}  // namespace heddle
