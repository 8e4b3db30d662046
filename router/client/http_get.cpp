#include "router/client/http_get.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "router/client/connect.hpp"

namespace heddle {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t answer_bytes_max = 64 << 10;

template <class Stream>
std::string exchange(Loop& loop, const DialOptions& options, Stream connected, std::string request) {
    struct Shared {
        explicit Shared(Stream s) : stream(std::move(s)) {}
        Stream stream;
        std::string request, answer;
    };
    auto shared = std::make_shared<Shared>(std::move(connected));
    shared->request = std::move(request);
    connect_step(loop, options, "HTTP", [&](auto done) {
        asio::async_write(shared->stream, asio::buffer(shared->request),
                          [shared, done](error_code error, std::size_t) { done(error); });
    });
    connect_step(loop, options, "HTTP", [&](auto done) {
        asio::async_read(shared->stream, asio::dynamic_buffer(shared->answer, answer_bytes_max),
                         [shared, done](error_code error, std::size_t) {
                             bool ended = error == asio::error::eof ||
                                          error == asio::ssl::error::stream_truncated;  // we asked for a close
                             done(ended && !shared->answer.empty() ? error_code() : error);
                         });
    });
    return std::move(shared->answer);
}

}  // namespace

HttpGetAnswer http_get(Loop& loop, const DialOptions& options, const std::string& path) {
    std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + options.address.authority() +
                          "\r\nUser-Agent: heddle\r\nConnection: close\r\n\r\n";
    std::string text = options.address.tls ? exchange(loop, options, connect_tls(loop, options), std::move(request))
                                           : exchange(loop, options, connect_socket(loop, options), std::move(request));
    HttpGetAnswer answer;
    constexpr std::string_view version = "HTTP/1.1 ";
    const char* begin = text.data() + version.size();
    bool http = text.starts_with("HTTP/1.") && text.size() > version.size() + 3 &&
                std::from_chars(begin, begin + 3, answer.status).ec == std::errc();
    if (!http) cannot_connect(options, "it does not speak HTTP");
    if (std::size_t end = text.find("\r\n\r\n"); end != text.npos) answer.body = text.substr(end + 4);
    return answer;
}

}  // namespace heddle
