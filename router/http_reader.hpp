#pragma once
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace heddle {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;

inline std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Bytes to HTTP/1.1 requests, one at a time, within limits. Knows no socket: the tests and the fuzzer feed it.
class HttpReader {
 public:
    enum class Found {
        more,      // part of a request, or nothing
        body,      // a head whose body has not come yet: look at request(), then take_body(), or read nothing more
        go_ahead,  // the client wants to hear "100 Continue" before it sends the body (RFC 9110, 10.1.1)
        request,   // take() it
        upgrade,   // the head of one that asks for a WebSocket: what follows is not HTTP
        refused,   // status() and sentence() say why; nothing more can be read here
    };
    using BodyMax = std::function<std::size_t(std::string_view target)>;  // bytes, by what is asked for

    HttpReader(std::size_t header_max, BodyMax body_max);

    void add(std::string_view bytes) { received_.append(bytes); }
    /// What has come: call again until it says `more`. After `upgrade` and `refused` it is over.
    Found next();

    /// After `body`: it may come. A body that came together with its head takes no more memory and is read without this.
    void take_body() { body_taken_ = true; }
    /// Bytes of the body, as the head announces them.
    std::uint64_t body_size() const { return body_size_; }

    /// The request read, and on to the next one.
    HttpRequest take();
    const HttpRequest& request() const { return parser_->get(); }
    /// Of an upgrade or a refused request, as it came: the WebSocket engine wants it whole.
    const std::string& head() const { return head_; }
    /// What came and was not read: after an upgrade, the first frames.
    std::string take_rest() { return std::move(received_); }
    std::size_t unread() const { return received_.size(); }

    /// What it holds of requests, in bytes.
    std::size_t kept_bytes() const;

    unsigned status() const { return status_; }
    const std::string& sentence() const { return sentence_; }

 private:
    void begin();
    bool take_head();
    Found read_head();
    void give_back_room();
    Found refuse(unsigned status, std::string sentence);

    std::size_t header_max_;
    BodyMax body_max_;
    std::string received_;  // not parsed yet
    std::string head_;
    std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
    std::uint64_t body_size_ = 0;
    bool body_taken_ = false;
    bool told_to_go_ahead_ = false;
    unsigned status_ = 0;
    std::string sentence_;
};

}  // namespace heddle
