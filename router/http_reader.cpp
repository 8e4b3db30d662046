#include "router/http_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <utility>

namespace heddle {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kept_text_max = 4 << 10;  // bytes of room that texts keep once they were read

std::string_view target_of(std::string_view head) {
    const std::size_t begin = head.find(' ') + 1;  // 0 where there is none
    return head.substr(begin, head.find_first_of(" \r\n", begin) - begin);
}

bool asks_for_websocket(const HttpRequest& request) {  // RFC 6455, 4.1
    return request.version() >= 11 && request.method() == http::verb::get &&
           http::token_list{request[http::field::connection]}.exists("upgrade") &&
           http::token_list{request[http::field::upgrade]}.exists("websocket");
}

}  // namespace

HttpReader::HttpReader(std::size_t header_max, BodyMax body_max)
    : header_max_(header_max), body_max_(std::move(body_max)) {
    begin();
}

void HttpReader::begin() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(header_max_));
    parser_->eager(true);
    head_.clear();
    body_size_ = 0;
    body_taken_ = false;
    told_to_go_ahead_ = false;
}

HttpReader::Found HttpReader::refuse(unsigned status, std::string sentence) {
    status_ = status;
    sentence_ = std::move(sentence);
    return Found::refused;
}

bool HttpReader::take_head() {
    const std::size_t end = received_.find("\r\n\r\n");
    if (end == std::string::npos ? received_.size() > header_max_ : end + 4 > header_max_) {
        refuse(431, "the request's header is larger than " + std::to_string(header_max_) + " bytes");
        return false;
    }
    if (end == std::string::npos) return false;
    head_ = received_.substr(0, end + 4);
    parser_->body_limit(body_max_(target_of(head_)));
    return true;
}

/// The parser gets the head alone: what kind of body follows is seen before it reads one. Chunked bodies are refused
/// (RFC 9112, 6.3 allows it): Beast's reader of chunks, up to Boost 1.74, aborts at some that are malformed.
HttpReader::Found HttpReader::read_head() {
    boost::beast::error_code error;
    parser_->put(boost::asio::buffer(head_), error);
    received_.erase(0, head_.size());
    if (error == http::error::body_limit) return refuse(413, "the request's body is too large");
    if (error && error != http::error::need_more) return refuse(400, "not an HTTP request: " + error.message());
    if (!parser_->is_header_done()) return refuse(400, "not an HTTP request: its head ends too early");
    if (parser_->get().count(http::field::transfer_encoding) != 0)
        return refuse(411, "say the length of the body: chunks are not taken here");
    body_size_ = parser_->content_length().value_or(0);
    if (asks_for_websocket(parser_->get()))  // what follows are frames: a body would be read as one
        return body_size_ == 0 ? Found::upgrade : refuse(400, "a request to speak WebSocket has no body");
    give_back_room();
    return Found::more;
}

/// The head is parsed: while the body comes, a connection holds the fields and the body, and not the head's text as well.
void HttpReader::give_back_room() {
    if (head_.capacity() > kept_text_max) head_ = {};
    if (received_.capacity() > kept_text_max) received_.shrink_to_fit();
}

HttpReader::Found HttpReader::next() {
    if (status_ != 0) return Found::refused;
    if (!parser_->is_header_done()) {
        if (!take_head()) return status_ != 0 ? Found::refused : Found::more;
        if (const Found found = read_head(); found != Found::more) return found;
    }
    if (!parser_->is_done() && !body_taken_) {
        if (received_.size() < body_size_) return Found::body;
        body_taken_ = true;
    }
    if (!parser_->is_done() && !received_.empty()) {
        boost::beast::error_code error;
        received_.erase(0, parser_->put(boost::asio::buffer(received_), error));
        if (error && error != http::error::need_more) return refuse(400, "not an HTTP request: " + error.message());
    }
    if (parser_->is_done()) return Found::request;
    const auto expected = parser_->get()[http::field::expect];
    if (told_to_go_ahead_ || !boost::beast::iequals(expected, "100-continue")) return Found::more;
    told_to_go_ahead_ = true;
    return Found::go_ahead;
}

std::size_t HttpReader::kept_bytes() const {
    return received_.capacity() + head_.capacity() + (parser_ ? parser_->get().body().capacity() : 0);
}

HttpRequest HttpReader::take() {
    HttpRequest request = parser_->release();
    begin();
    return request;
}

}  // namespace heddle
