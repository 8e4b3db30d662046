#include "router/http_answer.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>

namespace heddle {

namespace http = boost::beast::http;

namespace {

http::response<http::empty_body> head_of(const HttpAnswer& answer, bool keep_alive) {
    const auto beast = [](std::string_view text) { return boost::beast::string_view(text.data(), text.size()); };
    http::response<http::empty_body> response;
    response.version(11);
    response.result(answer.status);
    if (!answer.content_type.empty()) response.set(http::field::content_type, beast(answer.content_type));
    response.set("X-Content-Type-Options", "nosniff");
    response.set(http::field::cache_control, "no-cache");
    for (const auto& [name, value] : answer.fields) response.set(beast(name), beast(value));
    response.keep_alive(keep_alive);
    return response;
}

}  // namespace

std::string http_text(const HttpAnswer& answer, bool keep_alive, bool with_body) {
    http::response<http::empty_body> response = head_of(answer, keep_alive);
    if (answer.status != 204 && answer.status != 304)  // RFC 9110, 8.6: 204 has none; of 304 it would be the page's
        response.content_length(answer.body.size());
    std::ostringstream text;
    text << response.base();
    if (with_body && answer.status != 204) text << answer.body;
    return text.str();
}

std::string http_head_of_stream(const HttpAnswer& answer, bool keep_alive, bool chunks) {
    http::response<http::empty_body> response = head_of(answer, keep_alive);
    if (chunks) response.set(http::field::transfer_encoding, "chunked");
    std::ostringstream text;
    text << response.base();
    return text.str();
}

std::string http_piece(std::string_view bytes, bool chunks) {
    if (!chunks) return std::string(bytes);
    if (bytes.empty()) return {};  // an empty chunk would be the last
    std::ostringstream text;
    text << std::hex << bytes.size() << "\r\n" << bytes << "\r\n";
    return text.str();
}

}  // namespace heddle
