#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bridge/envelope.hpp"
#include "router/batch.hpp"
#include "router/http_reader.hpp"
#include "router/http_routes.hpp"
#include "router/rawsocket_reader.hpp"
#include "router/upgrade.hpp"
#include "router/websocket_engine.hpp"
#include "serializers/codec.hpp"
#include "serializers/utf8.hpp"
#include "tests/fuzz/fuzzing.hpp"

/// The start of a connection and what follows, through the parts that need no socket: the first byte tells RawSocket from
/// HTTP, pipelined requests are read, one of them may ask for a WebSocket, and frames and batches become messages. The
/// first byte of the input chooses the pieces that the rest comes in.
///
/// Beside not crashing: pieces make no difference to anything that is understood; no message is above its limit; text is
/// UTF-8; the answer to a handshake is one HTTP head; and each message and batch can be written again as it was.
namespace {

using namespace heddle;
using fuzzing::demand;

constexpr std::size_t header_max = 1024, body_max = 256, message_max = 1024, peer_frame_max = 512;

/// What came of a connection, in order.
using Course = std::vector<std::string>;

Directory directory() {
    Directory all;
    all.realms["realm1"] = {};
    return all;
}

ListenerSettings listener() {
    ListenerSettings settings;
    settings.host = "127.0.0.1";
    settings.origins = {"https://app.example.com"};
    return settings;
}

/// Connection, HttpConnection, WebSocket and RawSocket of the router without their sockets and peers.
class Play {
 public:
    void add(std::string piece) {
        if (over_ || piece.empty()) return;
        if (stage_ == Stage::greeting) stage_ = piece[0] == '\x7F' ? Stage::rawsocket : Stage::http;
        if (stage_ == Stage::http) return add_http(piece);
        if (stage_ == Stage::rawsocket) return add_rawsocket(piece);
        add_websocket(piece);
    }
    const Course& course() const { return course_; }

 private:
    enum class Stage { greeting, http, rawsocket, websocket };

    void note(std::string what) {
        course_.push_back(std::move(what));
        over_ = over_ || course_.size() > 200;
    }

    // ---- HTTP ----

    void add_http(const std::string& piece) {
        http_.add(piece);
        while (!over_) {
            switch (http_.next()) {
                case HttpReader::Found::more:
                    demand(http_.unread() <= header_max + piece.size() + 4, "the reader keeps no more than a head");
                    return;
                case HttpReader::Found::body:
                    http_.take_body();
                    break;
                case HttpReader::Found::go_ahead:
                    break;  // only while the body has not come
                case HttpReader::Found::refused:
                    demand(http_.status() >= 400 && !http_.sentence().empty(), "a refusal has a reason");
                    note("refused " + std::to_string(http_.status()));
                    over_ = true;
                    break;
                case HttpReader::Found::upgrade:
                    return upgrade();
                case HttpReader::Found::request: {
                    const HttpRequest request = http_.take();
                    demand(request.body().size() <= body_max, "no body is above its limit");
                    note(std::string(view(request.target())) + " " + request.body());
                }
            }
        }
    }

    void upgrade() {
        const HttpRequest& request = http_.request();
        std::string offered;
        const auto [first, last] = request.equal_range(boost::beast::http::field::sec_websocket_protocol);
        for (auto line = first; line != last; ++line) offered.append(offered.empty() ? "" : ",").append(view(line->value()));
        static const Directory realms = directory();
        static const ListenerSettings where = listener();
        const UpgradeRequest wanted{view(request.target()), offered, view(request[boost::beast::http::field::origin]),
                                    "127.0.0.1:8080", false};
        const UpgradeDecision decision = decide_upgrade(wanted, realms, "realm1", where);
        if (decision.status != 101) {
            demand(decision.status >= 400 && !decision.refusal.empty(), "a refusal has a reason");
            note("no upgrade " + std::to_string(decision.status) + decision.refusal);
            over_ = true;
            return;
        }
        demand(decision.subprotocol.warp == (decision.realm != nullptr), "WARP has its realm from the start");
        subprotocol_ = decision.subprotocol;
        const Handshake answer = answer_handshake(http_.head(), subprotocol_.name, "heddle=0; Path=/");
        check_answer(answer);
        note(answer.response);
        over_ = !answer.accepted;
        stage_ = Stage::websocket;
        add(http_.take_rest());
    }

    void check_answer(const Handshake& answer) const {
        const std::string_view text = answer.response;
        demand(text.starts_with(answer.accepted ? "HTTP/1.1 101 " : "HTTP/1.1 4"), "an answer is as it says");
        const std::string_view head = text.substr(0, text.find("\r\n\r\n"));
        demand(head.size() < text.size(), "an answer has a head");
        if (answer.accepted) demand(head.size() + 4 == text.size(), "nothing follows a handshake");
        for (std::size_t i = 0; i < head.size(); ++i)
            demand(head[i] != '\n' || (i > 0 && head[i - 1] == '\r'), "the lines of a head are whole");
        const std::string named = "Sec-WebSocket-Protocol: " + std::string(subprotocol_.name) + "\r\n";
        demand(!answer.accepted || subprotocol_.name.empty() || text.find(named) != text.npos, "the subprotocol is echoed");
    }

    // ---- WebSocket ----

    void add_websocket(std::string bytes) {
        std::size_t used = 0;
        while (used < bytes.size() && !over_) {
            const std::size_t before = used;
            const auto found = frames_.take(std::span<char>(bytes).subspan(used), used);
            demand(used > before && used <= bytes.size(), "each step takes some bytes, and no more than came");
            if (found == WebSocketReader::Found::more) {
                demand(used == bytes.size(), "what is no message yet is taken whole");
                demand(frames_.in_frame(), "a part of a frame is known to be one");
                continue;
            }
            on_frame(found);
            frames_.let_go();
        }
    }

    void on_frame(WebSocketReader::Found found) {
        const std::string payload(frames_.payload());
        switch (found) {
            case WebSocketReader::Found::message:
                demand(payload.size() <= message_max, "no message is above the limit");
                demand(!frames_.text() || utf8::valid(payload), "text is UTF-8");
                return on_data(payload, frames_.text());
            case WebSocketReader::Found::ping:
            case WebSocketReader::Found::pong:
                demand(payload.size() <= 125, "a control frame is short");
                return note("control " + payload);
            case WebSocketReader::Found::close:
                demand(payload.size() <= 125, "a control frame is short");
                over_ = true;
                return note("close " + std::to_string(frames_.code()));
            default:
                demand(frames_.code() >= 1000 && frames_.code() < 1012 && !frames_.what().empty(), "an end has a code");
                over_ = true;
                note("broken " + std::to_string(frames_.code()) + std::string(name_of(frames_.why())) + frames_.what());
        }
    }

    void on_data(const std::string& payload, bool text) {
        const WireForm form = subprotocol_.form;
        if (text != (form.encoding == Encoding::json || form.encoding == Encoding::recon)) {
            over_ = true;
            return note("the other kind of frame");
        }
        if (form.framing != Framing::batched) return on_message(payload);
        Batch batch(form.encoding, payload);
        while (const auto part = batch.next()) on_message(std::string(*part));
        if (batch.malformed()) note("a batch that is empty or cut off");
        over_ = over_ || batch.malformed();
    }

    void on_message(const std::string& bytes) {
        if (subprotocol_.warp) {
            EnvelopeReader reader;
            return note(reader.read(bytes) == EnvelopeReader::Found::envelope ? "envelope " + bytes : "no envelope");
        }
        note(decode(subprotocol_.form.encoding, bytes) ? "message " + bytes : "no message");
    }

    // ---- RawSocket ----

    void add_rawsocket(const std::string& piece) {
        std::size_t used = 0;
        while (used < piece.size() && !over_) {
            if (handshake_.size() < rawsocket_handshake_size) {
                handshake_ += piece[used++];
                if (handshake_.size() == rawsocket_handshake_size) greet();
                continue;
            }
            const auto found = octets_.take(std::span<const char>(piece).subspan(used), used);
            if (found == RawSocketReader::Found::broken) {
                note("broken " + octets_.what());
                over_ = true;
            } else if (found == RawSocketReader::Found::frame) {
                demand(octets_.payload().size() <= peer_frame_max, "no frame is above the limit");
                const std::string payload(octets_.payload());
                if (octets_.kind() == RawSocketFrame::message)
                    on_message(payload);
                else
                    note("control " + payload);
                octets_.let_go();
            }
        }
    }

    void greet() {
        const auto said = read_rawsocket_handshake(std::span<const char, 4>(handshake_.data(), 4));
        note(said.refusal ? rawsocket_refusal(*said.refusal) : rawsocket_welcome(peer_frame_max, said.encoding));
        over_ = said.refusal.has_value();
        subprotocol_.form = {said.encoding, Framing::rawsocket};
    }

    Stage stage_ = Stage::greeting;
    Course course_;
    bool over_ = false;
    HttpReader http_{header_max, [](std::string_view) { return body_max; }};
    Subprotocol subprotocol_;
    WebSocketReader frames_{message_max};
    std::string handshake_;
    RawSocketReader octets_{peer_frame_max};
};

Course run(const std::string& bytes, std::uint8_t choice) {
    Play play;
    fuzzing::Cuts cuts(choice);
    for (std::size_t at = 0; at < bytes.size();) {
        std::string piece = bytes.substr(at, cuts.next());
        at += piece.size();
        play.add(std::move(piece));
    }
    return play.course();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Course whole = run(bytes, 0), pieces = run(bytes, data[0]);
    for (std::size_t i = 0; i < whole.size() && i < pieces.size(); ++i)
        demand(whole[i] == pieces[i], "pieces make no difference: " + whole[i] + " / " + pieces[i]);
    demand(whole.size() == pieces.size(), "pieces make no difference");
    return 0;
}
