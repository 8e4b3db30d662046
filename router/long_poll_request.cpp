#include "router/long_poll_request.hpp"

#include <charconv>

#include "realms/auth/digest.hpp"
#include "serializers/json_reader.hpp"

namespace heddle {
namespace {

constexpr std::size_t worker_digits = 4, slot_digits = 8, generation_digits = 8, secret_digits = 32;
constexpr std::size_t place_digits = worker_digits + slot_digits + generation_digits;

void put_hex(std::uint64_t number, std::size_t digits, std::string& out) {
    for (std::size_t i = digits; i-- > 0;) out.push_back("0123456789abcdef"[number >> (4 * i) & 0xF]);
}

std::optional<std::uint32_t> hex(std::string_view digits) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

bool place_in(std::string_view id, ConnectionRef& place) {
    if (id.size() != place_digits + secret_digits) return false;
    const auto worker = hex(id.substr(0, worker_digits));
    const auto slot = hex(id.substr(worker_digits, slot_digits));
    const auto generation = hex(id.substr(worker_digits + slot_digits, generation_digits));
    if (!worker || !slot || !generation || *generation == 0) return false;
    place = {*worker, *slot, *generation};
    return true;
}

}  // namespace

std::optional<LongPollTarget> long_poll_target(std::string_view base, std::string_view path) {
    using What = LongPollTarget::What;
    if (base.empty() || !path.starts_with(base) || path.size() == base.size() || path[base.size()] != '/')
        return std::nullopt;
    const std::string_view rest = path.substr(base.size() + 1);
    LongPollTarget target;
    if (rest == "open") {
        target.what = What::open;
        return target;
    }
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || !place_in(rest.substr(0, slash), target.transport)) return target;
    target.secret = rest.substr(place_digits, secret_digits);
    const std::string_view verb = rest.substr(slash + 1);
    target.what = verb == "receive" ? What::receive
                  : verb == "send"  ? What::send
                  : verb == "close" ? What::close
                                    : What::unknown;
    return target;
}

std::string long_poll_secret(std::uint64_t high, std::uint64_t low) {
    std::string text;
    put_hex(high, secret_digits / 2, text);
    put_hex(low, secret_digits / 2, text);
    return text;
}

std::string long_poll_id(ConnectionRef transport, std::string_view secret) {
    std::string text;
    put_hex(transport.worker, worker_digits, text);
    put_hex(transport.slot, slot_digits, text);
    put_hex(transport.generation, generation_digits, text);
    return text.append(secret);
}

bool same_secret(std::string_view a, std::string_view b) { return auth::same(a, b); }

LongPollOffer read_long_poll_offer(std::string_view body) {
    using Kind = Token::Kind;
    constexpr std::string_view wanted = "the body must be a JSON dictionary with a list \"protocols\"";
    JsonReader reader(body);
    if (reader.next().kind != Kind::map_begin) return {std::nullopt, wanted};
    LongPollOffer offer;
    bool given = false;
    Token token = reader.next();
    for (; token.kind == Kind::key; token = reader.next()) {
        if (token.text != "protocols") {
            if (!reader.skip_value()) return {std::nullopt, wanted};
            continue;
        }
        given = true;
        if (reader.next().kind != Kind::list_begin) return {std::nullopt, wanted};
        for (token = reader.next(); token.kind == Kind::text; token = reader.next()) {
            const auto known = find_subprotocol(token.text);
            if (!offer.protocol && known && !known->warp) offer.protocol = known;
        }
        if (token.kind != Kind::list_end) return {std::nullopt, wanted};
    }
    if (token.kind != Kind::map_end || reader.next().kind != Kind::end || !given) return {std::nullopt, wanted};
    if (!offer.protocol)
        offer.refusal =
            "none of the offered protocols is spoken here: wamp.2.json, wamp.2.msgpack and wamp.2.cbor are, and "
            "their batched forms";
    return offer;
}

}  // namespace heddle
