#include "router/client/connect.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <optional>

namespace heddle {
namespace asio = boost::asio;
using boost::system::error_code;

std::string words_of(const error_code& error) {
    if (error == asio::error::eof || error.message() == "stream truncated") return "the router closed the connection";
    std::string text = error.message();
    if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && !(text[1] >= 'A' && text[1] <= 'Z'))
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    std::size_t ornament = text.find(" (");
    return error.category() == asio::error::get_ssl_category() ? text.substr(0, ornament) : text;
}

void cannot_connect(const DialOptions& options, const std::string& why) {
    throw Failure(Failure::Kind::no_connection, "cannot connect to " + options.address.text + ": " + why);
}

void connect_step(Loop& loop, const DialOptions& options, const std::string& what,
                  const std::function<void(std::function<void(error_code)>)>& start) {
    // Shared: after a timeout the step may still call back.
    auto answer = std::make_shared<std::optional<error_code>>();
    start([answer](error_code error) { *answer = error; });
    loop.run_until([&] { return answer->has_value(); }, options.deadline);
    if (!answer->has_value()) {
        throw Failure(Failure::Kind::timeout,
                      "cannot connect to " + options.address.text + ": no answer in time (" + what + ")");
    }
    if (**answer) cannot_connect(options, words_of(**answer));
}

Socket connect_socket(Loop& loop, const DialOptions& options) {
    const Address& address = options.address;
    if (!address.unix_path.empty()) {
        auto socket = std::make_shared<asio::local::stream_protocol::socket>(loop.io());
        if (address.unix_path.size() > 107) cannot_connect(options, "the socket's path is longer than 107 bytes");
        connect_step(loop, options, "connect", [&](auto done) {
            socket->async_connect(asio::local::stream_protocol::endpoint(address.unix_path),
                                  [socket, done](error_code error) { done(error); });
        });
        return Socket(std::move(*socket));
    }
    auto resolver = std::make_shared<asio::ip::tcp::resolver>(loop.io());
    auto found = std::make_shared<asio::ip::tcp::resolver::results_type>();
    connect_step(loop, options, "look up the host", [&](auto done) {
        resolver->async_resolve(address.host, address.port, [resolver, found, done](error_code error, auto results) {
            *found = results;
            done(error);
        });
    });
    auto socket = std::make_shared<asio::ip::tcp::socket>(loop.io());
    connect_step(loop, options, "connect", [&](auto done) {
        asio::async_connect(*socket, *found, [socket, found, done](error_code error, const auto&) { done(error); });
    });
    error_code ignored;
    socket->set_option(asio::ip::tcp::no_delay(true), ignored);
    return Socket(std::move(*socket));
}

namespace {

/// Our own certificate, for routers that ask for one.
void show_certificate(asio::ssl::context& context, const DialOptions& options) {
    if (options.tls_cert.empty() && options.tls_key.empty()) return;
    if (options.tls_cert.empty() || options.tls_key.empty())
        throw Failure(Failure::Kind::usage, "a TLS client certificate needs both --tls-cert and --tls-key");
    error_code error;
    context.use_certificate_chain_file(options.tls_cert, error);
    if (error) throw Failure(Failure::Kind::usage, "cannot use the certificate " + options.tls_cert + ": " + words_of(error));
    // The terminal is never asked for a passphrase behind our back.
    context.set_password_callback([](std::size_t, asio::ssl::context::password_purpose) { return std::string(); }, error);
    context.use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
    if (error) throw Failure(Failure::Kind::usage, "cannot use the key " + options.tls_key + ": " + words_of(error));
    if (SSL_CTX_check_private_key(context.native_handle()) != 1)
        throw Failure(Failure::Kind::usage, "the key " + options.tls_key + " does not belong to " + options.tls_cert);
}

}  // namespace

TlsStream connect_tls(Loop& loop, const DialOptions& options) {
    asio::ssl::context context(asio::ssl::context::tls_client);  // the stream shares what it needs of it
    error_code error;
    options.tls_ca.empty() ? context.set_default_verify_paths(error) : context.load_verify_file(options.tls_ca, error);
    if (error) {
        std::string whose = options.tls_ca.empty() ? "the system" : options.tls_ca;
        throw Failure(Failure::Kind::usage, "cannot read certificates of " + whose + ": " + words_of(error));
    }
    show_certificate(context, options);
    auto stream = std::make_shared<TlsStream>(connect_socket(loop, options), context);
    stream->set_verify_mode(asio::ssl::verify_peer);
    stream->set_verify_callback(asio::ssl::host_name_verification(options.address.host));
    SSL_set_tlsext_host_name(stream->native_handle(), options.address.host.c_str());
    connect_step(loop, options, "TLS handshake", [&](auto done) {
        stream->async_handshake(asio::ssl::stream_base::client, [stream, done](error_code failed) { done(failed); });
    });
    return std::move(*stream);
}

std::unique_ptr<ClientTransport> dial(Loop& loop, const DialOptions& options) {
    bool websocket = options.address.carrier == Address::Carrier::websocket;
    return websocket ? dial_websocket(loop, options) : dial_rawsocket(loop, options);
}

}  // namespace heddle
