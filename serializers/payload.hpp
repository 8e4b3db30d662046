#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/encoding.hpp"

namespace heddle {

/// Application data of a message, carried and not understood: the bytes as they arrived.
/// `args` is one encoded list, `kwargs` one encoded map, either empty when the message had none.
/// Both were checked by the decoder (well-formed, depth <= depth_max). Views: the frame they came in outlives the Payload.
struct Payload {
    Encoding origin = Encoding::json;
    std::string_view args;
    std::string_view kwargs;
    bool empty() const { return args.empty() && kwargs.empty(); }
};

/// A payload that owns its bytes: for what outlives its frame (a retained event).
class OwnedPayload {
 public:
    OwnedPayload() = default;
    explicit OwnedPayload(const Payload& payload);
    Payload view() const;
    std::size_t size() const { return bytes_.size(); }

 private:
    SharedBytes bytes_;  // args, then kwargs
    std::size_t args_size_ = 0;
    Encoding origin_ = Encoding::json;
};

/// One payload in whatever encodings its readers need; each made at most once, its own encoding never. Lives for one delivery.
class PayloadForms {
 public:
    explicit PayloadForms(const Payload& origin) : origin_(origin) {}
    /// WAMP encodings only (Recon bodies are made by the bridge). A value without a form there becomes the nearest one; see README.
    Payload in(Encoding encoding);
    const Payload& origin() const { return origin_; }
    /// How many transcodings were needed so far.
    int transcodings() const { return transcodings_; }

 private:
    struct Form {
        SharedBytes args, kwargs;
    };
    Payload origin_;
    std::array<std::optional<Form>, encoding_count> forms_;
    int transcodings_ = 0;
};

}  // namespace heddle
