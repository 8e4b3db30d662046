#pragma once
#include "serializers/bytes.hpp"
#include "serializers/payload.hpp"
#include "serializers/recon_tape.hpp"

/// WAMP payloads as bodies of WARP frames, and back (docs/warp.md 6.3).
///
///   no arguments at all                           nothing
///   one argument: a text, bool, number, bytes,    the value itself, so that Swim applications see plain values
///   a list or map with something in it
///   everything else                               @wamp(args:{..},kwargs:{..}), either left out where empty
///
/// A list of one keeps a second pair of braces, `{{5}}`: as the rest of a record, `{5}` is 5.
namespace heddle {

/// Appends the body, as it stands right after an attribute. The payload may have any encoding but Recon.
void put_body(const Payload& payload, ByteBuffer& out);

/// The payload that a body stands for, in MessagePack. False where it is nested too deeply for a payload.
class BodyPayload {
 public:
    bool read(recon::Items body);
    /// Good until the next read.
    Payload view() const { return {Encoding::msgpack, args_.view(), kwargs_.view()}; }

 private:
    bool read_wrapped(recon::Items body, bool& wrapped);

    ByteBuffer args_, kwargs_;
};

}  // namespace heddle
