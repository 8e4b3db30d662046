// What a connection knows of who stands behind it, and how it hears of the end.
#include <utility>

#include "router/connection.hpp"
#include "router/http_client.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/tls_facts.hpp"
#include "router/worker.hpp"

namespace heddle {

PeerFacts Connection::facts() const {
    PeerFacts facts;
    const ListenerSettings& settings = listener().settings;
    const bool local = !settings.unix_path.empty();
    if (!local) facts.address = proxy_.empty() ? host_of(from()) : from();
    facts.exempt = worker_.site().admission.exempt(facts.address);
    facts.secure = local || secure() || loopback(host_of(socket_from()));
    if (socket_->tls()) tell_tls_facts(socket_->tls(), facts);
    facts.local_user = local_user_;
    if (foreign_) {
        facts.certificate.reset();
        facts.local_user.clear();
    }
    if (cookies_) {
        facts.cookie = cookies_->brought;
        facts.new_cookie = cookies_->made;
    }
    return facts;
}

Admission::Caller Connection::caller() const { return Admission::caller(listener().settings, socket_from()); }

void Connection::came_from(std::string client) {
    std::string socket = socket_from();
    proxy_ = client.empty() ? std::string() : socket;
    show_from(client.empty() ? std::move(socket) : std::move(client));
}

std::string local_address(const Connection& connection) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(connection.descriptor(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
    if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return {};
    return address_text(address);
}

void see_client(Connection& connection, const HttpRequest& request) {
    const ClientAddressSettings& settings = connection.listener().settings.client_address;
    if (settings.header.empty()) return;
    std::vector<std::string_view> lines;
    const auto [first, last] = request.equal_range(settings.header);
    for (auto line = first; line != last; ++line) lines.push_back(view(line->value()));
    const std::string peer = host_of(connection.socket_from());
    const std::string client = client_address(settings, peer, lines);
    connection.came_from(client == peer ? std::string() : client);
}

void Connection::set_cookies(std::string brought, std::string made) {
    cookies_ = brought.empty() && made.empty() ? nullptr
                                               : std::make_unique<Cookies>(Cookies{std::move(brought), std::move(made)});
}

/// No more bytes will come. A TLS handshake that failed is worth a line: certificates are for people to mend.
void Connection::on_end() {
    const std::string& fault = socket_->handshake_fault();
    if (fault.empty()) return finish(CloseReason::transport_lost);
    const LogLevel level = fault.starts_with("client certificate") ? LogLevel::info : LogLevel::debug;  // or port scanners
    if (worker_.log().wants(level))
        worker_.log().write(level, "tls.refused",
                            {{"listener", listener().settings.name}, {"what", fault}, {"from", from()}});
    finish(CloseReason::handshake_failed);
}

}  // namespace heddle
