#include "router/cli/app.hpp"

// clang-format off
/// One executable: `heddle serve` is the router, the other commands are its tools. Nothing here or below is a
/// singleton:
///
///   main -> cli::run            router/cli/app.cpp        the commands
///        -> serve               router/server.cpp         listeners, workers, signals; builds all that follows
///        -> Worker              router/worker.cpp         one thread: a loop, its connections, its realms
///
/// The way of one PUBLISH to its subscribers:
///
///   Connection::on_readable     router/connection.cpp     bytes from the socket
///   WebSocket::on_bytes         router/websocket.cpp      frames to messages (RawSocket: router/rawsocket.cpp)
///   WampPeer::on_message        router/wamp_peer.cpp      the realm that HELLO named
///   Worker::bytes               router/worker_mail.cpp    brings it there, to another thread where it has to
///   RealmHost::on_bytes         router/realm_host.cpp     decode(): serializers/codec.cpp
///   Realm::on_message           realms/realm_state.cpp    may this session say this now?
///   Broker::publish             realms/broker.cpp         may it publish there; who subscribed; retained?
///   RealmHost::event            router/realm_egress.cpp   encode() once per form; links: WarpSession::on_event
///   Connection::send            router/connection.cpp     into each subscriber's Outbox: router/outbox.cpp
///   Worker::end_turn            router/worker.cpp         all outboxes written, one system call each
// clang-format on
int main(int argc, char** argv) { return heddle::cli::run(argc, argv); }
