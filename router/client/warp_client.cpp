#include "router/client/warp_client.hpp"

#include "bridge/payload_body.hpp"
#include "router/client/keep_going.hpp"

namespace heddle {
namespace {

/// The realm as a path segment.
std::string encoded(std::string_view realm) {
    constexpr char digits[] = "0123456789abcdef";
    constexpr std::string_view plain = "-_.~!$&'()*+,;=:@";
    std::string out;
    for (char c : realm) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        auto byte = static_cast<unsigned char>(c);
        if (letter || plain.find(c) != plain.npos)
            out += c;
        else
            out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

}  // namespace

std::string WarpClient::host_uri(const Address& address, const std::string& realm) {
    if (address.path != "/" || !address.unix_path.empty()) return address.text;
    return (address.tls ? "wss://" : "ws://") + address.authority() + "/" + encoded(realm);
}

WarpClient::WarpClient(Loop& loop, const WarpOptions& options, OnEnvelope heard)
    : loop_(loop), options_(options), heard_(std::move(heard)) {
    if (options_.address.carrier != Address::Carrier::websocket) {
        throw Failure(Failure::Kind::usage, "lanes need WebSocket: " + options_.address.text,
                      {"like --url ws://127.0.0.1:8080"});
    }
    DialOptions dialing{options_.address, "warp0", Encoding::json, options_.tls_ca,
                        options_.tls_cert, options_.tls_key, Clock::now() + options_.timeout};
    if (dialing.address.path == "/") dialing.address.path = "/" + encoded(options_.realm);
    transport_ = dial(loop, dialing);
    auto on_message = [this](std::string_view frame) {
        auto found = reader_.read(frame);
        if (found == EnvelopeReader::Found::envelope) {
            const EnvelopeKind kind = reader_.envelope().kind;
            authed_ = authed_ || kind == EnvelopeKind::authed;
            deauthed_ = deauthed_ || kind == EnvelopeKind::deauthed;
            heard_(reader_.envelope());
        }
        if (found == EnvelopeReader::Found::malformed && ended_.empty())
            ended_ = "the router sent what is no envelope: " + reader_.error().what;
    };
    transport_->start({on_message, [this](std::string why) {
                           if (ended_.empty()) ended_ = std::move(why);
                       }});
    if (!options_.credentials.anonymous() && !options_.credentials.certificate) authenticate();
}

/// docs/warp.md 6.4. Waits for the answer, unlike Swim's clients: nothing may be done before it anyway.
void WarpClient::authenticate() {
    const LoginCredentials& own = options_.credentials;
    nlohmann::json body = nlohmann::json::object();
    if (!own.authid.empty()) body["authid"] = own.authid;
    if (!own.jwt.empty() || own.ticket.starts_with("hdl_"))
        body["token"] = own.jwt.empty() ? own.ticket : own.jwt;
    else if (!own.ticket.empty())
        body["ticket"] = own.ticket;
    else
        throw Failure(Failure::Kind::usage, "lanes log in by --ticket or --jwt: WARP has no challenges",
                      {"or over the same router's WAMP: heddle publish, heddle subscribe"});
    const std::string text = "[" + body.dump() + "]";
    ByteBuffer frame;
    put_envelope(EnvelopeKind::auth, {}, frame);
    put_body({Encoding::json, text, {}}, frame);
    transport_->send(std::string(frame.view()));
    const auto answered = [this] { return authed_ || deauthed_ || !ended_.empty(); };
    if (!loop_.run_until(answered, Clock::now() + options_.timeout))
        throw Failure(Failure::Kind::timeout, "no answer from " + options_.address.text + " in time: @authed");
    if (authed_) return;
    if (!deauthed_) throw_ended();
    throw Failure(Failure::Kind::not_let_in,
                  "not let in to realm " + options_.realm + " at " + options_.address.text + ": deauthed",
                  {"as " + (own.authid.empty() ? "" : own.authid + " ") + "by " + (own.ticket.empty() ? "jwt" : "ticket")});
}

WarpClient::~WarpClient() = default;

void WarpClient::send(EnvelopeKind kind, std::string_view node, std::string_view lane, std::string_view body) {
    if (!ended_.empty()) throw_ended();
    ByteBuffer frame;
    put_envelope(kind, lane_header(node, lane), frame);
    frame.append(body);
    transport_->send(std::string(frame.view()));
}

void WarpClient::throw_ended() const {
    throw Failure(Failure::Kind::no_connection, "connection to " + options_.address.text + " lost: " + ended_);
}

void WarpClient::wait(const std::function<bool()>& done, std::string_view what) {
    if (wait_long(done, Clock::now() + options_.timeout)) return;
    if (loop_.interrupted())
        throw Failure(Failure::Kind::refused, "interrupted while waiting for " + std::string(what));
    throw Failure(Failure::Kind::timeout, "no answer from " + options_.address.text + " in time: " + std::string(what));
}

bool WarpClient::wait_long(const std::function<bool()>& done, Deadline deadline) {
    bool came = loop_.run_until([&] { return done() || !ended_.empty(); }, deadline);
    if (came && !done()) throw_ended();
    return came;
}

void WarpClient::leave() {
    if (!ended_.empty()) return;
    transport_->close();
    loop_.run_until([this] { return !ended_.empty(); }, Clock::now() + farewell_wait_max);
}

}  // namespace heddle
