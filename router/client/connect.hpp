#pragma once
// Private to this folder: the files that see Asio.
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>

#include "router/client/channel_id.hpp"
#include "router/client/transport.hpp"

namespace heddle {

using Socket = boost::asio::generic::stream_protocol::socket;  // TCP or Unix
using TlsStream = boost::asio::ssl::stream<Socket>;

/// A connected socket, or Failure.
Socket connect_socket(Loop& loop, const DialOptions& options);
/// TLS over it, the server's name and certificate checked, or Failure.
TlsStream connect_tls(Loop& loop, const DialOptions& options);

/// Runs `start`, which begins one asynchronous step and calls what it is given when that ends. Throws Failure where the
/// step fails or the deadline comes first: `cannot connect to ws://..: connection refused`. What the step works on must
/// be shared with its handler, which may still run after a timeout.
void connect_step(Loop& loop, const DialOptions& options, const std::string& what,
                  const std::function<void(std::function<void(boost::system::error_code)>)>& start);
[[noreturn]] void cannot_connect(const DialOptions& options, const std::string& why);

inline ssl_st* tls_of(Socket&) { return nullptr; }
inline ssl_st* tls_of(TlsStream& stream) { return stream.native_handle(); }

std::unique_ptr<ClientTransport> dial_websocket(Loop& loop, const DialOptions& options);
std::unique_ptr<ClientTransport> dial_rawsocket(Loop& loop, const DialOptions& options);

/// "connection refused", without the library's ornaments.
std::string words_of(const boost::system::error_code& error);

}  // namespace heddle
