#include <string>

#include "serializers/json_writer.hpp"
#include "serializers/recon_parser.hpp"
#include "serializers/recon_reader.hpp"
#include "serializers/recon_text.hpp"
#include "serializers/write_token.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Text of any kind into the Recon parser. Beside not crashing: what we write of a value reads back, as what we write
/// the same of; and every value has a form in the tokens that all encodings share.
namespace {

using namespace heddle;
using fuzzing::demand;

std::string written(const recon::Node& node) {
    ByteBuffer out;
    recon::put_value(node, out);
    return std::string(out.view());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    recon::Tape tape;
    recon::Parser parser(tape);
    if (!parser.block(text)) return 0;
    const std::string once = written(tape.root());
    ByteBuffer json;
    JsonWriter writer(json);
    ReconReader reader(tape.root(), depth_max);
    for (;;) {
        const Token token = reader.next();
        if (token.kind == Token::Kind::end) break;
        if (token.kind == Token::Kind::error) break;  // nested deeper than a payload may be
        write_token(writer, token);
    }
    recon::Tape again;
    recon::Parser second(again);
    demand(second.block(once), "what we wrote does not read: " + once);
    demand(written(again.root()) == once, "written twice, it differs: " + once + " / " + written(again.root()));
    return 0;
}
