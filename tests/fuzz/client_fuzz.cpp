#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "router/cli/errors.hpp"
#include "router/cli/lane_bodies.hpp"
#include "router/cli/render.hpp"
#include "router/client/random.hpp"
#include "router/client/wamp_client.hpp"
#include "router/client/warp_client.hpp"
#include "router/json_text.hpp"
#include "serializers/codec.hpp"
#include "serializers/transcode.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// Lines as what a router sends to the commands of `heddle`: to a WAMP client that logs in, subscribes, registers and
/// calls, or to a WARP client with a link. The first byte chooses the client and its credentials, the second the encoding.
/// The transport is one of ours: the linker takes the `dial` below.
///
/// Beside not crashing: whatever the client sends is a message; it ends by the one exception that it documents; and what
/// the commands print for people holds no control character but line ends, whoever made up the text.
namespace heddle {
namespace {

using fuzzing::demand;

std::deque<std::string> frames;  // that the router sends, in order
Encoding session_encoding = Encoding::json;
bool session_is_warp = false;

class Fed final : public ClientTransport, public std::enable_shared_from_this<Fed> {
 public:
    explicit Fed(Loop& loop) : loop_(loop) {}
    void start(Events events) override {
        events_ = std::move(events);
        next();
    }
    void send(std::string message) override {
        EnvelopeReader reader;
        demand(session_is_warp ? reader.read(message) == EnvelopeReader::Found::envelope && sent_by_client(reader.envelope().kind)
                               : bool(decode(session_encoding, message)),
               "the client sends messages");
    }
    std::size_t waiting() const override { return 0; }
    std::optional<std::string> channel_id(std::string_view) override { return std::nullopt; }
    void close() override { end(); }
    void abandon() { events_ = {}; }

 private:
    void next() {
        loop_.post([self = shared_from_this()] { self->step(); });
    }
    void step() {
        if (!events_.ended) return;
        if (frames.empty()) return end();
        const std::string frame = std::move(frames.front());
        frames.pop_front();
        events_.message(frame);
        next();
    }
    void end() {
        if (const auto ended = std::exchange(events_, {}).ended) ended("closed");
    }
    Loop& loop_;
    Events events_;
};

/// What a client owns; what the loop has still to run keeps the transport itself.
class Handle final : public ClientTransport {
 public:
    explicit Handle(Loop& loop) : fed_(std::make_shared<Fed>(loop)) {}
    ~Handle() override { fed_->abandon(); }
    void start(Events events) override { fed_->start(std::move(events)); }
    void send(std::string message) override { fed_->send(std::move(message)); }
    std::size_t waiting() const override { return 0; }
    std::optional<std::string> channel_id(std::string_view type) override { return fed_->channel_id(type); }
    void close() override { fed_->close(); }

 private:
    std::shared_ptr<Fed> fed_;
};

}  // namespace

std::unique_ptr<ClientTransport> dial(Loop& loop, const DialOptions&) { return std::make_unique<Handle>(loop); }
std::string random_bytes(std::size_t count) { return std::string(count, 'r'); }

namespace {

void check_printed(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool high = byte == 0xC2 && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xE0) == 0x80;
        demand((byte >= 0x20 || text[i] == '\n') && byte != 0x7F && !high, "what is printed is harmless");
    }
}

void check_json(const std::string& text) { demand(bool(parse_json(text)), "what is printed as JSON is JSON: " + text); }

LoginCredentials credentials(unsigned choice) {
    LoginCredentials made;
    made.authid = "kim";
    switch (choice % 6) {
        case 0:
            made.authid.clear();
            break;
        case 1:
            made.ticket = "ticket";
            break;
        case 2:
        case 3:
            made.secret = "secret";
            break;
        case 4:
            made.private_key = std::string(32, 'k');
            break;
        default:
            made.jwt = "a.b.c";
    }
    return made;
}

cli::Globals globals() {
    cli::Globals all;
    all.who = std::make_shared<WampIdentity>();
    all.color = "never";
    return all;
}

void show(const Message& message) {
    const cli::Globals plain = globals();
    if (const auto* error = std::get_if<ErrorReply>(&message))
        check_printed(cli::render_failure(cli::refused_by(*error, "call com.add", plain), plain));
    if (const auto* result = std::get_if<CallResult>(&message)) {
        check_printed(cli::render_payload(cli::Form::human, result->payload));
        check_json(cli::render_payload(cli::Form::json, result->payload));
        cli::render_payload(cli::Form::raw, result->payload);
    }
}

void play_wamp(Loop& loop, const WampOptions& options) {
    WampClient client(loop, options);
    client.subscribe("a.b", {}, show, [](const Event& event) {
        const std::string_view topic = event.details.topic.empty() ? "a.b" : event.details.topic;
        check_printed(cli::render_event(cli::Form::human, topic, event, "12:00:00.000"));
        check_json(cli::render_event(cli::Form::json, topic, event, {}));
    });
    client.enroll("a.c", {}, show, [&](const Invocation& invocation) {
        check_json(cli::details_of("a.c", invocation));
        client.yield(invocation.request, invocation.payload);
    });
    CallOptions progressive;
    progressive.receive_progress = true;
    client.call("a.d", progressive, {}, show);
    client.wait_long([] { return false; }, no_deadline);
}

void play_warp(Loop& loop, const WarpOptions& options) {
    WarpClient client(loop, options, [](const Envelope& envelope) {
        check_printed(cli::render_body(cli::Form::human, envelope));
        check_json(cli::render_body(cli::Form::json, envelope));
        const cli::Globals plain = globals();
        check_printed(cli::render_failure(cli::refused_by(envelope, plain), plain));
    });
    client.send(EnvelopeKind::sync, "/a", "b");
    client.wait_long([] { return false; }, no_deadline);
}

/// Costs that a router may ask for, but that a fuzzer need not pay.
bool is_dear(std::string_view line) {
    std::size_t digits = 0;
    for (const char c : line) {
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        if (digits > 4 && line.find("itera") != line.npos) return true;
    }
    return line.find("argon") != line.npos;
}

void run(std::uint8_t kind, Encoding encoding, std::string_view rest) {
    session_is_warp = kind % 2 == 1;
    session_encoding = encoding;
    frames.clear();
    for (std::size_t count = 0; !rest.empty() && count < 64; ++count) {
        std::string line = fuzzing::line_of(rest);
        if (is_dear(line)) continue;
        ByteBuffer other;
        if (!session_is_warp && encoding != Encoding::json && transcode(Encoding::json, line, encoding, other))
            line = other.view();
        frames.push_back(std::move(line));
    }
    Loop loop;
    try {
        const auto address = *parse_address("ws://127.0.0.1:8080");
        const LoginCredentials shown = credentials(kind / 2u);
        if (session_is_warp)
            play_warp(loop, {address, "realm1", {}, std::chrono::seconds(10), {}, {}, shown});
        else
            play_wamp(loop, {address, "realm1", encoding, {}, std::chrono::seconds(10), {}, {}, shown});
    } catch (const Failure& failure) {
        check_printed(cli::render_failure(failure, globals()));
        cli::Globals machine = globals();
        machine.form = cli::Form::json;
        check_json(cli::render_failure(failure, machine));
    }
}

}  // namespace
}  // namespace heddle

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using heddle::Encoding;
    if (size < 2) return 0;
    constexpr Encoding encodings[] = {Encoding::json, Encoding::msgpack, Encoding::cbor};
    heddle::run(data[0], encodings[data[1] % 3], {reinterpret_cast<const char*>(data) + 2, size - 2});
    return 0;
}
