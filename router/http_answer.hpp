#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace heddle {

/// An HTTP response before it is bytes.
struct HttpAnswer {
    unsigned status = 200;
    std::string_view content_type;  // static text
    std::string body;
    std::vector<std::pair<std::string_view, std::string>> fields;  // beside those that every answer has
};

/// `with_body` false: to HEAD, the length of what GET would bring, and no more.
std::string http_text(const HttpAnswer& answer, bool keep_alive, bool with_body);

/// The same piece by piece: the head, then pieces, then the end. `chunks` false: for clients of HTTP/1.0, whose answer ends
/// with the connection.
std::string http_head_of_stream(const HttpAnswer& answer, bool keep_alive, bool chunks);
std::string http_piece(std::string_view bytes, bool chunks);
inline constexpr std::string_view http_end_of_stream = "0\r\n\r\n";  // of chunks

}  // namespace heddle
