#pragma once
#include <optional>
#include <string_view>

#include "serializers/encoding.hpp"

/// Content-Type and Accept, for the paths that take JSON, MessagePack and CBOR.
namespace heddle {

/// What a Content-Type stands for: application/json, application/msgpack (also x-msgpack, vnd.msgpack), application/cbor.
/// Parameters but a charset that is UTF-8 are refused. Nothing else: a page of another site can send forms and plain text
/// without being asked, but not these.
std::optional<Encoding> encoding_of_media(std::string_view content_type);
std::string_view media_of(Encoding encoding);  // "application/json"

inline constexpr std::string_view media_problem = "application/problem+json";
inline constexpr std::string_view media_lines = "application/x-ndjson";

/// What a client wants to hear.
struct AcceptedMedia {
    Encoding encoding = Encoding::json;
    bool lines = false;  // results line by line, in JSON
};
/// The one of an Accept header that the client likes best, of those that we have; `by_default` where it likes anything.
/// Nothing: none of ours.
std::optional<AcceptedMedia> accepted_in(std::string_view accept, Encoding by_default);

}  // namespace heddle
