#include "tests/simulation/client.hpp"

#include <utility>

#include "router/batch.hpp"

namespace heddle::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// The shortest pause in reading that a sender may stop waiting for is half of the patience that the router has.
constexpr milliseconds pause_of_a_reader{60};
constexpr std::uint8_t opcode_text = 1, opcode_binary = 2, opcode_close = 8, opcode_ping = 9, opcode_pong = 10;

std::string_view subprotocol_of(WireForm form) {
    const bool batched = form.framing == Framing::batched;
    switch (form.encoding) {
        case Encoding::json: return batched ? "wamp.2.json.batched" : "wamp.2.json";
        case Encoding::msgpack: return batched ? "wamp.2.msgpack.batched" : "wamp.2.msgpack";
        case Encoding::cbor: return batched ? "wamp.2.cbor.batched" : "wamp.2.cbor";
        default: return "warp0";
    }
}

std::size_t octet(char c) { return static_cast<unsigned char>(c); }

}  // namespace

Client::Client(Stage& stage, std::uint32_t id, Dice dice, WireForm form, WireShape shape)
    : stage_(stage), id_(id), dice_(dice), form_(form), name_("c" + std::to_string(id)), shape_(shape) {}

void Client::fault(const std::string& what) { stage_.fault(name_ + ": " + what); }

void Client::later(microseconds delay, std::function<void()> work) {
    stage_.world().after(delay, [self = shared_from_this(), life = life_, work = std::move(work)] {
        if (self->life_ == life && self->wire_) work();
    });
}

void Client::connect() {
    ++life_;
    greeted_ = false;
    reads_ = reading_.pace != Reading::Pace::stalled;
    outgoing_.clear();
    incoming_.clear();
    wire_ = stage_.connect(address(), shape_, dice_.split());
    wire_->on_room = [this] { put({}); };
    wire_->on_news = [this] {
        if (reading_.pace != Reading::Pace::stalled) schedule_pump();
    };
    log("connects");
    greet();
}

void Client::leave(Wire::End how) {
    if (!wire_) return;
    log(how == Wire::End::closed ? "closes" : how == Wire::End::reset ? "resets" : "vanishes");
    const auto wire = std::exchange(wire_, nullptr);
    wire->leave(how);
    on_end();
}

void Client::read_as(Reading reading) {
    reading_ = reading;
    if (!wire_) return;
    if (reading.pace == Reading::Pace::stalled) {
        log("stalls");
    } else {
        log(reading.pace == Reading::Pace::drip ? "drips" : "reads all");
        schedule_pump();
    }
}

void Client::act() {
    if (!wire_) {
        if (!stage_.ending() && dice_.percent(30)) connect();
        return;
    }
    if (dice_.percent(8)) return act_like_a_reader();
    do_something();
}

void Client::act_like_a_reader() {
    const auto kind = dice_.below(10);
    if (kind < 4) {
        // Short enough that nobody may give it up.
        const Reading before = reading_;
        if (before.pace != Reading::Pace::all) return read_as({});
        read_as({Reading::Pace::stalled, 0, {}});
        later(microseconds(dice_.between(1, microseconds(pause_of_a_reader).count())), [this] { read_as({}); });
    } else if (kind < 7) {
        read_as({Reading::Pace::drip, static_cast<std::size_t>(dice_.between(60, 400)), milliseconds(1)});
    } else {
        reads_ = false;
        read_as({Reading::Pace::stalled, 0, {}});
        if (dice_.percent(60)) later(milliseconds(dice_.between(100, 900)), [this] { read_as({}); });
    }
}

// ---- what it sends ----

void Client::put(std::string_view bytes) {
    outgoing_.append(bytes);
    if (outgoing_.empty() || !wire_) return;
    outgoing_.drop(wire_->write(outgoing_.view()));
}

void Client::greet() {
    if (form_.framing == Framing::rawsocket) {
        const char hello[] = {0x7F, static_cast<char>(0x70 | (static_cast<unsigned>(form_.encoding) + 1)), 0, 0};
        return put({hello, sizeof hello});  // takes up to 64 KiB
    }
    std::string request = "GET /";
    request.append(realm_name).append(" HTTP/1.1\r\nHost: router\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    request.append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n");
    request.append("Sec-WebSocket-Protocol: ").append(subprotocol_of(form_)).append("\r\n\r\n");
    put(request);
}

void Client::say(std::string_view message) {
    if (form_.framing == Framing::rawsocket) {
        std::string frame(4, '\0');
        for (std::size_t i = 0; i < 3; ++i) frame[3 - i] = static_cast<char>(message.size() >> 8 * i);
        return put(frame.append(message));
    }
    const bool text = form_.encoding == Encoding::json || form_.encoding == Encoding::recon;
    if (form_.framing != Framing::batched) return put_websocket(text ? opcode_text : opcode_binary, message);
    std::string batch;
    if (!text)
        for (std::size_t i = 0; i < 4; ++i) batch.push_back(static_cast<char>(message.size() >> 8 * (3 - i)));
    batch.append(message);
    if (text) batch.push_back('\x1e');
    put_websocket(text ? opcode_text : opcode_binary, batch);
}

void Client::put_websocket(std::uint8_t opcode, std::string_view payload) {
    std::string frame{static_cast<char>(0x80 | opcode)};
    if (payload.size() < 126) {
        frame.push_back(static_cast<char>(0x80 | payload.size()));
    } else {
        frame.push_back(static_cast<char>(0x80 | 126));
        frame.push_back(static_cast<char>(payload.size() >> 8));
        frame.push_back(static_cast<char>(payload.size()));
    }
    const std::uint64_t key = dice_.next();
    for (std::size_t i = 0; i < 4; ++i) frame.push_back(static_cast<char>(key >> 8 * i));
    for (std::size_t i = 0; i < payload.size(); ++i)
        frame.push_back(static_cast<char>(octet(payload[i]) ^ (key >> 8 * (i % 4))));
    put(frame);
}

// ---- what it reads ----

void Client::schedule_pump() {
    if (pump_scheduled_ || !wire_) return;
    pump_scheduled_ = true;
    const microseconds delay = reading_.pace == Reading::Pace::drip ? microseconds(reading_.drip_every)
                                                                    : microseconds(dice_.between(1, 700));
    stage_.world().after(delay, [self = shared_from_this()] {
        self->pump_scheduled_ = false;
        self->pump();
    });
}

void Client::pump() {
    if (!wire_ || reading_.pace == Reading::Pace::stalled) return;
    incoming_.append(wire_->read(reading_.pace == Reading::Pace::drip ? reading_.drip_bytes : std::size_t{1} << 20));
    read_frames();
    if (!wire_) return;
    if (wire_->over()) {
        if (reads_ && in_session() && !stage_.ending()) fault("was sent away although it reads");
        log("is cut off");
        std::exchange(wire_, nullptr)->leave(Wire::End::closed);
        return on_end();
    }
    if (wire_->readable() > 0) schedule_pump();
}

void Client::read_frames() {
    if (!greeted_ && !read_greeting()) return;
    while (wire_ && (form_.framing == Framing::rawsocket ? read_rawsocket_frame() : read_websocket_frame())) continue;
}

bool Client::read_greeting() {
    if (form_.framing == Framing::rawsocket) {
        if (incoming_.size() < 4) return false;
        if ((octet(incoming_.view()[1]) & 0x0F) == 0) fault("the RawSocket handshake was refused");
        incoming_.drop(4);
    } else {
        const std::string_view head = incoming_.view();
        const std::size_t end = head.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        if (!head.starts_with("HTTP/1.1 101") && !stage_.ending()) fault("the upgrade was refused: " + std::string(head));
        incoming_.drop(end + 4);
    }
    greeted_ = true;
    opened();
    return true;
}

bool Client::read_rawsocket_frame() {
    if (incoming_.size() < 4) return false;
    const std::string_view bytes = incoming_.view();
    const std::size_t size = octet(bytes[1]) << 16 | octet(bytes[2]) << 8 | octet(bytes[3]);
    if (bytes.size() < 4 + size) return false;
    const auto kind = octet(bytes[0]);
    const std::string payload(bytes.substr(4, size));
    incoming_.drop(4 + size);
    if (kind == 1) {
        std::string pong{'\x02', static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)};
        put(pong.append(payload));
    } else if (kind == 0) {
        on_message(payload);
    }
    return true;
}

bool Client::read_websocket_frame() {
    if (incoming_.size() < 2) return false;
    const std::string_view bytes = incoming_.view();
    std::size_t size = octet(bytes[1]), header = 2;
    if (size >= 126) {
        header = size == 126 ? 4 : 10;
        if (bytes.size() < header) return false;
        size = 0;
        for (std::size_t i = 2; i < header; ++i) size = size << 8 | octet(bytes[i]);
    }
    if (bytes.size() < header + size) return false;
    const auto opcode = static_cast<std::uint8_t>(octet(bytes[0]) & 0x0F);
    const std::string payload(bytes.substr(header, size));
    incoming_.drop(header + size);
    if (opcode == opcode_ping) {
        put_websocket(opcode_pong, payload);
    } else if (opcode == opcode_close) {
        put_websocket(opcode_close, payload);
    } else if (opcode == opcode_text || opcode == opcode_binary) {
        if (form_.framing != Framing::batched) {
            on_message(payload);
        } else {
            Batch batch(form_.encoding, payload);
            while (const auto part = batch.next())
                if (wire_) on_message(*part);
        }
    }
    return true;
}

}  // namespace heddle::sim
