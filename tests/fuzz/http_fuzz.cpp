#include <string>
#include <vector>

#include "router/batch.hpp"
#include "router/bridge_body.hpp"
#include "router/http_login.hpp"
#include "router/http_media.hpp"
#include "router/http_reader.hpp"
#include "router/http_routes.hpp"
#include "router/long_poll_request.hpp"
#include "serializers/codec.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Bytes of any kind to the HTTP reader, and its requests on to long-poll and to the bridge. The first byte is how long the pieces are
/// that they come in. Beside not crashing: pieces make no difference, bodies stay below their limits, an id that is
/// understood is one that the router writes, and a batch that is well-formed is the sum of its parts.
namespace {

using namespace heddle;
using fuzzing::demand;

constexpr std::size_t header_max = 1024, body_max = 256, message_max = 2048;

void check_batch(Encoding encoding, const std::string& bytes) {
    Batch batch(encoding, bytes);
    std::string again;
    while (const auto part = batch.next()) {
        FrameBuilder builder({encoding, Framing::batched}, part->size());
        builder.body().append(*part);
        again.append(builder.finish().view());
    }
    demand(batch.malformed() || again == bytes, "a batch is the sum of its parts");
    demand(!bytes.empty() || batch.malformed(), "an empty batch is none");
}

void check_bridge(BridgeKind kind, Encoding encoding, std::string_view body) {
    const BridgeMessage read = read_bridge_body(kind, encoding, body);
    if (!read.fault.empty()) return demand(read.pointer.empty() || read.pointer.front() == '/', "a pointer is one");
    const auto message = decode(encoding, read.message.view());
    demand(message && message->index() == (kind == BridgeKind::call ? Message(Call{}).index() : Message(Publish{}).index()),
           "a body is its message");
}

void check_heads(const std::string& text) {
    const auto accepted = accepted_in(text, Encoding::cbor);
    demand(!accepted || !accepted->lines || accepted->encoding == Encoding::json, "lines are JSON");
    const auto login = login_in(text);
    demand(!login || login->method.empty() == login->secret.empty() || login->method == "ticket", "a method has a secret");
    const HttpRoute route = route_of(text, ListenerSettings{}, {});
    demand(route.to != HttpRoute::To::bridge || text.starts_with("/realms/"), "the bridge has its paths");
    encoding_of_media(text);
}

std::string understood(const HttpRequest& request) {
    const std::string target(view(request.target()));
    const auto poll = long_poll_target("/lp", std::string_view(target).substr(0, target.find_first_of("?#")));
    demand(request.body().size() <= (poll ? message_max : body_max), "no body is above its limit");
    if (!poll) return target;
    if (poll->what == LongPollTarget::What::open) {
        const LongPollOffer offer = read_long_poll_offer(request.body());
        demand(offer.protocol.has_value() == offer.refusal.empty(), "an offer is taken, or there is a reason");
        return offer.protocol ? std::string(offer.protocol->name) : std::string(offer.refusal);
    }
    if (poll->what == LongPollTarget::What::unknown) return "unknown";
    const std::string id = long_poll_id(poll->transport, poll->secret);
    const std::string path = "/lp/" + id + "/send";
    const auto back = long_poll_target("/lp", path);
    demand(back && back->transport == poll->transport && same_secret(back->secret, poll->secret), "ids come back");
    return id;
}

std::vector<std::string> read(const std::string& bytes, std::size_t piece) {
    HttpReader reader(header_max, [](std::string_view target) {
        return long_poll_target("/lp", target.substr(0, target.find_first_of("?#"))) ? message_max : body_max;
    });
    std::vector<std::string> found;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.add(std::string_view(bytes).substr(at, piece));
        for (;;) {
            const HttpReader::Found next = reader.next();
            if (next == HttpReader::Found::more) break;
            if (next == HttpReader::Found::body) {
                reader.take_body();
                continue;
            }
            if (next == HttpReader::Found::go_ahead) continue;  // only where the body is not there yet
            if (next == HttpReader::Found::refused) {
                demand(reader.status() >= 400 && !reader.sentence().empty(), "a refusal has a reason");
                return found.push_back("refused"), found;
            }
            if (next == HttpReader::Found::upgrade) return found.push_back(reader.head()), found;
            const HttpRequest request = reader.take();
            found.push_back(understood(request));
        }
    }
    return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    demand(read(bytes, bytes.size() + 1) == read(bytes, data[0] % 32 + 1u), "pieces make no difference");
    check_batch(Encoding::json, bytes);
    check_batch(Encoding::cbor, bytes);
    const BridgeKind kind = data[0] % 2 == 0 ? BridgeKind::call : BridgeKind::publish;
    for (const Encoding encoding : {Encoding::json, Encoding::msgpack, Encoding::cbor}) check_bridge(kind, encoding, bytes);
    check_heads(bytes);
    return 0;
}
