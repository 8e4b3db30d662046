#include "router/http_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <utility>

namespace heddle {
namespace {

namespace http = boost::beast::http;

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

HttpReader::Found HttpReader::next() {
    if (status_ != 0) return Found::refused;
    if (received_.empty() && !parser_->is_header_done()) return Found::more;
    if (!parser_->is_header_done() && !take_head()) return status_ != 0 ? Found::refused : Found::more;
    boost::beast::error_code error;
    const std::size_t used = parser_->put(boost::asio::buffer(received_), error);
    received_.erase(0, used);
    if (error == http::error::body_limit) return refuse(413, "the request's body is too large");
    if (error && error != http::error::need_more) return refuse(400, "not an HTTP request: " + error.message());
    if (!parser_->is_header_done()) return Found::more;
    if (asks_for_websocket(parser_->get())) return Found::upgrade;
    if (parser_->is_done()) return Found::request;
    const auto expected = parser_->get()[http::field::expect];
    if (told_to_go_ahead_ || !boost::beast::iequals(expected, "100-continue")) return Found::more;
    told_to_go_ahead_ = true;
    return Found::go_ahead;
}

HttpRequest HttpReader::take() {
    HttpRequest request = parser_->release();
    begin();
    return request;
}

}  // namespace heddle
