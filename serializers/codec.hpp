#pragma once
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/encoding.hpp"
#include "serializers/messages.hpp"
#include "serializers/result.hpp"

namespace heddle {

/// One WAMP message from its bytes (json, msgpack or cbor). Either direction: the rule table says who may send it.
/// The error's text names what was wrong ("PUBLISH.Options.acknowledge must be a bool"), fit for ABORT.Details.message.
/// Views in the message point into `bytes`. Texts that need unescaping live in a scratch of this thread, good until the next decode on it.
Result<Message> decode(Encoding encoding, std::string_view bytes);

/// The message's type code without decoding the rest; 0 where the bytes do not begin like a message.
std::uint64_t peek_code(Encoding encoding, std::string_view bytes);

/// Appends the message. A payload of another encoding is transcoded on the way; to encode one payload for many, see PayloadForms.
void encode(const Message& message, Encoding encoding, ByteBuffer& out);
void encode(const Event& event, Encoding encoding, ByteBuffer& out);  // the hot one, without the variant

}  // namespace heddle
