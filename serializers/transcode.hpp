#pragma once
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/encoding.hpp"

namespace heddle {

/// Appends `value`, one value in `from`, as the nearest value in `to` (serializers/README.md, "Values"). Without a
/// tree: tokens go from a reader to a writer. The WAMP encodings only; Recon pairs are the bridge's, which knows what a
/// WARP body may look like. False, and `out` as it was, where `value` is not one well-formed value; what decode let
/// through always is.
bool transcode(Encoding from, std::string_view value, Encoding to, ByteBuffer& out);

/// The same for any reader and writer, the bridge's among them.
template <class Reader, class Writer>
bool transcode(Reader&& reader, Writer writer, ByteBuffer& out) {  // readers are large: never copied
    const std::size_t before = out.size();
    for (;;) {
        const auto token = reader.next();
        if (token.kind == decltype(token.kind)::end) return true;
        if (token.kind == decltype(token.kind)::error) {
            out.truncate(before);
            return false;
        }
        writer.write(token);
    }
}

}  // namespace heddle
