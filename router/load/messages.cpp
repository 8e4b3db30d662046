#include "router/load/messages.hpp"

#include <array>

namespace heddle::load {

namespace {

constexpr char digits[] = "0123456789abcdef";

constexpr auto digit_values = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(255);
    for (std::uint8_t i = 0; i < 16; ++i) values[static_cast<unsigned char>(digits[i])] = i;
    return values;
}();

}  // namespace

std::optional<std::uint64_t> read_stamp(std::string_view text) {
    std::uint64_t value = 0;
    unsigned bad = 0;
    for (char c : text) {
        auto digit = digit_values[static_cast<unsigned char>(c)];
        bad |= digit;
        value = value << 4 | (digit & 15u);
    }
    if (bad > 15 || text.size() != Messages::stamp_size) return std::nullopt;
    return value;
}

void write_stamp(std::uint64_t stamp, char* end) {
    for (std::size_t i = 1; i <= Messages::stamp_size; ++i, stamp >>= 4)
        end[-static_cast<std::ptrdiff_t>(i)] = digits[stamp & 15u];
}

Messages::Messages(Encoding encoding, std::size_t size) : encoding_(encoding) {
    std::string text(size, 'x');
    Writer payload(encoding, payload_);
    payload.list(1), payload.text(text), payload.end_list();
    Writer tail(encoding, yield_tail_);
    tail.map(0), tail.end_map(), tail.raw(payload_);
}

std::string_view Messages::hello(std::string_view realm) {
    out_.clear();
    Writer out(encoding_, out_);
    out.list(3), out.uint(1), out.text(realm), out.map(1), out.key("roles"), out.map(4);
    for (auto role : {"publisher", "subscriber", "caller", "callee"}) out.key(role), out.map(0), out.end_map();
    out.end_map(), out.end_map(), out.end_list();
    return out_;
}

std::string_view Messages::goodbye() {
    out_.clear();
    Writer out(encoding_, out_);
    out.list(3), out.uint(6), out.map(0), out.end_map(), out.text("wamp.close.normal"), out.end_list();
    return out_;
}

std::string_view Messages::request_of_uri(Code code, std::uint64_t request, std::string_view uri) {
    out_.clear();
    Writer out(encoding_, out_);
    out.list(4), out.uint(static_cast<std::uint64_t>(code)), out.uint(request), out.map(0), out.end_map(),
        out.text(uri);
    out.end_list();
    return out_;
}

std::string_view Messages::subscribe(std::uint64_t request, std::string_view topic) {
    return request_of_uri(Code::subscribe, request, topic);
}

std::string_view Messages::register_procedure(std::uint64_t request, std::string_view procedure) {
    return request_of_uri(Code::register_, request, procedure);
}

std::string Messages::tail(std::string_view uri) const {
    std::string bytes;
    Writer out(encoding_, bytes);
    out.map(0), out.end_map(), out.text(uri), out.raw(payload_);
    return bytes;
}

std::string_view Messages::with_tail(Code code, std::size_t count, std::uint64_t request, std::string_view tail) {
    out_.clear();
    Writer out(encoding_, out_);
    out.list(count), out.uint(static_cast<std::uint64_t>(code)), out.uint(request), out.raw(tail), out.end_list();
    return out_;
}

std::string_view Messages::call(std::uint64_t request, std::string_view tail) {
    return with_tail(Code::call, 5, request, tail);
}

std::string_view Messages::yield(std::uint64_t invocation) {
    return with_tail(Code::yield, 4, invocation, yield_tail_);
}

std::string_view Messages::publish(std::uint64_t request, std::string_view tail, std::uint64_t stamp) {
    with_tail(Code::publish, 5, request, tail);
    std::size_t after = encoding_ == Encoding::json ? 3 : 0;  // "]] in JSON, nothing where sizes come first
    write_stamp(stamp, out_.data() + out_.size() - after);
    return out_;
}

Head head_of(Encoding encoding, std::string_view message) {
    Reader in(encoding, message);
    in.list();
    auto code = in.uint();
    if (in.failed() || code > 255) return {};
    if (code == 3 || code == 6 || code == 8) return {static_cast<Code>(code), 0};  // no id there
    auto id = in.uint();
    return {in.failed() ? Code::none : static_cast<Code>(code), id};
}

std::optional<std::uint64_t> stamp_of(Encoding encoding, std::string_view event) {
    constexpr auto size = Messages::stamp_size;
    std::size_t after = encoding == Encoding::json ? 3 : 0;
    if (event.size() < size + after) return std::nullopt;
    if (auto stamp = read_stamp(event.substr(event.size() - after - size, size))) return stamp;
    // A router may write the list otherwise (spaces, empty keyword arguments): look for the text itself.
    Reader in(encoding, event);
    in.list(), in.uint(), in.uint(), in.uint(), in.skip();
    in.list();
    auto text = in.text();
    if (in.failed() || text.size() < size) return std::nullopt;
    return read_stamp(text.substr(text.size() - size));
}

std::string reason_of(Encoding encoding, std::string_view message) {
    Reader in(encoding, message);
    in.list();
    auto code = in.uint();
    if (code == 8) in.uint(), in.uint();
    auto details = in.skip();
    std::string reason(in.text());
    if (encoding == Encoding::json && details.size() > 2) reason.append(" ").append(details);
    return in.failed() ? "a message nobody can read" : reason;
}

}  // namespace heddle::load
