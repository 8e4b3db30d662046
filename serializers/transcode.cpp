#include "serializers/transcode.hpp"

#include <cassert>

#include "serializers/cbor_reader.hpp"
#include "serializers/cbor_writer.hpp"
#include "serializers/json_reader.hpp"
#include "serializers/json_writer.hpp"
#include "serializers/msgpack_reader.hpp"
#include "serializers/msgpack_writer.hpp"

namespace heddle {
namespace {

template <class Writer>
bool transcode_to(Encoding from, std::string_view value, ByteBuffer& out) {
    switch (from) {
        case Encoding::json:
            return transcode(JsonReader(value), Writer(out), out);
        case Encoding::msgpack:
            return transcode(MsgpackReader(value), Writer(out), out);
        case Encoding::cbor:
            return transcode(CborReader(value), Writer(out), out);
        case Encoding::recon:
            break;
    }
    assert(false && "Recon is transcoded by the bridge");
    return false;
}

}  // namespace

bool transcode(Encoding from, std::string_view value, Encoding to, ByteBuffer& out) {
    switch (to) {
        case Encoding::json:
            return transcode_to<JsonWriter>(from, value, out);
        case Encoding::msgpack:
            return transcode_to<MsgpackWriter>(from, value, out);
        case Encoding::cbor:
            return transcode_to<CborWriter>(from, value, out);
        case Encoding::recon:
            break;
    }
    assert(false && "Recon is transcoded by the bridge");
    return false;
}

}  // namespace heddle
